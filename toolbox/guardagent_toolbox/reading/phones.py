"""Telephone numbers as text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MAX_LENGTH = 40
_FEWEST, _MOST = 5, 15
_PHONE = re.compile(
    r"(?:tel(?:ephone)?\.?:?\s*)?(?P<plus>\+|00)?(?P<digits>[\d\s().\-/\u2013\u00a0]+?)"
    r"(?:\s*(?:ext\.?|x|extension)\s*(?P<extension>\d{1,6}))?\Z",
    re.IGNORECASE | re.ASCII,
)
_TWO = frozenset(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 "
    "91 92 93 94 95 98".split()
)
_THREE = re.compile(r"(?:2[12345679]|35|37|38|42|50|59|67|68|69|80|85|87|88|96|97|99)\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in digits alone, the calling code of its country where that is known, and its extension."""

    digits: str
    country: str | None
    extension: str

    @property
    def number(self) -> str:
        """The number in one spelling: with "+" when its country is known."""
        return f"+{self.digits}" if self.country else self.digits


def read_phone(value: object, country: object = None) -> Phone | None:
    """The number in a text; `country` is the calling code of numbers that are written without one."""
    if not isinstance(value, str) or len(value) > _MAX_LENGTH:
        return None
    match = _PHONE.match(value.strip())
    if match is None or value.count("(") != value.count(")") or value.count("(") > 1:
        return None
    written = match["digits"].replace("(0)", "") if match["plus"] else match["digits"]
    digits = re.sub(r"\D", "", written, flags=re.ASCII)
    if not _FEWEST <= len(digits) <= _MOST:
        return None
    home = country.lstrip("+") if isinstance(country, str) else ""
    code = code_of(digits) if match["plus"] else home if home and code_of(home + digits) == home else None
    if match["plus"] and code is None:
        return None
    if not match["plus"] and code:
        # Italy and Russia aside, a leading 0 only says that the number is of the same country.
        digits = code + (digits if code == "39" else digits.removeprefix("0"))
    return Phone(digits, code, match["extension"] or "")


def code_of(digits: str) -> str | None:
    """The calling code that an international number begins with; None when there is no such country."""
    if digits[:1] in ("1", "7"):
        return digits[:1]
    if digits[:2] in _TWO:
        return digits[:2]
    return digits[:3] if _THREE.match(digits) else None
