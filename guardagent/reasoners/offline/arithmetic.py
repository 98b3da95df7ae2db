"""Numbers that follow from others: products, differences and shares."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from guardagent.reasoners.offline.events import Event
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.values import UNREADABLE, Const, Value, number_in, plain, unique

helper(
    "product_of",
    '''
def product_of(one, other):
    """The exact product of two numbers; None when one is missing, UNREADABLE when one is no number."""
    left, right = number_of(one), number_of(other)
    if left is None or right is None:
        return None
    return UNREADABLE if left == UNREADABLE or right == UNREADABLE else times(left, right)
''',
)
helper(
    "less_by",
    '''
def less_by(one, other):
    """The first number less the second, which counts as nothing when missing; None without the first."""
    left, right = number_of(one), number_of(other)
    if left is None or right is None:
        return left
    return UNREADABLE if left == UNREADABLE or right == UNREADABLE else total([left, times(right, -1)])
''',
)


@dataclass(frozen=True)
class Product:
    """The product of two numbers; None where one is missing."""

    left: Value
    right: Value
    numeric: ClassVar[bool] = True

    def code(self) -> str:
        return f"product_of({self.left.code()}, {self.right.code()})"

    def of(self, event: Event) -> Any:
        found = [self.left.of(event), self.right.of(event)]
        if None in found:
            return None
        numbers = [number_in(value) for value in found]
        if numbers[0] is None or numbers[1] is None:
            return UNREADABLE
        return numbers[0] * numbers[1]

    def put(self, event: Event, wanted: Any) -> list[Event]:
        whole = Decimal(str(wanted))
        made: list[Event] = []
        for value, other in ((self.left, self.right), (self.right, self.left)):
            factor = number_in(other.of(event))
            if isinstance(value, Const) or not factor:
                continue
            share = whole / factor
            if share == share.to_integral_value() or not _whole_only(value):
                made += value.put(event, plain(share))
        for one in [] if made or isinstance(self.right, Const) else self.right.put(event, 1):
            made += self.left.put(one, plain(whole)) if not isinstance(self.left, Const) else []
        return made

    def fields(self) -> list[str]:
        return unique([*self.left.fields(), *self.right.fields()])

    def says(self) -> str:
        return f"{self.left.says()} times {self.right.says()}"


@dataclass(frozen=True)
class Difference:
    """A number less another one, which counts as nothing where it is missing."""

    left: Value
    right: Value
    numeric: ClassVar[bool] = True

    def code(self) -> str:
        return f"less_by({self.left.code()}, {self.right.code()})"

    def of(self, event: Event) -> Any:
        left, right = self.left.of(event), self.right.of(event)
        if left is None:
            return None
        one, other = number_in(left), Decimal(0) if right is None else number_in(right)
        return UNREADABLE if one is None or other is None else one - other

    def put(self, event: Event, wanted: Any) -> list[Event]:
        other = number_in(self.right.of(event)) or Decimal(0)
        return self.left.put(event, plain(Decimal(str(wanted)) + other))

    def fields(self) -> list[str]:
        return unique([*self.left.fields(), *self.right.fields()])

    def says(self) -> str:
        return f"{self.left.says()} less {self.right.says()}"


def _whole_only(value: Value) -> bool:
    types = getattr(value, "types", frozenset({"integer"} if getattr(value, "numeric", False) else ()))
    return "integer" in types and "number" not in types
