"""Conditions on a part of a growing document: its number, its defined terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from guardagent.reasoners.offline.events import Event, with_value
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.values import UNREADABLE, Value, number_in, unique

helper(
    "next_number",
    '''
def next_number(parts, pointer, first):
    """The number after that of the last part; `first` when there is none yet, UNREADABLE when it has no number."""
    if parts is None or parts == []:
        return first
    last = number_of(value_at(parts[-1], pointer)) if isinstance(parts, list) else UNREADABLE
    return UNREADABLE if last is None or last == UNREADABLE else last + 1
''',
)
helper(
    "is_numbered",
    '''
def is_numbered(value, wanted, unclear):
    """Whether a number is the one wanted; `unclear` when one of them can't be read."""
    number = number_of(value)
    if number is None:
        return False
    return unclear if number == UNREADABLE or wanted == UNREADABLE else number == wanted
''',
)
helper(
    "in_small_letters",
    '''
def in_small_letters(text, terms, unclear):
    """Whether a term, or its plural or possessive, stands in the text as a word with a small first letter."""
    if text is None or terms is None:
        return False
    if not isinstance(text, str) or not isinstance(terms, list):
        return unclear
    low = text.lower()
    for term in terms:
        if not isinstance(term, str) or term.strip() == "":
            continue
        at = 0
        for piece in low.split(term.strip().lower())[:-1]:
            at = at + len(piece)
            end = at + len(term.strip())
            tail = low[end : end + 4]
            for ending in ("es'", "es", "s'", "'s", "\\u2019s", "s\\u2019", "s"):
                if tail.startswith(ending):
                    tail = tail[len(ending) :]
                    break
            alone = tail == "" or not (tail[0].isalnum() or tail[0] == "_")
            begins = at == 0 or not (low[at - 1].isalnum() or low[at - 1] == "_")
            if alone and begins and text[at].islower():
                return True
            at = end
    return False
''',
)
helper(
    "count_chunks",
    '''
def count_chunks(value):
    """How many chunks between spaces a text has; None without text, UNREADABLE when it is none."""
    if value is None:
        return None
    return len(value.split()) if isinstance(value, str) else UNREADABLE
''',
)


@dataclass(frozen=True)
class Numbered:
    """The part's number is `first` or, after other parts, one more than that of the last of them."""

    value: Field
    before: Field
    member: Field
    first: int = 1

    def code(self, unclear: bool) -> str:
        wanted = f"next_number({self.before.code()}, {self.member.pointer!r}, {self.first})"
        return f"is_numbered({self.value.code()}, {wanted}, {unclear})"

    def holds(self, event: Event) -> bool:
        wanted, number = self._wanted(event), number_in(self.value.of(event))
        return number is not None and number == wanted

    def make(self, event: Event, truth: bool) -> list[Event]:
        made: list[Event] = []
        for base in [event, *self.before.put(event, [])]:
            wanted = self._wanted(base)
            if isinstance(wanted, int):
                numbers = [wanted] if truth else [wanted + 1, wanted - 1]
                made += [e for number in numbers for e in self.value.put(base, number)]
        return [e for e in made if self.holds(e) is truth]

    def _wanted(self, event: Event) -> Any:
        parts = self.before.of(event)
        if not parts:
            return self.first
        last = number_in(self.member.of({"item": parts[-1]})) if isinstance(parts[-1], dict) else None
        return None if last is None else int(last) + 1

    def fields(self) -> list[str]:
        return unique([*self.value.fields(), *self.before.fields()])

    def says(self) -> str:
        return f"{self.value.says()} is the next number after {self.before.says()}"


@dataclass(frozen=True)
class SmallTerm:
    """A defined term stands in the text with a small first letter."""

    value: Value
    terms: Field

    def code(self, unclear: bool) -> str:
        return f"in_small_letters({self.value.code()}, {self.terms.code()}, {unclear})"

    def holds(self, event: Event) -> bool:
        text, terms = self.value.of(event), self.terms.of(event)
        return isinstance(text, str) and isinstance(terms, list) and any(small_in(text, term) for term in terms)

    def make(self, event: Event, truth: bool) -> list[Event]:
        terms = self.terms.of(event)
        base = event if terms else with_value(event, self.terms.pointer, ["Tenant"])
        term = str((self.terms.of(base) or ["Tenant"])[0])
        small = term[:1].lower() + term[1:]
        texts = (
            [f"The {small} pays.", f"The {small}'s staff pays."]
            if truth
            else [f"The {term} pays.", f"{term}'s staff, and x{small}."]
        )
        return [e for text in texts for e in self.value.put(base, text) if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return unique([*self.value.fields(), *self.terms.fields()])

    def says(self) -> str:
        return f"{self.value.says()} has a term of {self.terms.says()} in small letters"


@dataclass(frozen=True)
class Chunks:
    """How many words a text has, where words are what stands between spaces."""

    value: Value

    def code(self) -> str:
        return f"count_chunks({self.value.code()})"

    def of(self, event: Event) -> Any:
        found = self.value.of(event)
        return len(found.split()) if isinstance(found, str) else None if found is None else UNREADABLE

    def put(self, event: Event, wanted: Any) -> list[Event]:
        count = max(int(wanted), 0)
        return self.value.put(event, " ".join(["word"] * count))

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"the number of words in {self.value.says()}"


def small_in(text: str, term: object) -> bool:
    """Whether the term, or a form of it, stands in the text with a small first letter."""
    if not isinstance(term, str) or not term.strip():
        return False
    bare = term.strip()
    pattern = rf"(?<!\w){re.escape(bare)}(?:es'|es|s'|'s|\u2019s|s\u2019|s)?(?!\w)"
    return any(match.group()[0].islower() for match in re.finditer(pattern, text, re.IGNORECASE))
