"""Loops over values: of known types only, paid for once per loop, in an order that does not depend on the process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import GeneratorType
from typing import Any, Final

from guardagent_toolbox.runtime.budget import MAX_STEPS, Budget, BudgetError, GuardError
from guardagent_toolbox.runtime.show import ordered

KEYS: Final[type] = type({}.keys())
VALUES: Final[type] = type({}.values())
ITEMS: Final[type] = type({}.items())
VIEWS: Final = frozenset({KEYS, VALUES, ITEMS})
SEQUENCES: Final = frozenset({list, tuple, str, dict, range}) | VIEWS
# What `a, b = row` may take apart; a set has no first member.
ROWS: Final = frozenset({tuple, list, str, dict})


class Iteration:
    """The loop hooks of one program."""

    __slots__ = ("_budget",)

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def loop(self, value: Any) -> Any:
        """What `for x in value` runs over; every turn costs a step, paid in advance."""
        kind = type(value)
        budget = self._budget
        if kind is list or kind in SEQUENCES:
            # Written out, because this is the hottest hook.
            budget.left -= 1 + len(value)
            if budget.left < 0:
                budget.spend(0)
            return value
        if kind is set:
            budget.spend(1 + len(value))
            return ordered(value)
        raise GuardError(f"cannot loop over a value of type `{kind.__name__}`")

    def rows(self, value: Any) -> Any:
        """What `for a, b in value` runs over."""
        kind = type(value)
        items = self.loop(value)
        if kind is not ITEMS and not ROWS.issuperset(map(type, items)):
            raise self._no_row(next(other for other in map(type, items) if other not in ROWS))
        return items

    def row(self, value: Any) -> Any:
        """What `a, b = value` takes apart."""
        kind = type(value)
        if kind not in ROWS and kind not in VIEWS:
            raise self._no_row(kind)
        self._budget.scan_items(value)
        return value

    def items(self, value: Any) -> Iterable[Any]:
        """What C code passes over: cheaper than a loop. A generator expression pays in its own loops."""
        kind = type(value)
        if kind in SEQUENCES:
            self._budget.scan_items(value)
            return value  # type: ignore[no-any-return]
        if kind is set:
            self._budget.scan_items(value)
            return ordered(value)
        if kind is GeneratorType:
            return value  # type: ignore[no-any-return]
        raise GuardError(f"cannot loop over a value of type `{kind.__name__}`")

    @staticmethod
    def _no_row(kind: type) -> GuardError:
        advice = "; a set has no order, use `sorted(...)`" if kind is set else ""
        return GuardError(f"cannot take apart a value of type `{kind.__name__}`{advice}")


def make_range(budget: Budget) -> Callable[..., range]:
    """The `range` of programs; one that no budget could run over is refused at once."""

    def ranged(*bounds: int) -> range:
        try:
            result = range(*bounds)
            length = len(result)
        except OverflowError:
            length = MAX_STEPS + 1
        if length > MAX_STEPS:
            raise BudgetError(f"a range of more than {MAX_STEPS} numbers")
        budget.spend(1)
        return result

    return ranged
