"""What stands in a text: places that look like something (links, exclamation marks, percentages), their number, each.

Patterns are RE2 and Python at once, with ASCII classes: what the program finds and the own evaluation is the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.events import Event
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.values import UNREADABLE, Value

SAMPLE = "a plain text"
# A place in a text, as the variable of the loop over all of them.
PLACE = Field("", "item", frozenset({"string"}), (), True, (), "item")

helper(
    "places",
    '''
def places(value, pattern, edges):
    """The places in the text that match, without `edges` round them; none without text, UNREADABLE when it is none."""
    if value is None:
        return []
    found = find_all(pattern, value) if isinstance(value, str) else None
    return [UNREADABLE] if found is None else [place["text"].strip(edges) for place in found]
''',
)
helper(
    "count_places",
    '''
def count_places(value, pattern):
    """How many places in the text match; None without text, UNREADABLE when it is none."""
    if value is None:
        return None
    found = find_all(pattern, value) if isinstance(value, str) else None
    return UNREADABLE if found is None else len(found)
''',
)
helper(
    "sentences_in",
    '''
def sentences_in(value):
    """The sentences of a text; None without text, UNREADABLE when it is none."""
    if value is None:
        return None
    return sentences(value) if isinstance(value, str) else UNREADABLE
''',
)
helper(
    "len_of",
    '''
def len_of(found):
    """How many there are; None without a text to look in, UNREADABLE when it could not be read."""
    return len(found) if isinstance(found, list) else found
''',
)
helper(
    "known",
    '''
def known(found):
    """What there is as a list: nothing without a text to look in."""
    return found if isinstance(found, list) else [] if found is None else [found]
''',
)
helper(
    "without_places",
    '''
def without_places(value, pattern):
    """The text with a space for every place that matches; UNREADABLE when it is none."""
    if value is None:
        return None
    left = replace_all(pattern, " ", value) if isinstance(value, str) else None
    return UNREADABLE if left is None else left
''',
)
helper(
    "shaped_as",
    '''
def shaped_as(value, pattern, unclear):
    """Whether the whole text has this form; `unclear` when it is no text, False when there is none."""
    if value is None:
        return False
    return matches(pattern, value) is True if isinstance(value, str) else unclear
''',
)


@dataclass(frozen=True)
class Kind:
    """A kind of place: how it looks, and texts that show one."""

    name: str
    pattern: str
    samples: tuple[str, ...]
    # Characters that belong to how it is written and not to what it says: the % of a percentage.
    edges: str = ""
    # The toolbox's function that finds such places better than the pattern does.
    tool: str = ""

    def found_in(self, text: str) -> list[str]:
        """The places in a text, without their edges."""
        return [match.group().strip(self.edges) for match in compiled(self.pattern).finditer(text)]

    def cut_from(self, text: str) -> str:
        """The text without such places."""
        return compiled(self.pattern).sub(" ", text)

    def shown(self, item: str) -> str:
        """An item as it would stand in a text."""
        mark = self.samples[0]
        bare = mark.strip(self.edges)
        return mark.replace(bare, item) if bare and self.edges else item


@dataclass(frozen=True)
class Count:
    """How many places of a kind a text has."""

    value: Value
    kind: Kind

    def code(self) -> str:
        if self.kind.tool:
            return f"len_of({_listed(self.value, self.kind)})"
        return f"count_places({self.value.code()}, {self.kind.pattern!r})"

    def of(self, event: Event) -> Any:
        found = self.value.of(event)
        if found is None:
            return None
        return len(self.kind.found_in(found)) if isinstance(found, str) else UNREADABLE

    def put(self, event: Event, wanted: Any) -> list[Event]:
        count = max(int(wanted), 0)
        base = self.kind.cut_from(text_in(self.value, event)).strip()
        made = [f"{base} {' '.join([sample] * count)}".strip() for sample in self.kind.samples[:2]]
        made += ["\n\n".join([self.kind.samples[0]] * count)]
        return [e for text in made for e in self.value.put(event, text) if self.of(e) == count]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"the number of {self.kind.name} in {self.value.says()}"


@dataclass(frozen=True)
class Without:
    """A text in which places of a kind do not count."""

    value: Value
    kind: Kind

    def code(self) -> str:
        return f"without_places({self.value.code()}, {self.kind.pattern!r})"

    def of(self, event: Event) -> Any:
        found = self.value.of(event)
        return self.kind.cut_from(found) if isinstance(found, str) else None if found is None else UNREADABLE

    def put(self, event: Event, wanted: Any) -> list[Event]:
        excused = [f"{wanted} {self.kind.samples[0]}"] if isinstance(wanted, str) else []
        return [made for text in (wanted, *excused) for made in self.value.put(event, text)]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"{self.value.says()} without {self.kind.name}"


@dataclass(frozen=True)
class SomePlace:
    """One of the places of a kind in a text is such that the condition, which reads `PLACE`, holds."""

    value: Value
    kind: Kind
    inner: Condition

    def code(self, unclear: bool) -> str:
        found = f"places({self.value.code()}, {self.kind.pattern!r}, {self.kind.edges!r})"
        if self.kind.tool:
            found = f"known({_listed(self.value, self.kind)})"
        return f"any({self.inner.code(unclear)} for item in {found})"

    def holds(self, event: Event) -> bool:
        found = self.value.of(event)
        items = self.kind.found_in(found) if isinstance(found, str) else []
        return any(self.inner.holds({**event, "item": item}) for item in items)

    def make(self, event: Event, truth: bool) -> list[Event]:
        base = self.kind.cut_from(text_in(self.value, event)).strip()
        made: list[Event] = []
        for sample in self.kind.samples:
            start = {**event, "item": sample.strip(self.kind.edges)}
            shaped = [start, *self.inner.make(start, truth)]
            items = [str(e["item"]) for e in shaped if self.inner.holds(e) is truth]
            made += [m for i in items[:3] for m in self.value.put(event, f"{base} {self.kind.shown(i)} .")]
        made += [] if truth else self.value.put(event, base)
        return [e for e in made if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"one of the {self.kind.name} in {self.value.says()} is such that {self.inner.says()}"


@dataclass(frozen=True)
class Shaped:
    """The whole text has a form."""

    value: Value
    pattern: str
    samples: tuple[str, ...]
    others: tuple[str, ...]
    name: str

    def code(self, unclear: bool) -> str:
        return f"shaped_as({self.value.code()}, {f'^(?:{self.pattern})$'!r}, {unclear})"

    def holds(self, event: Event) -> bool:
        found = self.value.of(event)
        return isinstance(found, str) and compiled(self.pattern).fullmatch(found) is not None

    def make(self, event: Event, truth: bool) -> list[Event]:
        texts = self.samples if truth else self.others
        return [e for text in texts for e in self.value.put(event, text) if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"{self.value.says()} has the form {self.name}"


def _listed(value: Value, kind: Kind) -> str:
    return f"{kind.tool}_in({value.code()})"


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern with the classes of RE2."""
    return re.compile(pattern, re.ASCII)


def text_in(value: Value, event: Event) -> str:
    """The text that a value is, or a plain one."""
    found = value.of(event)
    return found if isinstance(found, str) and found.strip() else SAMPLE
