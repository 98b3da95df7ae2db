"""Rules in notes: a name, a colon, and what it must be like; lines of a text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from guardagent.reasoners.offline.conditions import Condition, OneOf, Present, fold
from guardagent.reasoners.offline.connectives import Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.events import Event
from guardagent.reasoners.offline.families.frames import must as must
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.families.limits import size as size
from guardagent.reasoners.offline.families.limits import size_between as size_between
from guardagent.reasoners.offline.families.marks import has_no as has_no
from guardagent.reasoners.offline.families.remarks import as_read as as_read
from guardagent.reasoners.offline.families.remarks import exact as exact
from guardagent.reasoners.offline.families.remarks import folded as folded
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.meanings import Meaning, Note, Predicate
from guardagent.reasoners.offline.places import text_in
from guardagent.reasoners.offline.rewrite import parts_of, rewritten_conditions
from guardagent.reasoners.offline.texts import Affix
from guardagent.reasoners.offline.values import UNREADABLE, Value

helper(
    "line_of",
    '''
def line_of(value, which):
    """The first or last line of a text, empty ones at its ends apart; None without text, UNREADABLE for no text."""
    if value is None:
        return None
    if not isinstance(value, str):
        return UNREADABLE
    lines = value.strip().splitlines()
    if not lines:
        return ""
    return lines[0].strip() if which == "first" else lines[-1].strip()
''',
)
helper(
    "same_as",
    '''
def same_as(value, other, unclear):
    """Whether two texts are the same, letter case and outer spaces apart; False where one is missing or blank."""
    if value is None or other is None:
        return False
    if not isinstance(value, str) or not isinstance(other, str):
        return value == other if isinstance(value, str) == isinstance(other, str) else unclear
    return normalise(value) == normalise(other) and normalise(value) != ""
''',
)
helper(
    "is_exactly",
    '''
def is_exactly(value, texts, unclear):
    """Whether a text is one of `texts`, letter by letter; `unclear` when it is no text."""
    if value is None:
        return False
    return value in texts if isinstance(value, str) else unclear
''',
)


@dataclass(frozen=True)
class Line:
    """The first or last line of a text."""

    value: Value
    which: str

    def code(self) -> str:
        return f"line_of({self.value.code()}, {self.which!r})"

    def of(self, event: Event) -> Any:
        found = self.value.of(event)
        if not isinstance(found, str):
            return None if found is None else UNREADABLE
        lines = found.strip().splitlines() or [""]
        return lines[0 if self.which == "first" else -1].strip()

    def put(self, event: Event, wanted: Any) -> list[Event]:
        lines = text_in(self.value, event).strip().splitlines()
        rest = lines[1:] if self.which == "first" else lines[:-1]
        rest = rest or ["Something between."]
        new = [str(wanted or ""), *rest] if self.which == "first" else [*rest, str(wanted or "")]
        return [e for e in self.value.put(event, "\n".join(new)) if wanted is None or self.of(e) == str(wanted).strip()]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"the {self.which} line of {self.value.says()}"


@dataclass(frozen=True)
class Same:
    """Two fields hold the same text."""

    value: Value
    other: Value
    folds: ClassVar[bool] = True

    def code(self, unclear: bool) -> str:
        return f"same_as({self.value.code()}, {self.other.code()}, {unclear})"

    def holds(self, event: Event) -> bool:
        found, other = self.value.of(event), self.other.of(event)
        if isinstance(found, str) and isinstance(other, str):
            return fold(found) == fold(other) != ""
        return found is not None and found == other

    def make(self, event: Event, truth: bool) -> list[Event]:
        other = self.other.of(event)
        if other is None:
            return [e for base in self.other.put(event, "one text") for e in self.make(base, truth)]
        made = [other, str(other).upper()] if truth else [f"{other} and more", "another text"]
        return [e for text in made for e in self.value.put(event, text) if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return list(dict.fromkeys([*self.value.fields(), *self.other.fields()]))

    def says(self) -> str:
        return f"{self.value.says()} is the same as {self.other.says()}"


@dataclass(frozen=True)
class Exactly:
    """The text is one of these, letter by letter."""

    value: Value
    texts: tuple[str, ...]

    def code(self, unclear: bool) -> str:
        return f"is_exactly({self.value.code()}, {list(self.texts)!r}, {unclear})"

    def holds(self, event: Event) -> bool:
        return self.value.of(event) in self.texts

    def make(self, event: Event, truth: bool) -> list[Event]:
        made = self.texts if truth else [f"{self.texts[0]} and more", self.texts[0].swapcase(), "something else"]
        return [e for text in made for e in self.value.put(event, text) if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"{self.value.says()} is exactly {' or '.join(f'`{t}`' for t in self.texts)}"


def line(_context: Context, which: str, value: Value) -> Value | None:
    return Line(value, which) if isinstance(value, Field) and value.is_text and not value.values else None


def both_of(_context: Context, first: Predicate, second: Predicate) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        left, right = first(value), second(value)
        listed = [p for p in parts_of((left, right)) if isinstance(p, OneOf)]
        # A list of values is a rule of its own, and goes no further than its values.
        return both(left, right) if left and right and not listed else None

    return predicate


def ends_in(_context: Context, mark: str) -> Predicate:
    return lambda value: Affix(value, "end", (mark,)) if not isinstance(value, Field) or value.is_text else None


def repeats(_context: Context, other: Field) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        if not isinstance(value, Field) or value == other or value.is_list:
            return None
        return Same(value, other) if value.types & other.types or not value.types else None

    return predicate


def differs(context: Context, other: Field) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        found = repeats(context, other)(value)
        return Not(found) if found else None

    return predicate


def given(_context: Context) -> Predicate:
    return lambda value: Present(value)


def is_there(_context: Context, value: Value) -> Condition:
    return Present(value)


def may_lack(_context: Context, field: Field) -> Meaning | None:
    """A field that need not be there, which is so without a rule that asks for it."""
    return None if field.required and "null" not in field.types else Note()


def exactly_so(_context: Context, predicate: Predicate) -> Predicate:
    def said(value: Value) -> Condition | None:
        found = predicate(value)
        if not any(isinstance(p, Affix) for p in parts_of(found)):
            return None
        return rewritten_conditions(found, lambda c: replace(c, exact=True) if isinstance(c, Affix) else c)

    return said


def exactly_this(_context: Context, texts: tuple[str, ...]) -> Predicate:
    return lambda value: Exactly(value, texts) if not isinstance(value, Field) or value.is_text else None
