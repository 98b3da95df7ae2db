"""References to sources in running text: [1], [2, 4-6], (Lee & Cho, 2020), Lee et al. (2020), [^note], [@key]."""

from __future__ import annotations

from collections.abc import Iterator

import re2

from guardagent_toolbox.reading.patterns import options, whole

_MOST_IN_RANGE = 200
_NAME = r"\p{Lu}[\p{L}'\x{2019}.-]*(?:\s\p{Lu}[\p{L}'\x{2019}.-]*)?"
_NAMES = rf"{_NAME}(?:(?:,?\s(?:and|&|und|et|y)\s|,\s){_NAME})*(?:,?\set\sal\.?)?"
_YEAR = r"(?:1[5-9]|20)\d\d[a-z]?|n\.d\."
_ONE = rf"{_NAMES},?\s(?:{_YEAR})(?:,\s(?:pp?|Kap|S|ch)\.\s?[\d\x{{2013}}-]+)?"

_BRACKETED = re2.compile(r"\[(\d{1,4}(?:\s?[,;\x{2013}-]\s?\d{1,4})*)\]", options())
_NOTED = re2.compile(r"\[\^([\w-]{1,60})\]", options())
_KEYED = re2.compile(r"\[@([\w:.#$%&+?<>~/-]{1,80}(?:;\s?@[\w:.#$%&+?<>~/-]{1,80})*)\]", options())
_AUTHORED = re2.compile(rf"\((?:(?:see|cf\.|e\.g\.,?|vgl\.)\s)?({_ONE}(?:;\s{_ONE})*)\)", options())
_NARRATED = re2.compile(rf"({_NAMES})\s\(({_YEAR})\)", options())
_SIGN = re2.compile(r"[\[(]", options())


def citations_in(text: str) -> list[dict[str, object]]:
    """Every reference, in the order of the text: its kind, its keys, and where it stands."""
    place = whole(text)
    if _SIGN.search(place) is None:
        return []
    found = [*_numbered(place), *_authored(place)]
    found += [_entry("note", match, [match[1].lower()]) for match in _NOTED.finditer(place)]
    found += [
        _entry("key", match, [key.strip(" @") for key in match[1].split(";")]) for match in _KEYED.finditer(place)
    ]
    return sorted(found, key=_start)


def _numbered(place: str) -> Iterator[dict[str, object]]:
    for match in _BRACKETED.finditer(place):
        keys: list[str] = []
        for part in match[1].replace(";", ",").replace("\u2013", "-").split(","):
            first, dash, last = (one.strip() for one in part.partition("-"))
            start = int(first)
            stop = int(last) if dash and last.isdecimal() else start
            keys += [str(number) for number in range(start, min(stop, start + _MOST_IN_RANGE) + 1)]
        yield _entry("number", match, keys)


def _authored(place: str) -> Iterator[dict[str, object]]:
    for match in _AUTHORED.finditer(place):
        yield _entry(
            "author", match, [" ".join(one.replace(",", " ").casefold().split()) for one in match[1].split(";")]
        )
    for match in _NARRATED.finditer(place):
        yield _entry("author", match, [" ".join(f"{match[1]} {match[2]}".replace(",", " ").casefold().split())])


def _entry(kind: str, match: re2._Match[str], keys: list[str]) -> dict[str, object]:
    return {"kind": kind, "keys": keys, "text": match[0], "start": match.start(), "end": match.end()}


def _start(entry: dict[str, object]) -> int:
    start = entry["start"]
    return start if isinstance(start, int) else 0
