"""What comparing and hashing a value costs: C code follows every path into it, and shared parts once per path.

A list that holds the same list twice, thirty times over, is thirty lists and a billion comparisons.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from guardagent_toolbox.runtime.budget import CHARACTERS_SHIFT, ITEMS_SHIFT, Budget
from guardagent_toolbox.runtime.iteration import VIEWS

# So many items are compared in the time of a step.
_COMPARISONS_SHIFT: Final = 3
_LIGHT: Final = frozenset({int, float, bool, type(None)})
_TEXT: Final = frozenset({str})
_NESTING: Final = frozenset({list, tuple, set, dict}) | VIEWS


def weight_of(value: Any, most: int) -> int:
    """The steps that C code needs for the whole of a value; above `most` it is not counted further."""
    steps = 0
    waiting = [value]
    while waiting and steps <= most:
        node = waiting.pop()
        kind = type(node)
        if kind is str:
            steps += len(node) >> CHARACTERS_SHIFT
        elif kind in _NESTING:
            steps += 1 + (len(node) >> ITEMS_SHIFT)
            waiting += [member for member in node if type(member) not in _LIGHT]
            if kind is dict:
                waiting += [member for member in node.values() if type(member) not in _LIGHT]
    return steps


def weigh(value: Any, budget: Budget, *, times: int = 0) -> None:
    """Pays for hashing a value or comparing it once, and for comparing it `times` times more with items of a list."""
    kind = type(value)
    if kind in _NESTING or (kind is str and len(value) >> CHARACTERS_SHIFT):
        weight = weight_of(value, budget.left)
        budget.spend(weight + (times * weight >> _COMPARISONS_SHIFT))


def weigh_members(values: Iterable[Any], budget: Budget, *, steps: int = 0) -> None:
    """Pays for comparing or hashing each of the values, of which there is a collection, and `steps` beside that."""
    if _TEXT.issuperset(map(type, values)):
        budget.spend(steps + (sum(map(len, values)) >> CHARACTERS_SHIFT))
    elif not _LIGHT.issuperset(map(type, values)):
        budget.spend(steps + weight_of(values, budget.left))
    elif steps:
        budget.spend(steps)


def make_weighed(budget: Budget) -> Callable[[Any], Any]:
    """The hook around what a program compares or uses as a key: the value itself, paid for."""

    def weighed(value: Any) -> Any:
        weigh(value, budget)
        return value

    return weighed


def in_order(values: list[Any], key: Callable[[Any], Any] | None, reverse: Any, budget: Budget) -> list[Any]:
    """The values as `sorted` gives them; their keys are known, and paid for, before any two are compared."""
    if key is None:
        weigh_members(values, budget)
        return sorted(values, reverse=reverse)
    keys = [key(value) for value in values]
    weigh_members(keys, budget)
    return [values[place] for place in sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse)]


def weighed_pairs(pairs: Collection[Any], budget: Budget) -> Collection[Any]:
    """The pairs that are to become a dict, whose keys are paid for."""
    weigh_members([pair[0] for pair in pairs if type(pair) in (tuple, list) and pair], budget)
    return pairs
