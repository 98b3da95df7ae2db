"""JSON texts, read where all readers agree."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable

_MAX_INTEGER = 10**15
_MAX_DEPTH = 30
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])', re.DOTALL)


class _Ambiguous(ValueError):
    """Readers would see different things."""


def read_json(text: str) -> object:
    """The value of a JSON text; None when it is none, or when readers would disagree on it."""
    try:
        if _is_deep(text):
            return None
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_integer
        )
    except (ValueError, RecursionError):
        return None


def _is_deep(text: str) -> bool:
    depth = 0
    for match in _BRACKETS.finditer(text):
        depth += (match[1] is not None) - (match[2] is not None)
        if depth > _MAX_DEPTH:
            return True
    return False


def _object(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    listed = list(pairs)
    found = dict(listed)
    if len(found) != len(listed):
        raise _Ambiguous
    return found


def _constant(_name: str) -> object:
    raise _Ambiguous


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _Ambiguous
    return number


def _integer(digits: str) -> int:
    number = int(digits) if len(digits) <= 17 else _MAX_INTEGER + 1
    if abs(number) > _MAX_INTEGER:
        raise _Ambiguous
    return number
