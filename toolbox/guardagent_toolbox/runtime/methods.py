"""The methods of the guard language: which name on which exact type, and what is checked first.

`value.name(...)` is compiled to `_m_name_(value, ...)`: a program never holds a method, and no attribute of a value
is ever read.

INVARIANT: the function is looked up by the exact type of the value; a subclass, function, frame or module has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from guardagent_toolbox.runtime.budget import (
    CHARACTERS_SHIFT,
    STRIP_SHIFT,
    Budget,
    GuardError,
    check_items,
    check_string,
)
from guardagent_toolbox.runtime.iteration import Iteration
from guardagent_toolbox.runtime.ownership import Ownership
from guardagent_toolbox.runtime.weight import in_order, weigh, weigh_members, weighed_pairs
from guardagent_toolbox.vocabulary import METHOD_KEYWORDS, METHODS

Function = Callable[..., Any]
Table = dict[str, dict[type, Function]]

# Methods without arguments.
_ALONE: Final = frozenset({"keys", "values", "items"})
_SHORT: Final = (1 << CHARACTERS_SHIFT) - 1


def method_hooks(budget: Budget, iteration: Iteration, ownership: Ownership) -> dict[str, Function]:
    """The hook of each method name."""
    table = _native(budget)
    for kind, special in (
        (str, _of_text(budget, iteration)),
        (list, _of_list(budget, iteration, ownership)),
        (dict, _of_dict(budget, iteration, ownership)),
        (set, _of_set(budget, iteration, ownership)),
    ):
        for name, function in special.items():
            table[name][kind] = function
    hooks = {f"_m_{name}_": _hook(name, by_kind, budget) for name, by_kind in table.items()}
    return hooks | {"_m_get_": _get_hook(budget)}


def _native(budget: Budget) -> Table:
    """Every method of the vocabulary as Python has it; those that need a check are replaced afterwards."""
    table: Table = {}
    for kind, names in METHODS.items():
        for name in names:
            method = getattr(kind, name)
            is_free = kind is float or (kind is dict and name != "copy")
            table.setdefault(name, {})[kind] = method if is_free else _paid(method, kind, budget)
    return table


def _paid(method: Function, kind: type, budget: Budget) -> Function:
    if kind is str:
        return method

    def scan(value: Any, *args: Any) -> Any:
        budget.scan_items(value)
        if args:
            # What is looked for may be compared with each item.
            weigh(args[0], budget, times=len(value))
        return method(value, *args)

    return scan


def _hook(name: str, by_kind: Mapping[type, Function], budget: Budget) -> Function:
    if by_kind.keys() == {str} and name not in METHOD_KEYWORDS:
        return _text_hook(name, by_kind[str], budget)

    if len(by_kind) == 1 and name not in METHOD_KEYWORDS:
        return _single_hook(name, *next(iter(by_kind.items())))

    def call(value: Any, *args: Any) -> Any:
        function = by_kind.get(type(value))
        if function is None:
            raise _no_method(value, name)
        return function(value, *args)

    def call_with_keywords(value: Any, /, *args: Any, **named: Any) -> Any:
        function = by_kind.get(type(value))
        if function is None:
            raise _no_method(value, name)
        return function(value, *args, **named)

    return call_with_keywords if name in METHOD_KEYWORDS else call


def _single_hook(name: str, kind: type, method: Function) -> Function:
    def call_alone(value: Any) -> Any:
        if type(value) is not kind:
            raise _no_method(value, name)
        return method(value)

    if name in _ALONE:
        return call_alone

    def call(value: Any, *args: Any) -> Any:
        if type(value) is not kind:
            raise _no_method(value, name)
        return method(value, *args)

    return call


def _get_hook(budget: Budget) -> Function:
    """The hook of the method that checks call most, without the detour of the others."""

    def get(value: Any, key: Any, default: Any = None, /) -> Any:
        if type(value) is not dict:
            raise _no_method(value, "get")
        if type(key) is tuple:
            weigh(key, budget)
        return value.get(key, default)

    return get


def _text_hook(name: str, method: Function, budget: Budget) -> Function:
    def call(value: Any, *args: Any) -> Any:
        if type(value) is not str:
            raise _no_method(value, name)
        if len(value) > _SHORT:
            budget.scan_text(value)
        if args and type(args[0]) is tuple:
            budget.scan_items(args[0])
        return method(value, *args)

    return call


def _no_method(value: object, name: str) -> GuardError:
    return GuardError(
        f"a value of type `{type(value).__name__}` has no method `{name}`; test it with `isinstance` first"
    )


def _of_text(budget: Budget, iteration: Iteration) -> dict[str, Function]:
    def join(text: str, parts: Any) -> str:
        pieces = list(iteration.items(parts))
        length = sum(map(len, pieces)) + len(text) * len(pieces)
        check_string(length)
        budget.spend(length >> CHARACTERS_SHIFT)
        return text.join(pieces)

    def replace(text: str, old: str, new: str, count: int = -1) -> str:
        if len(new) > len(old):
            length = len(text) + (text.count(old) + 1) * (len(new) - len(old))
            check_string(length)
            budget.spend(length >> CHARACTERS_SHIFT)
        return text.replace(old, new, count)

    def zfill(text: str, width: int) -> str:
        check_string(width)
        budget.spend(max(width, 0) >> CHARACTERS_SHIFT)
        return text.zfill(width)

    def stripping(method: Function) -> Function:
        def strip(text: str, characters: Any = None) -> str:
            # Every character that goes is looked up among these, one after the other.
            if type(characters) is str:
                budget.spend(len(text) * len(characters) >> STRIP_SHIFT)
            return method(text, characters)  # type: ignore[no-any-return]

        return strip

    return {
        **{name: stripping(getattr(str, name)) for name in ("strip", "lstrip", "rstrip")},
        "join": join,
        "replace": replace,
        "zfill": zfill,
        "split": _splitting(str.split, budget),
        "rsplit": _splitting(str.rsplit, budget),
        "splitlines": _splitting(str.splitlines, budget),
    }


def _splitting(method: Callable[..., list[str]], budget: Budget) -> Function:
    def split(text: str, *args: Any, **named: Any) -> list[str]:
        # Up to one piece per two characters comes back, each an object of its own.
        budget.spend(len(text) >> 6)
        pieces = method(text, *args, **named)
        check_items(len(pieces))
        return pieces

    return split


def _changing(kind: type, names: tuple[str, ...], budget: Budget, ownership: Ownership) -> dict[str, Function]:
    """Python's own methods that change a collection, for collections of the program itself."""

    def changing(method: Function) -> Function:
        def change(value: Any, *args: Any) -> Any:
            # One step per change: a loop over a list that it makes longer ends with the budget. The rest is for the
            # items that a list moves.
            budget.spend(1 + (len(value) >> CHARACTERS_SHIFT))
            ownership.check_own(value)
            if kind is not list and args:
                weigh(args[0], budget)
            return method(value, *args)

        return change

    return {name: changing(getattr(kind, name)) for name in names}


def _of_list(budget: Budget, iteration: Iteration, ownership: Ownership) -> dict[str, Function]:
    def extend(value: list[Any], more: Any) -> None:
        ownership.check_own(value)
        added = list(iteration.items(more))
        check_items(len(value) + len(added))
        budget.spend(1 + len(added))
        value.extend(added)

    def sort(value: list[Any], *, key: Any = None, reverse: bool = False) -> None:
        ownership.check_own(value)
        budget.spend(1 + len(value))
        value[:] = in_order(value, key, reverse, budget)

    def remove(value: list[Any], member: Any) -> None:
        ownership.check_own(value)
        budget.scan_items(value)
        weigh(member, budget, times=len(value))
        value.remove(member)

    names = ("append", "insert", "pop", "clear", "reverse")
    return {**_changing(list, names, budget, ownership), "extend": extend, "sort": sort, "remove": remove}


def _of_dict(budget: Budget, iteration: Iteration, ownership: Ownership) -> dict[str, Function]:
    def update(value: dict[Any, Any], other: Any = (), /, **named: Any) -> None:
        ownership.check_own(value)
        added = other if type(other) is dict else dict(weighed_pairs(iteration.rows(other), budget))
        iteration.items(added)
        check_items(len(value) + len(added))
        value.update(added, **named)

    return {**_changing(dict, ("pop", "setdefault", "clear"), budget, ownership), "update": update}


def _of_set(budget: Budget, iteration: Iteration, ownership: Ownership) -> dict[str, Function]:
    def combining(method: Function, *, changes: bool) -> Function:
        def combine(value: set[Any], *others: Any) -> Any:
            if changes:
                ownership.check_own(value)
            budget.scan_items(value)
            items = [iteration.items(other) for other in others]
            for members in items:
                weigh_members(members, budget)
            result = method(value, *items)
            check_items(len(value))
            return result

        return combine

    plain = ("union", "intersection", "difference", "symmetric_difference", "issubset", "issuperset", "isdisjoint")
    changes = ("update", "intersection_update", "difference_update")
    return {
        **_changing(set, ("add", "discard", "remove", "clear"), budget, ownership),
        **{name: combining(getattr(set, name), changes=False) for name in plain},
        **{name: combining(getattr(set, name), changes=True) for name in changes},
    }
