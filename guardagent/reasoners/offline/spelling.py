"""Texts in another spelling: without spaces, without spaces at the ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from guardagent.reasoners.offline.events import Event, fold
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.values import UNREADABLE, Value

helper(
    "trimmed",
    '''
def trimmed(value):
    """The text without spaces at its ends; UNREADABLE for anything else that is there."""
    if value is None:
        return None
    return value.strip() if isinstance(value, str) else UNREADABLE
''',
)
helper(
    "without_spaces",
    '''
def without_spaces(value):
    """The text without any spaces; UNREADABLE for anything else that is there."""
    if value is None:
        return None
    return "".join(value.split()) if isinstance(value, str) else UNREADABLE
''',
)


@dataclass(frozen=True)
class Trimmed:
    """A text without spaces at its ends."""

    value: Value

    def code(self) -> str:
        return f"trimmed({self.value.code()})"

    def of(self, event: Event) -> Any:
        found = self.value.of(event)
        return found.strip() if isinstance(found, str) else None if found is None else UNREADABLE

    def put(self, event: Event, wanted: Any) -> list[Event]:
        padded = self.value.put(event, f"  {wanted} ") if isinstance(wanted, str) else []
        return [*self.value.put(event, wanted), *padded]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return self.value.says()


@dataclass(frozen=True)
class NoSpaces:
    """A text without any spaces."""

    value: Value

    def code(self) -> str:
        return f"without_spaces({self.value.code()})"

    def of(self, event: Event) -> Any:
        found = self.value.of(event)
        return "".join(found.split()) if isinstance(found, str) else None if found is None else UNREADABLE

    def put(self, event: Event, wanted: Any) -> list[Event]:
        spaced = self.value.put(event, " ".join(wanted)) if isinstance(wanted, str) and wanted else []
        return [*self.value.put(event, wanted), *spaced]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"{self.value.says()} without spaces"


helper(
    "loose",
    '''
def loose(value):
    """The text with hyphens and underscores as spaces; UNREADABLE for anything else that is there."""
    if value is None:
        return None
    return value.replace("-", " ").replace("_", " ") if isinstance(value, str) else UNREADABLE
''',
)


@dataclass(frozen=True)
class Loose:
    """A text in which a space, a hyphen and an underscore are the same."""

    value: Value

    def code(self) -> str:
        return f"loose({self.value.code()})"

    def of(self, event: Event) -> Any:
        found = self.value.of(event)
        return loosened(found) if isinstance(found, str) else None if found is None else UNREADABLE

    def put(self, event: Event, wanted: Any) -> list[Event]:
        if not isinstance(wanted, str):
            return []
        spelled = (wanted.replace(" ", "_"), wanted.replace(" ", "-").upper(), wanted)
        return [made for text in dict.fromkeys(spelled) for made in self.value.put(event, text)]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return self.value.says()


def loosened(text: Any) -> Any:
    """The text with hyphens and underscores as spaces; anything else as it is."""
    return text.replace("-", " ").replace("_", " ") if isinstance(text, str) else text


helper(
    "holds_piece",
    '''
def holds_piece(value, pieces, unclear):
    """Whether the text has one of the pieces somewhere, also within a word; `unclear` when it is no text."""
    if value is None:
        return False
    return any(piece in normalise(value) for piece in pieces) if isinstance(value, str) else unclear
''',
)


@dataclass(frozen=True)
class Piece:
    """The text has one of the pieces somewhere, also within a word, in any letter case."""

    value: Value
    pieces: tuple[str, ...]

    def code(self, unclear: bool) -> str:
        return f"holds_piece({self.value.code()}, {[fold(p) for p in self.pieces]!r}, {unclear})"

    def holds(self, event: Event) -> bool:
        found = self.value.of(event)
        return isinstance(found, str) and any(fold(p) in fold(found) for p in self.pieces)

    def make(self, event: Event, truth: bool) -> list[Event]:
        texts = [f"old_{p.upper()}_x" for p in self.pieces[:3]] if truth else ["something"]
        return [e for text in texts for e in self.value.put(event, text) if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"{self.value.says()} contains {' or '.join(f'`{p}`' for p in self.pieces)}"
