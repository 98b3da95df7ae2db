"""Conditions: what a translated clause tests, as small values that can be written as code and tried on an event.

Each condition answers three questions: the expression that tests it (`code`), whether it holds for an event (`holds`,
used to label proposed examples independently of the program), and how an event comes to meet it (`make`). `unclear` is
what the test answers when a value is there but can't be read; it flips under `Not`, so that an unreadable value always
counts against the event.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from guardagent.reasoners.offline.fields import Field

Event = dict[str, Any]


class Condition(Protocol):
    """Something that is true or false of an event."""

    def code(self, unclear: bool) -> str:
        """The expression in the guard language."""
        ...

    def holds(self, event: Event) -> bool:
        """Whether it is true of `event`."""
        ...

    def make(self, event: Event, truth: bool) -> list[Event]:
        """Events like `event` of which it has this truth, boundary cases first; empty when there is no way to it."""
        ...

    def fields(self) -> list[str]:
        """JSON pointers that it reads."""
        ...

    def says(self) -> str:
        """The condition in words, for messages."""
        ...


def value_at(event: Event, pointer: str) -> Any:
    """The value at a JSON pointer, None when there is none."""
    value: Any = event
    for part in pointer.split("/")[1:]:
        if not isinstance(value, dict):
            return None
        value = value.get(part.replace("~1", "/").replace("~0", "~"))
    return value


def with_value(event: Event, pointer: str, value: Any) -> Event:
    """A copy of `event` with `value` at the pointer; None takes the field away."""
    changed = copy.deepcopy(event)
    parts = [p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")[1:]]
    node = changed
    for part in parts[:-1]:
        if not isinstance(node.get(part), dict):
            node[part] = {}
        node = node[part]
    if value is None:
        node.pop(parts[-1], None)
    else:
        node[parts[-1]] = value
    return changed


def read(pointer: str) -> str:
    """The expression that reads a field."""
    return f"value_at(event, {pointer!r})"


def fold(value: Any) -> str:
    """Text as the toolbox's `normalise` compares it."""
    return " ".join(str(value).split()).casefold() if isinstance(value, str) else ""


@dataclass(frozen=True)
class OneOf:
    """The field is one of the values; texts are compared without regard to case and spaces."""

    field: Field
    values: tuple[Any, ...]

    def code(self, unclear: bool) -> str:
        if all(isinstance(v, bool) for v in self.values):
            return " or ".join(f"{read(self.field.pointer)} is {v}" for v in self.values)
        if all(isinstance(v, str) for v in self.values):
            return f"is_any({read(self.field.pointer)}, {sorted(fold(v) for v in self.values)!r}, {unclear})"
        return f"{read(self.field.pointer)} in {list(self.values)!r}"

    def holds(self, event: Event) -> bool:
        found = value_at(event, self.field.pointer)
        if isinstance(found, str):
            return fold(found) in {fold(v) for v in self.values if isinstance(v, str)}
        return any(type(found) is type(v) and found == v for v in self.values)

    def make(self, event: Event, truth: bool) -> list[Event]:
        if truth:
            return [with_value(event, self.field.pointer, v) for v in self.values[:3]]
        return [with_value(event, self.field.pointer, v) for v in self._others()]

    def _others(self) -> list[Any]:
        own = {fold(v) if isinstance(v, str) else v for v in self.values}
        listed = [v for v in self.field.values if (fold(v) if isinstance(v, str) else v) not in own and v is not None]
        if listed:
            return listed[:2]
        if any(isinstance(v, bool) for v in self.values):
            return [v for v in (True, False) if v not in self.values]
        if all(isinstance(v, str) for v in self.values) and not self.field.values:
            return ["something else"]
        return [max(v for v in self.values if isinstance(v, int | float)) + 1] if not self.field.values else []

    def fields(self) -> list[str]:
        return [self.field.pointer]

    def says(self) -> str:
        return f"`{self.field.dotted}` is {_or(self.values)}"


@dataclass(frozen=True)
class Compare:
    """The number in the field stands in relation `op` (`>`, `>=`, `<`, `<=`) to the limit."""

    field: Field
    op: str
    limit: int | float

    def code(self, unclear: bool) -> str:
        return f"number_is({read(self.field.pointer)}, {self.op!r}, {self.limit!r}, {unclear})"

    def holds(self, event: Event) -> bool:
        found = _number(value_at(event, self.field.pointer))
        if found is None:
            return False
        return {">": found > self.limit, ">=": found >= self.limit, "<": found < self.limit, "<=": found <= self.limit}[
            self.op
        ]

    def make(self, event: Event, truth: bool) -> list[Event]:
        step = 1 if isinstance(self.limit, int) else 0.5
        candidates = [self.limit, self.limit + step, self.limit - step]
        as_text = "string" in self.field.types and not self.field.types & {"number", "integer"}
        made = [with_value(event, self.field.pointer, str(n) if as_text else n) for n in candidates]
        return [e for e in made if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return [self.field.pointer]

    def says(self) -> str:
        words = {">": "above", ">=": "at least", "<": "below", "<=": "at most"}[self.op]
        return f"`{self.field.dotted}` is {words} {self.limit}"


@dataclass(frozen=True)
class Present:
    """The field is there and not blank."""

    field: Field

    def code(self, unclear: bool) -> str:
        del unclear
        return f"is_given({read(self.field.pointer)})"

    def holds(self, event: Event) -> bool:
        found = value_at(event, self.field.pointer)
        return found not in (None, "", [], {}) and not (isinstance(found, str) and not found.strip())

    def make(self, event: Event, truth: bool) -> list[Event]:
        if truth:
            return [event] if self.holds(event) else []
        gone = [with_value(event, self.field.pointer, None)]
        return gone if not self.field.required else [with_value(event, self.field.pointer, "")]

    def fields(self) -> list[str]:
        return [self.field.pointer]

    def says(self) -> str:
        return f"`{self.field.dotted}` is given"


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(str(value).replace(",", "").lstrip("$€£ "))
    except ValueError:
        return None


def _or(values: Sequence[Any]) -> str:
    texts = [f"`{v}`" if isinstance(v, str) else str(v).lower() for v in values]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"
