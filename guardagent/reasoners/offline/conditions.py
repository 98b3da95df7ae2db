"""Conditions: what a translated clause tests, as small values that can be written as code and tried on an event.

Each condition answers three questions: the expression that tests it (`code`), whether it holds for an event (`holds`,
used to label proposed examples independently of the program), and how an event comes to meet it (`make`). `unclear` is
what the test answers when a value is there but can't be read; it flips under `Not`, so that an unreadable value always
counts against the event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from guardagent.reasoners.offline.events import Event, fold, value_at, with_value
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.values import Const, Table, Value, number_in, plain, unique

helper(
    "number_is",
    '''
def number_is(value, op, limit, unclear):
    """Whether the number in `value` stands so to the limit; `unclear` when unreadable, False when there is none."""
    number = number_of(value)
    if number is None or limit is None:
        return False
    if number == UNREADABLE or limit == UNREADABLE:
        return unclear
    if op == ">":
        return number > limit
    if op == ">=":
        return number >= limit
    if op == "<":
        return number < limit
    return number <= limit
''',
)
helper(
    "is_given",
    '''
def is_given(value):
    """Whether there is a value that is not blank; a text of invisible characters is."""
    if isinstance(value, str):
        return fold(value) != ""
    return value is not None and value != [] and value != {}
''',
)
helper(
    "is_any",
    '''
def is_any(value, values, unclear):
    """Whether the text is one of `values` (case and outer spaces apart); `unclear` for no text, or one in disguise."""
    if value is None:
        return False
    if not isinstance(value, str):
        return unclear
    return normalise(value) in values or (unclear and fold(value) in values)
''',
)
helper(
    "is_number",
    '''
def is_number(value, values, unclear):
    """Whether the number in `value` is one of `values`; `unclear` when unreadable, False when there is none."""
    number = number_of(value)
    if number is None:
        return False
    return unclear if number == UNREADABLE else number in values
''',
)


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


def choices_of(value: Value) -> tuple[Any, ...]:
    """The values that the schema lists for a field; empty for anything else."""
    return value.values if isinstance(value, Field) else ()


@dataclass(frozen=True)
class OneOf:
    """The value is one of those listed; texts are compared without regard to case and spaces."""

    value: Value
    values: tuple[Any, ...]

    def code(self, unclear: bool) -> str:
        if all(isinstance(v, bool) for v in self.values):
            return " or ".join(f"{self.value.code()} is {v}" for v in self.values)
        if all(isinstance(v, str) for v in self.values):
            return f"is_any({self.value.code()}, {sorted(fold(v) for v in self.values)!r}, {unclear})"
        if all(isinstance(v, int | float) for v in self.values):
            return f"is_number({self.value.code()}, {list(self.values)!r}, {unclear})"
        return f"{self.value.code()} in {list(self.values)!r}"

    def holds(self, event: Event) -> bool:
        found = self.value.of(event)
        if isinstance(found, str) and any(isinstance(v, str) for v in self.values):
            return fold(found) in {fold(v) for v in self.values if isinstance(v, str)}
        number = number_in(found)
        if number is not None:
            return any(number == number_in(v) for v in self.values if not isinstance(v, str))
        return any(type(found) is type(v) and found == v for v in self.values)

    def make(self, event: Event, truth: bool) -> list[Event]:
        wanted = self.values[:3] if truth else self._others()
        made = [changed for v in wanted for changed in self.value.put(event, v)]
        return [e for e in made if self.holds(e) is truth]

    def _others(self) -> list[Any]:
        own = {fold(v) if isinstance(v, str) else v for v in self.values}
        known = choices_of(self.value)
        listed = [v for v in known if (fold(v) if isinstance(v, str) else v) not in own and v is not None]
        if listed:
            return listed[:2]
        if any(isinstance(v, bool) for v in self.values):
            return [v for v in (True, False) if v not in self.values]
        if known and not (isinstance(self.value, Field) and self.value.learnt):
            return []
        numbers = [v for v in self.values if isinstance(v, int | float)]
        return [max(numbers) + 1] if numbers else ["something else"]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"{self.value.says()} is {_or(self.values)}"


@dataclass(frozen=True)
class Compare:
    """The number stands in relation `op` (`>`, `>=`, `<`, `<=`) to the limit; without a limit it doesn't."""

    value: Value
    op: str
    limit: Value

    def code(self, unclear: bool) -> str:
        return f"number_is({self.value.code()}, {self.op!r}, {self.limit.code()}, {unclear})"

    def holds(self, event: Event) -> bool:
        found, limit = number_in(self.value.of(event)), number_in(self.limit.of(event))
        if found is None or limit is None:
            return False
        return {">": found > limit, ">=": found >= limit, "<": found < limit, "<=": found <= limit}[self.op]

    def make(self, event: Event, truth: bool) -> list[Event]:
        bases = self.limit.keyed(event) if isinstance(self.limit, Table) else [event]
        made = [changed for base in bases for changed in self._near(base)]
        return [e for e in made if self.holds(e) is truth]

    def _near(self, event: Event) -> list[Event]:
        """Events at the limit and a step to both sides of it."""
        limit = number_in(self.limit.of(event))
        if limit is None:
            return []
        number = plain(limit)
        step = 1 if isinstance(number, int) else 0.5
        return [made for n in (number, number + step, number - step) for made in self.value.put(event, n)]

    def fields(self) -> list[str]:
        return unique([*self.value.fields(), *self.limit.fields()])

    def says(self) -> str:
        words = {">": "above", ">=": "at least", "<": "below", "<=": "at most"}[self.op]
        return f"{self.value.says()} is {words} {self.limit.says()}"


@dataclass(frozen=True)
class Present:
    """The value is there and not blank."""

    value: Value

    def code(self, unclear: bool) -> str:
        del unclear
        return f"is_given({self.value.code()})"

    def holds(self, event: Event) -> bool:
        found = self.value.of(event)
        return found not in (None, "", [], {}) and not (isinstance(found, str) and not found.strip())

    def make(self, event: Event, truth: bool) -> list[Event]:
        if truth:
            made = [event] if self.holds(event) else self.value.put(event, _sample(self.value))
        else:
            empty = [] if isinstance(self.value, Field) and self.value.is_list else ""
            required = isinstance(self.value, Field) and self.value.required
            made = [e for v in ((empty,) if required else (None, empty)) for e in self.value.put(event, v)]
        return [e for e in made if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"{self.value.says()} is given"


def _sample(value: Value) -> Any:
    """Something that the value may be."""
    if not isinstance(value, Field):
        return "given"
    if value.values:
        return value.values[0]
    if value.is_list:
        return [_sample(value.members[0])] if len(value.members) == 1 and not value.members[0].pointer else ["given"]
    if value.types & {"integer", "number"} and not value.types & {"string"}:
        return 1
    return True if "boolean" in value.types and not value.types & {"string"} else "given"


def limit_of(number: int | float | Value) -> Value:
    """The number as a value."""
    return Const(number) if isinstance(number, int | float) else number


def _or(values: Sequence[Any]) -> str:
    texts = [f"`{v}`" if isinstance(v, str) else str(v).lower() for v in values]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"


__all__ = ["Compare", "Condition", "Event", "OneOf", "Present", "fold", "limit_of", "value_at", "with_value"]
