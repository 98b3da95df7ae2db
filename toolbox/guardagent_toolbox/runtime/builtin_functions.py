"""The builtin functions of the guard language, written from scratch: nothing of Python's own `builtins` is exposed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import GeneratorType
from typing import Any, Final

from guardagent_toolbox.runtime.arithmetic import checked
from guardagent_toolbox.runtime.budget import ITEMS_SHIFT, Budget, GuardError, check_items
from guardagent_toolbox.runtime.iteration import ITEMS, Iteration, make_range
from guardagent_toolbox.runtime.show import Shower
from guardagent_toolbox.runtime.weight import in_order, weigh_members, weighed_pairs

Function = Callable[..., Any]

_MISSING: Final = object()
_MAX_DIGITS: Final = 30
_DIGITS_SHIFT: Final = 6
_REVERSIBLE: Final = frozenset({list, tuple, str, range, dict})


def builtin_functions(budget: Budget, iteration: Iteration, shower: Shower) -> dict[str, Function]:
    """The functions by name; each pays for what it passes over."""
    kinds = _numbers(budget) | _collections(budget, iteration)
    kinds |= {"str": lambda value="": shower.text(value), "bool": lambda value=False: bool(value)}
    return {
        **kinds,
        **_orderings(budget, iteration),
        **_sequences(iteration),
        "isinstance": _make_isinstance(kinds),
        "range": make_range(budget),
        "len": len,
        "abs": abs,
        "round": to_round,
        "any": lambda values: any(iteration.items(values)),
        "all": lambda values: all(iteration.items(values)),
    }


def to_round(number: Any, ndigits: Any = None) -> Any:
    """What `round` gives; many digits before the point would make Python calculate an enormous power of ten."""
    if ndigits is not None and (type(ndigits) is not int or abs(ndigits) > _MAX_DIGITS):
        raise GuardError(f"`round` takes a whole number of digits from -{_MAX_DIGITS} to {_MAX_DIGITS}")
    return checked(round(number, ndigits))


def _numbers(budget: Budget) -> dict[str, Function]:
    def to_int(value: Any = 0, /, base: Any = _MISSING) -> int:
        pay(value)
        number: int = checked(int(value) if base is _MISSING else int(value, base))
        return number

    def to_float(value: Any = 0.0, /) -> float:
        pay(value)
        number: float = checked(float(value))
        return number

    def pay(value: Any) -> None:
        if type(value) is str:
            budget.spend(len(value) >> _DIGITS_SHIFT)

    return {"int": to_int, "float": to_float}


def _collections(budget: Budget, iteration: Iteration) -> dict[str, Function]:
    def to_list(values: Any = (), /) -> list[Any]:
        found = list(iteration.items(values))
        check_items(len(found))
        return found

    def to_tuple(values: Any = (), /) -> tuple[Any, ...]:
        return tuple(to_list(values))

    def to_set(values: Any = (), /) -> set[Any]:
        found = to_list(values)
        weigh_members(found, budget)
        return set(found)

    def to_dict(values: Any = (), /, **named: Any) -> dict[Any, Any]:
        if type(values) is dict:
            iteration.items(values)
            return dict(values, **named)
        return dict(weighed_pairs(iteration.rows(to_list(values)), budget), **named)

    return {"list": to_list, "tuple": to_tuple, "set": to_set, "dict": to_dict}


def _make_isinstance(kinds: dict[str, Function]) -> Function:
    # In a program the word `str` stands for our function, so each function is led back to the type that it makes.
    types: dict[Function, type] = {
        kinds["str"]: str, kinds["bool"]: bool, kinds["int"]: int, kinds["float"]: float, kinds["list"]: list,
        kinds["tuple"]: tuple, kinds["set"]: set, kinds["dict"]: dict,
    }  # fmt: skip

    def is_instance(value: Any, wanted: Any) -> bool:
        if type(wanted) is tuple:
            return any(isinstance(value, types[one]) for one in wanted)
        return isinstance(value, types[wanted])

    return is_instance


def _orderings(budget: Budget, iteration: Iteration) -> dict[str, Function]:
    def to_sorted(values: Any, *, key: Any = None, reverse: bool = False) -> list[Any]:
        kind = type(values)
        if key is None and kind is ITEMS:
            # The pairs of a dict differ in their keys, so that their values are never compared.
            length = len(values)
            weigh_members(values.mapping, budget, steps=2 + (length >> ITEMS_SHIFT) + (length >> 2))
            return sorted(values, reverse=reverse)
        found = list(iteration.items(values))
        budget.spend(1 + (len(found) if key else len(found) >> 2))
        return in_order(found, key, reverse, budget)

    def extreme(choose: Function) -> Function:
        def chosen(*values: Any, key: Any = None, default: Any = _MISSING) -> Any:
            found = list(iteration.items(values[0])) if len(values) == 1 else list(values)
            budget.spend(1 + (len(found) if key else 0))
            if not found and default is not _MISSING:
                return default
            if GeneratorType in map(type, found):
                raise GuardError("`min` and `max` take a generator only by itself")
            keys = found if key is None else [key(value) for value in found]
            weigh_members(keys, budget)
            return found[choose(range(len(found)), key=keys.__getitem__)]

        return chosen

    def total(values: Iterable[Any], start: Any = 0) -> Any:
        result = checked_number(start)
        for value in iteration.items(values):
            result = checked(result + checked_number(value))
        return result

    return {"sorted": to_sorted, "min": extreme(min), "max": extreme(max), "sum": total}


def checked_number(value: Any) -> Any:
    """The value itself when it is a number; adding up texts or lists would take the square of their size."""
    if type(value) in (int, float, bool):
        return value
    raise GuardError("`sum` adds numbers; join texts with `.join(...)`, and lists with a comprehension")


def _sequences(iteration: Iteration) -> dict[str, Function]:
    # They give lists and not iterators: nothing with a hidden state exists in a program, and no nest of iterators
    # can grow so deep that C code overflows its stack.
    def numbered(values: Any, start: int = 0) -> list[Any]:
        return list(enumerate(iteration.items(values), start))

    def zipped(*rows: Any, strict: bool = False) -> list[Any]:
        return list(zip(*[iteration.items(row) for row in rows], strict=strict))

    def backwards(values: Any) -> list[Any]:
        if type(values) not in _REVERSIBLE:
            raise GuardError(f"`reversed` takes a list, not a value of type `{type(values).__name__}`")
        return list(iteration.items(values))[::-1]

    return {"enumerate": numbered, "zip": zipped, "reversed": backwards}
