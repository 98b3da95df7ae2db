"""The operators of the guard language: numbers, texts and collections of known types, never too large."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

from guardagent_toolbox.runtime.budget import (
    CHARACTERS_SHIFT,
    ITEMS_SHIFT,
    Budget,
    GuardError,
    check_items,
    check_number,
    check_string,
)
from guardagent_toolbox.runtime.iteration import ITEMS, KEYS, Iteration
from guardagent_toolbox.runtime.ownership import Ownership

Operator = Callable[[Any, Any], Any]

_SHORT: Final = 16
_NUMBERS: Final = frozenset({int, float, bool})
_SET_LIKE: Final = frozenset({set, KEYS, ITEMS})


def checked(value: Any) -> Any:
    """A number that is neither too large nor NaN; with NaN every comparison is false, and a limit would not bite."""
    if type(value) is int:
        return check_number(value)
    if value != value:
        raise GuardError("a calculation gave no number (NaN)")
    return value


def refuse(symbol: str, left: Any, right: Any) -> GuardError:
    """The error for operands that the operator does not take."""
    return GuardError(f"`{symbol}` does not work between `{type(left).__name__}` and `{type(right).__name__}`")


def operators(budget: Budget) -> dict[str, Operator]:
    """The functions that stand in for the binary operators, by the hook name that the compiler writes."""
    return {
        "_add_": _addition(budget),
        "_mul_": _multiplication(budget),
        "_sub_": _set_or_number("-", operator.sub, budget),
        "_and_": _set_or_number("&", operator.and_, budget),
        "_xor_": _set_or_number("^", operator.xor, budget),
        "_or_": _union(budget),
        "_div_": _number_only("/", operator.truediv),
        "_floordiv_": _number_only("//", operator.floordiv),
        "_mod_": _number_only("%", operator.mod),
    }


def _addition(budget: Budget) -> Operator:
    def add(left: Any, right: Any) -> Any:
        kind = type(left)
        if kind in _NUMBERS and type(right) in _NUMBERS:
            return checked(left + right)
        if kind is not type(right) or kind not in (str, list, tuple):
            raise refuse("+", left, right)
        length = len(left) + len(right)
        # Short ones, and that is nearly all, need no calculation.
        if length > _SHORT:
            if kind is str:
                check_string(length)
                budget.spend(length >> CHARACTERS_SHIFT)
            else:
                check_items(length)
                budget.spend(length >> ITEMS_SHIFT)
        return left + right

    return add


def _multiplication(budget: Budget) -> Operator:
    def multiply(left: Any, right: Any) -> Any:
        kind = type(left)
        if kind in _NUMBERS and type(right) in _NUMBERS:
            return checked(left * right)
        if kind is int:
            left, right, kind = right, left, type(right)
        if type(right) is not int:
            raise refuse("*", left, right)
        length = len(left) * max(right, 0) if kind in (str, list, tuple) else 0
        if kind is str:
            check_string(length)
            budget.spend(1 + (length >> CHARACTERS_SHIFT))
        elif kind is list or kind is tuple:
            check_items(length)
            budget.spend(1 + (length >> ITEMS_SHIFT))
        else:
            raise refuse("*", left, right)
        return left * right

    return multiply


def _number_only(symbol: str, function: Operator) -> Operator:
    def calculate(left: Any, right: Any) -> Any:
        if type(left) in _NUMBERS and type(right) in _NUMBERS:
            return checked(function(left, right))
        if type(left) is str:
            raise GuardError(f"`{symbol}` does not work on texts; write an f-string")
        raise refuse(symbol, left, right)

    return calculate


def _set_or_number(symbol: str, function: Operator, budget: Budget) -> Operator:
    def calculate(left: Any, right: Any) -> Any:
        if type(left) in _NUMBERS and type(right) in _NUMBERS:
            return checked(function(left, right))
        if type(left) in _SET_LIKE and type(right) in _SET_LIKE:
            budget.scan_items(left)
            budget.scan_items(right)
            return function(left, right)
        raise refuse(symbol, left, right)

    return calculate


def _union(budget: Budget) -> Operator:
    of_sets = _set_or_number("|", operator.or_, budget)

    def unite(left: Any, right: Any) -> Any:
        if type(left) is not dict or type(right) is not dict:
            return of_sets(left, right)
        budget.scan_items(left)
        budget.scan_items(right)
        return left | right

    return unite


def in_place(table: dict[str, Operator], iteration: Iteration, ownership: Ownership) -> Callable[[str, Any, Any], Any]:
    """The hook for `x += y`: collections that the program made grow where they are, all else becomes a new value."""
    by_sign = {
        "+=": table["_add_"], "-=": table["_sub_"], "*=": table["_mul_"], "/=": table["_div_"],
        "//=": table["_floordiv_"], "%=": table["_mod_"], "|=": table["_or_"], "&=": table["_and_"],
        "^=": table["_xor_"],
    }  # fmt: skip

    def update(sign: str, left: Any, right: Any) -> Any:
        kind = type(left)
        if kind is list and sign == "+=":
            added = list(iteration.items(right))
            check_items(len(left) + len(added))
            # On a constant or a part of the event this must make a new list, or the next clause would see it.
            if ownership.is_foreign(left):
                return left + added
            left.extend(added)
            return left
        if sign == "|=" and kind in (set, dict) and type(right) is kind and not ownership.is_foreign(left):
            check_items(len(left) + len(right))
            iteration.items(right)
            left.update(right)
            return left
        return by_sign[sign](left, right)

    return update
