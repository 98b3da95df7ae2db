"""The small languages in the arguments of EHRAgent's functions: conditions of FilterDB, arguments of GetValue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

LOAD, FILTER, GET, SQL, DATE, COMPUTE = "LoadDB", "FilterDB", "GetValue", "SQLInterpreter", "Calendar", "Calculate"
FUNCTIONS = frozenset({LOAD, FILTER, GET, SQL, DATE, COMPUTE})

_PARTS = re.compile(r"\|\||&&")
_MORE = re.compile(
    r"\s+(?:and|or)\s+(?=(?:not\s+)?\W?([A-Za-z_]\w*)\W?\s*(?:[<>=!]|\b(?:not|in|like|is|between)\b))", re.I
)
_OPERATOR = re.compile(r"[<>=!~]=?|<>|(?<=[\w\"'`\])])\s+(?:not\s+)?(?:in|like|is|between|contains)\b", re.I)
_EXTREME = re.compile(r"\b(?:min|max|first|last|avg|mean|sum|count)\s*\(\s*([A-Za-z_][\w.]*)\s*\)", re.I)
_NAME = re.compile(r"[\s\"'`\[(]*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?)[\s\"'`\])]*\Z", re.ASCII)
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)

Known = Callable[[str], bool]


class Names(NamedTuple):
    """The columns that a text names, perhaps with their table in front, and whether it may name any other."""

    columns: tuple[str, ...]
    certain: bool


def condition_columns(text: str, known: Known) -> Names:
    """The columns that the conditions of FilterDB look at.

    Conditions stand between "||" (or "&&"), each with the column first, as in "age>60" or "min(labresulttime)".
    """
    found: list[str] = []
    certain = True
    for part in _conditions(text, known):
        columns = tuple(_of_condition(part, known))
        found.extend(columns)
        certain = certain and bool(columns)
    return Names(tuple(found), certain)


def _conditions(text: str, known: Known) -> Iterator[str]:
    for part in _PARTS.split(text):
        start = 0
        for more in _MORE.finditer(part):
            # "and" also stands in names of drugs and diagnoses; only before a column does it begin a condition.
            if known(more[1]):
                yield part[start : more.start()]
                start = more.end()
        if part[start:].strip():
            yield part[start:]


def _of_condition(part: str, known: Known) -> Iterator[str]:
    operator = _OPERATOR.search(part)
    left, right = (part[: operator.start()], part[operator.end() :]) if operator else (part, "")
    # "admissions, SUBJECT_ID=24971" names the table first.
    name = _NAME.match(left) or _NAME.match(left.rpartition(",")[2])
    extremes = _EXTREME.findall(left)
    if extremes:
        yield from extremes
    elif name and (operator or known(name[1])):
        yield name[1]
    else:
        yield from filter(known, _WORD.findall(left))
    yield from filter(known, _EXTREME.findall(right))


def argument_columns(text: str, known: Known) -> Names:
    """The columns that an argument of GetValue names, such as "cost, sum" or "labresult"."""
    first, *others = text.split(",")
    wrapped = _EXTREME.findall(first)
    name = _NAME.match(first)
    if wrapped:
        columns = wrapped
    elif name:
        columns = [name[1]]
    else:
        columns = list(filter(known, _WORD.findall(first)))
    # What follows is an operation, unless it is a column again.
    more = [word for other in others for word in _WORD.findall(other) if known(word)]
    return Names((*columns, *more), bool(columns))
