"""The form of a reference: which characters stand where."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.connectives import Not
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.meanings import Predicate
from guardagent.reasoners.offline.places import Count, Shaped
from guardagent.reasoners.offline.values import Const, Measure, Sum, Table, Value

_TEMPLATES = {
    "yyyy-mm-dd": (r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])", "2025-06-04", "04.06.2025"),
    "dd.mm.yyyy": (r"(?:0[1-9]|[12][0-9]|3[01])\.(?:0[1-9]|1[0-2])\.[0-9]{4}", "04.06.2025", "2025-06-04"),
    "dd/mm/yyyy": (r"(?:0[1-9]|[12][0-9]|3[01])/(?:0[1-9]|1[0-2])/[0-9]{4}", "04/06/2025", "2025-06-04"),
    "mm/dd/yyyy": (r"(?:0[1-9]|1[0-2])/(?:0[1-9]|[12][0-9]|3[01])/[0-9]{4}", "06/14/2025", "2025-06-14"),
    "yyyy-mm": (r"[0-9]{4}-(?:0[1-9]|1[0-2])", "2025-06", "06-2025"),
    "hh:mm": (r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", "09:30", "9.30"),
}


class Shape(NamedTuple):
    """A pattern, and texts that have the form and that only nearly have it."""

    pattern: str
    sample: str
    longest: str
    near: tuple[str, ...]


def text(_context: Context, words: str) -> str:
    return words


def some(_context: Context, chars: str, low: int = 1, high: int | None = None) -> Shape | None:
    """So many characters of a class."""
    if low == 0 and (high or 0) == 0:
        return None
    most = high or low or 1
    low = low if high is not None else 1
    bounds = "+" if most >= 40 else f"{{{low}}}" if low == most else f"{{{low},{most}}}"
    one = "" if low == most == 1 else bounds
    char = _example(chars)
    pattern = f"[{chars}]{one}"
    return Shape(
        pattern, char * max(low, 1), char * min(most, max(low, 1) + 3), (char * (low - 1), _wrong(chars) * max(low, 1))
    )


def literally(_context: Context, phrase: str) -> Shape:
    pattern = "".join(c if c.isalnum() or c == " " else f"\\{c}" for c in phrase)
    return Shape(pattern, phrase, phrase, ("", f"{phrase}x", phrase.swapcase()))


def joined(_context: Context, first: Shape, rest: Shape | None = None) -> Shape:
    if rest is None:
        return first
    near = [*(bad + rest.sample for bad in first.near), *(first.sample + bad for bad in rest.near)]
    return Shape(first.pattern + rest.pattern, first.sample + rest.sample, first.longest + rest.longest, tuple(near))


def template(_context: Context, sample: str) -> Shape | None:
    """A form by a sample whose letters and digits only stand for others: AB-1234, XXX-999, YYYY-MM-DD."""
    known = _TEMPLATES.get(sample.lower())
    if known:
        return Shape(known[0], known[1], known[1], (known[2], f"{known[1]}x", "soon"))
    pieces = re.findall(r"[A-Z]+|[a-z]+|\d+|[-/_. :#]", sample)
    if "".join(pieces) != sample or len(pieces) < 2 or not all(_stands_for_any(piece) for piece in pieces):
        return None
    found: list[Shape] = []
    for piece in pieces:
        chars = "A-Z" if piece.isupper() else "a-z" if piece.islower() else "0-9" if piece.isdigit() else ""
        if set(piece) <= {"N"} or (
            set(piece) <= {"X"}
            and pieces.index(piece) > 0
            and len(pieces) > 1
            and pieces[0].isupper()
            and pieces[0] != piece
        ):
            chars = "0-9"
        made = some(_context, chars, len(piece), len(piece)) if chars else literally(_context, piece)
        if made is None:
            return None
        found.append(made)
    whole = found[-1]
    for shape in reversed(found[:-1]):
        whole = joined(_context, shape, whole)
    return whole


def shaped(_context: Context, shape: Shape) -> Predicate:
    return _predicate(shape.pattern, shape)


def starts(_context: Context, shape: Shape) -> Predicate:
    tail = Shape("(?s:.*)", "", " and more", ())
    return _predicate(f"{shape.pattern}(?s:.*)", joined(_context, shape, tail))


def starts_with_one(context: Context, chars: str) -> Predicate | None:
    one = some(context, chars, 1, 1)
    return starts(context, one) if one else None


def ends(_context: Context, shape: Shape) -> Predicate:
    head = Shape("(?s:.*)", "", "some text ", ())
    return _predicate(f"(?s:.*){shape.pattern}", joined(_context, head, shape))


def together(_context: Context, first: str, rest: str) -> str:
    return first + rest


def made_of(_context: Context, chars: str) -> Predicate:
    example = "".join(_example(part) for part in _parts(chars))
    near = tuple(f"{example}{c}" for c in (_wrong(chars), "!"))
    return _predicate(f"[{chars}]*", Shape("", example, example * 2, near))


def made_of_digits(context: Context) -> Predicate:
    return made_of(context, "0-9")


def lower(_context: Context) -> Predicate:
    return _predicate("[^A-Z\u00c0-\u00d6\u00d8-\u00de]*", Shape("", "in small letters", "", ("In Small letters",)))


def upper(_context: Context) -> Predicate:
    return _predicate(
        "[^a-z\u00df-\u00f6\u00f8-\u00ff]*[A-Z][^a-z\u00df-\u00f6\u00f8-\u00ff]*",
        Shape("", "IN CAPITALS", "", ("In CAPITALS",)),
    )


def only_these(context: Context, value: Value, chars: str) -> Condition | None:
    found = made_of(context, chars)(value)
    return Not(found) if found else None


def _predicate(pattern: str, shape: Shape) -> Predicate:
    good = tuple(dict.fromkeys(t for t in (shape.sample, shape.longest) if t))
    bad = (*shape.near, f"{shape.sample}?", f"x {shape.sample}", "something else")
    return lambda value: Shaped(value, pattern, good, bad, f"of `{good[0]}`") if _is_text(value) else None


def _is_text(value: object) -> bool:
    if isinstance(value, Field):
        return (not value.types or "string" in value.types) and not value.values
    return not isinstance(value, Const | Count | Measure | Sum | Table)


def _stands_for_any(piece: str) -> bool:
    """Whether a run of letters or digits can only be a placeholder: ABC, XX, 1234, 000."""
    if len(set(piece)) == 1:
        return not piece.isalpha() or piece.upper()[0] in "AXN" or len(piece) == 1
    codes = [ord(c) for c in piece.upper()]
    return piece[0] in "A1a0" and all(b - a == 1 for a, b in pairwise(codes))


def _parts(chars: str) -> list[str]:
    return re.findall(r"\\.|.-.|.", chars)


def _example(chars: str) -> str:
    first = _parts(chars)[0]
    return first[1] if first.startswith("\\") else {"A-Z": "K", "a-z": "k", "0-9": "7", "A-F": "B"}.get(first, first[0])


def _wrong(chars: str) -> str:
    """A character that is not of the class."""
    return next(c for c in "7kK_." if not re.fullmatch(f"[{chars}]", c))
