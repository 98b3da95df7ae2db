"""What stands among the items of a list, the latest of them, and two values that are the same."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.events import Event, fold
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.items import Items, sample_item, without_item
from guardagent.reasoners.offline.values import Value, unique

helper(
    "is_among",
    '''
def is_among(value, values, unclear):
    """Whether a value is in the list (letter case and outer spaces apart); `unclear` when it can't be compared."""
    if value is None:
        return False
    if isinstance(value, list) or isinstance(value, dict):
        return unclear
    if isinstance(value, str):
        return normalise(value) in [normalise(other) for other in values if isinstance(other, str)]
    return value in values
''',
)


@dataclass(frozen=True)
class Among:
    """The value is in a list of the event; with `member`, it is that member of one of the list's items."""

    value: Value
    items: Items
    member: Value

    def code(self, unclear: bool) -> str:
        values = f"[{self.member.code()} for {self.items.var} in {self.items.code()}]"
        return f"is_among({self.value.code()}, {values}, {unclear})"

    def holds(self, event: Event) -> bool:
        value = self.value.of(event)
        found = [self.member.of(self.items.seen(event, item)) for item in self.items.of(event)]
        if isinstance(value, str):
            return fold(value) in {fold(v) for v in found if isinstance(v, str)}
        return value is not None and value in found

    def make(self, event: Event, truth: bool) -> list[Event]:
        found = [self.member.of(self.items.seen(event, item)) for item in self.items.of(event)]
        known = [v for v in found if v is not None]
        own = self.value.of(event)
        if truth:
            made = [e for v in known[:2] for e in [*self.value.put(event, v), *self._shouting(event, v)]]
            made += self._listing(event, own if own is not None else "someone")
        else:
            made = [e for v in self._others(own) if v not in known for e in self.value.put(event, v)]
            made += self.items.field.put(event, [])
        return [e for e in made if self.holds(e) is truth]

    def _others(self, own: Any) -> list[Any]:
        if isinstance(own, str) and "@" in own:
            return [f"other.{own}", "somebody@elsewhere.invalid"]
        return [f"{own}-other", "something else"] if isinstance(own, str) else [999_983, "something else"]

    def _shouting(self, event: Event, value: Any) -> list[Event]:
        return self.value.put(event, value.upper()) if isinstance(value, str) else []

    def _listing(self, event: Event, value: Any) -> list[Event]:
        """The event with the value put into the list."""
        made = []
        for item in self.items.sample(event)[:1] or [sample_item(self.items.field, event)]:
            for shaped in self.member.put(self.items.seen(event, copy.deepcopy(item)), value):
                listed = [*self.items.listed(event), shaped[self.items.var]]
                made += [e for one in self.value.put(event, value) for e in self.items.field.put(one, listed)]
        return made

    def fields(self) -> list[str]:
        return unique([*self.value.fields(), *self.items.fields()])

    def says(self) -> str:
        return f"{self.value.says()} is in {self.items.says()}"


helper(
    "same_value",
    '''
def same_value(value, other, unclear):
    """Whether two values are the same, letter case and outer spaces apart; False where one is missing."""
    if value is None or other is None:
        return False
    if isinstance(value, str) and isinstance(other, str):
        return normalise(value) == normalise(other)
    return unclear if value == UNREADABLE or other == UNREADABLE else value == other
''',
)


@dataclass(frozen=True)
class SameValue:
    """Two values are there and are the same; texts are compared without regard to letter case and outer spaces."""

    value: Value
    other: Value

    def code(self, unclear: bool) -> str:
        return f"same_value({self.value.code()}, {self.other.code()}, {unclear})"

    def holds(self, event: Event) -> bool:
        value, other = self.value.of(event), self.other.of(event)
        if value is None or other is None:
            return False
        if isinstance(value, str) and isinstance(other, str):
            return fold(value) == fold(other)
        return bool(value == other)

    def make(self, event: Event, truth: bool) -> list[Event]:
        value, other = self.value.of(event), self.other.of(event)
        made: list[Event] = []
        if truth:
            known = other if other is not None else value if value is not None else "A"
            made += [e for one in self.other.put(event, known) for e in self.value.put(one, known)]
            if isinstance(known, str):
                made += self.value.put(event, known.upper())
        else:
            different = 7 if isinstance(other, int | float) else f"{other}2" if other is not None else "B"
            made += self.value.put(event, different if different != other else 8)
            if isinstance(self.value, Field) and self.value.values:
                made += [e for v in self.value.values for e in self.value.put(event, v)]
        return [e for e in made if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return unique([*self.value.fields(), *self.other.fields()])

    def says(self) -> str:
        return f"{self.value.says()} is the same as {self.other.says()}"


@dataclass(frozen=True)
class Latest:
    """The last of the items meets a condition; False where there is none."""

    items: Items
    inner: Condition

    def code(self, unclear: bool) -> str:
        return f"any({self.inner.code(unclear)} for {self.items.var} in {self.items.code(unclear)}[-1:])"

    def holds(self, event: Event) -> bool:
        return any(self.inner.holds(self.items.seen(event, item)) for item in self.items.of(event)[-1:])

    def make(self, event: Event, truth: bool) -> list[Event]:
        items, var = self.items, self.items.var
        shaped = {
            wanted: [
                m
                for base in items.sample(event)
                for m in [*self.inner.make(items.seen(event, base), wanted), items.seen(event, base)]
                if items.keep.holds(m) and self.inner.holds(m) is wanted
            ]
            for wanted in (True, False)
        }
        made: list[Event] = []
        for last in shaped[truth][:3]:
            plain_event = without_item(last, var, event)
            before = [m[var] for m in shaped[not truth][:1]]
            made += items.with_items(plain_event, [*before, last[var]])
            made += items.with_items(plain_event, [last[var]])
        if not truth:
            made += items.with_items(event, [])
        return [e for e in made if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return unique([*self.items.fields(), *self.inner.fields()])

    def says(self) -> str:
        return f"the latest in {self.items.says()} has {self.inner.says()}"
