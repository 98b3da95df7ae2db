"""Texts that match a regular expression of an event schema, as far as that is easy."""

from __future__ import annotations

import re
from importlib import import_module
from random import Random
from typing import Any

# The standard library's own reader of regular expressions; it has no public name.
_parser: Any = import_module("re._parser")

_MAX_REPEAT = 12
_MAX_LENGTH = 1_000
_ATTEMPTS = 4
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ANY = _LETTERS + _LETTERS.upper() + "0123456789 -_.,'"
_CATEGORY = {
    "CATEGORY_DIGIT": "0123456789",
    "CATEGORY_SPACE": " ",
    "CATEGORY_WORD": _LETTERS + "0123456789_",
    "CATEGORY_NOT_DIGIT": _LETTERS,
    "CATEGORY_NOT_SPACE": _LETTERS + "0123456789",
    "CATEGORY_NOT_WORD": " -./",
}


def text_matching(pattern: str, rng: Random) -> str | None:
    """A text in which `pattern` is found; None where none was built in a few attempts."""
    try:
        tree = _parser.parse(pattern)
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None
    for _attempt in range(_ATTEMPTS):
        try:
            text = _sequence(tree, rng, {})
        except _Unsupported:
            return None
        if compiled.search(text):
            return text
    return None


def matches(pattern: str, text: str) -> bool:
    """Whether `pattern` is found in `text`; not, when it cannot be read."""
    try:
        return re.search(pattern, text) is not None
    except (re.error, OverflowError, RecursionError):
        return False


class _Unsupported(Exception):
    """A construct, such as a look-around, for which no text is built."""


def _sequence(tree: Any, rng: Random, groups: dict[int, str]) -> str:
    return "".join(_one(str(op), value, rng, groups) for op, value in tree)


def _one(op: str, value: Any, rng: Random, groups: dict[int, str]) -> str:
    match op:
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL":
            return rng.choice([c for c in _ANY if c != chr(value)])
        case "ANY":
            return rng.choice(_ANY)
        case "AT":
            return ""
        case "IN":
            return _member(value, rng)
        case "BRANCH":
            return _sequence(rng.choice(value[1]), rng, groups)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return _repeated(value, rng, groups)
        case "SUBPATTERN":
            groups[value[0]] = _sequence(value[3], rng, groups)
            return groups[value[0]]
        case "GROUPREF":
            return groups.get(value, "")
        case _:
            raise _Unsupported


def _repeated(value: Any, rng: Random, groups: dict[int, str]) -> str:
    low, high, body = value
    if low > _MAX_LENGTH:
        raise _Unsupported
    count = rng.randint(low, max(low, min(int(high), low + _MAX_REPEAT)))
    return "".join(_sequence(body, rng, groups) for _ in range(count))


def _member(parts: Any, rng: Random) -> str:
    named = [(str(op), value) for op, value in parts]
    inside = {c for op, value in named for c in _characters(op, value)}
    if any(op == "NEGATE" for op, _ in named):
        inside = set(_ANY) - inside
    if not inside:
        raise _Unsupported
    return rng.choice(sorted(inside))


def _characters(op: str, value: Any) -> str:
    match op:
        case "LITERAL":
            return chr(value)
        case "RANGE":
            return "".join(map(chr, range(value[0], min(value[1], value[0] + 200) + 1)))
        case "CATEGORY":
            return _CATEGORY.get(str(value), "")
        case _:
            return ""
