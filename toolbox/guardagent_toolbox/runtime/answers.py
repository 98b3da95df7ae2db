"""The four answers of a clause function, and the plain row that each becomes.

A program can make an answer and hand it on; it can neither read one nor build one by other means.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from itertools import islice
from typing import Any, Final

from guardagent_toolbox.runtime.budget import GuardError
from guardagent_toolbox.runtime.iteration import VIEWS
from guardagent_toolbox.runtime.show import ordered

MAX_MESSAGE: Final = 500
MAX_DETAILS: Final = 2_048
MAX_EVIDENCE: Final = 20
MAX_SPANS: Final = 100
_POINTER: Final = re.compile(r"(/([^~/]|~[01])*)*\Z")
_MAX_POINTER: Final = 200

# Details are shown to people: the first fit of these (items, characters, levels) is taken.
_TOO_LARGE: Final = object()
_CUTS: Final = ((50, 400, 8), (20, 120, 6), (8, 60, 4), (3, 30, 2))

# As JSON: a number, or brackets and what is said of members that were left out, with a separator, and the quotes of a
# text and of its key; and a control character, which is written by its number.
_MOST_PER_VALUE: Final = 50
_MOST_PER_CHARACTER: Final = 6

Row = list[Any]


class AnswerError(GuardError):
    """A clause function gave back something that is no answer."""


class Reply:
    """What a clause function gives back; opaque to the program."""

    __slots__ = ("details", "evidence", "kind", "message", "spans")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, kind: str, message: Any = "", details: Any = None, evidence: Any = (), spans: Any = ()) -> None:
        self.kind = kind
        self.message = message
        self.details = details
        self.evidence = evidence
        self.spans = spans


def violation(message: Any, details: Any = None, evidence: Any = ()) -> Reply:
    """The clause is violated: deny."""
    return Reply("violation", message, details, evidence)


def escalate(message: Any, details: Any = None, evidence: Any = ()) -> Reply:
    """The clause asks for a person."""
    return Reply("escalate", message, details, evidence)


def redact(message: Any, spans: Any, details: Any = None) -> Reply:
    """The clause is met once the spans are redacted."""
    return Reply("redact", message, details, (), spans)


def not_applicable() -> Reply:
    """The clause is not about this event."""
    return Reply("not_applicable")


ANSWER_FUNCTIONS: Final[dict[str, Callable[..., Reply]]] = {
    "violation": violation,
    "escalate": escalate,
    "redact": redact,
    "not_applicable": not_applicable,
}


def row_of(clause: str, value: object) -> Row:
    """The JSON-ready row [clause, outcome, remedy, message, details, evidence, redactions] of an answer.

    Raises:
        AnswerError: `value` is no answer, or one with wrong parts.
    """
    if type(value) is not Reply:
        raise AnswerError(
            f"a clause function gives None, violation(...), not_applicable(), escalate(...) or redact(...), "
            f"not a value of type `{type(value).__name__}`"
        )
    if value.kind == "not_applicable":
        return [clause, "not_applicable", "deny", "", None, [], []]
    message = _message(value.message)
    details = _details(value.details)
    if value.kind == "redact":
        spans = _spans(value.spans)
        return [clause, "violation", "redact", message, details, list(dict.fromkeys(s[0] for s in spans)), spans]
    remedy = "escalate" if value.kind == "escalate" else "deny"
    return [clause, "violation", remedy, message, details, _evidence(value.evidence), []]


def _message(value: object) -> str:
    if type(value) is not str or not value.strip():
        raise AnswerError("the message of an answer is a text that is not empty")
    return value if len(value) <= MAX_MESSAGE else value[: MAX_MESSAGE - 1] + "…"


def _evidence(value: object) -> list[str]:
    pointers = [value] if type(value) is str else value
    if type(pointers) not in (list, tuple):
        raise AnswerError('evidence is a list of JSON pointers such as "/user/role"')
    return [_pointer(pointer) for pointer in pointers[:MAX_EVIDENCE]]  # type: ignore[index]


def is_pointer(value: object) -> bool:
    """Whether `value` is a JSON pointer of reasonable length."""
    if type(value) is not str or len(value) > _MAX_POINTER:
        return False
    # Only a tilde can be wrong in a text that begins like a pointer.
    return _POINTER.match(value) is not None if "~" in value else value[:1] in ("", "/")


def _pointer(value: object) -> str:
    if not is_pointer(value):
        raise AnswerError('a place in the event is a JSON pointer such as "/user/role"')
    return str(value)


def _spans(value: object) -> list[Row]:
    if type(value) not in (list, tuple) or not value:
        raise AnswerError("redact takes a list of [pointer, start, end] with at least one span")
    if len(value) > MAX_SPANS:  # type: ignore[arg-type]
        raise AnswerError(f"redact takes at most {MAX_SPANS} spans")
    return [_span(span) for span in value]  # type: ignore[attr-defined]


def _span(span: Any) -> Row:
    if type(span) not in (list, tuple) or len(span) != 3:
        raise AnswerError("a span is [pointer, start, end]; start and end may be None")
    pointer, start, end = span
    if any(bound is not None and (type(bound) is not int or bound < 0) for bound in (start, end)):
        raise AnswerError("start and end of a span are None or whole numbers from 0")
    if start is not None and end is not None and start > end:
        raise AnswerError("a span starts before it ends")
    return [_pointer(pointer), start, end]


def _details(value: object) -> Any:
    """The details as bounded JSON: sets in order, tuples as lists, long parts cut."""
    if value is None:
        return None
    for items, characters, levels in _CUTS:
        cutter = _Cutter(items, characters)
        cut = cutter.cut(value, levels)
        if cut is _TOO_LARGE:
            continue
        # Nearly all details are so short that they need not be written out to know it.
        if cutter.longest <= MAX_DETAILS or len(json.dumps(cut, ensure_ascii=False)) <= MAX_DETAILS:
            return cut
    return "too large to show"


class _Cutter:
    """Copies a value as JSON with long parts cut; gives up on one that could never fit."""

    def __init__(self, items: int, characters: int) -> None:
        self._items = items
        self._characters = characters
        self._left = MAX_DETAILS
        self.longest = 0
        """What was cut is no longer than this as JSON."""

    def cut(self, value: Any, levels: int) -> Any:
        """The value as JSON, or `_TOO_LARGE`: a nest that shares its parts can stand for billions of them."""
        self._left -= 1
        if self._left < 0:
            return _TOO_LARGE
        self.longest += _MOST_PER_VALUE
        kind = type(value)
        if kind is str:
            return self._text(value)
        if value is None or kind is bool or kind is int:
            return value
        if kind is float:
            return value if math.isfinite(value) else str(value)
        if kind is dict:
            return "…" if levels == 0 else self._mapping(value, levels - 1)
        if kind in (list, tuple, set, range) or kind in VIEWS:
            return "…" if levels == 0 else self._sequence(ordered(value) if kind is set else value, levels - 1)
        raise AnswerError(f"details are plain data, not a value of type `{kind.__name__}`")

    def _mapping(self, value: dict[Any, Any], levels: int) -> Any:
        shown = {
            self._text(key if type(key) is str else repr(key)): self.cut(value[key], levels)
            for key in islice(value, self._items)
        }
        if any(member is _TOO_LARGE for member in shown.values()):
            return _TOO_LARGE
        return shown if len(value) <= self._items else {**shown, "…": f"{len(value)} in all"}

    def _sequence(self, value: Any, levels: int) -> Any:
        shown = [self.cut(member, levels) for member in islice(value, self._items)]
        if any(member is _TOO_LARGE for member in shown):
            return _TOO_LARGE
        return shown if len(value) <= self._items else [*shown, f"… {len(value)} in all"]

    def _text(self, value: str) -> str:
        shown = value if len(value) <= self._characters else value[: self._characters - 1] + "…"
        self.longest += _MOST_PER_CHARACTER * len(shown)
        return shown
