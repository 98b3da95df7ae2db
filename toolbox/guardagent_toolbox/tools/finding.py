"""Numbers, money, dates, addresses and telephone numbers within running text, with their places for `redact`."""

from __future__ import annotations

import re
from collections.abc import Callable

from guardagent_toolbox.reading.moments import read_date
from guardagent_toolbox.reading.phones import read_phone
from guardagent_toolbox.reading.plain import as_text
from guardagent_toolbox.reading.quantities import CODES, plain_number, read_decimal, read_money
from guardagent_toolbox.spec import tool
from guardagent_toolbox.tools.urls import parse_address

_MOST = 1_000
_Places = list[dict[str, object]]

# Every repetition is bounded or gives nothing back, so that no text takes more than a look at each place.
_NUMBER = r"(?>\d{1,3}(?:[,.' \u00a0\u202f]\d{3}(?!\d)){1,5}+(?:[.,]\d{1,15})?+|\d{1,18}+(?:[.,]\d{1,15}+)?+)(?!\d)"
_SIGNS = r"US\$|C\$|CA\$|A\$|AU\$|NZ\$|HK\$|S\$|R\$|[$€£¥₹₩₽₺₪฿]"
_CODE = "|".join(sorted(CODES))
_SCALE = r"(?:\s?(?:k|thousand|million|mn|m|billion|bn)\b)"
_WORDS = r"dollars?|bucks?|euros?|pounds?|yen|rupees?|francs?|yuan|rmb"
_NUMBERS = re.compile(rf"(?<![\w.,])[-+\u2212]?{_NUMBER}(?![.,]\d)(?P<percent>\s?%|\s?per\s?cent\b)?")
_SUM = re.compile(rf"(?<![\d.,]){_NUMBER}")
_BEFORE = re.compile(rf"(?:{_SIGNS}|(?<!\w)(?:{_CODE}))\s?\Z", re.IGNORECASE)
_AFTER = re.compile(rf"{_SCALE}?(?:\s?(?:{_SIGNS}|(?:{_CODE}|{_WORDS})\b))?", re.IGNORECASE)
_NAMED = re.compile(rf"(?:{_SIGNS}|{_CODE}|{_WORDS})\Z", re.IGNORECASE)
_MONTHS = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}+"
_DATES = re.compile(
    r"(?<![\w/.-])(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}"
    rf"|{_MONTHS}\.?\s{{1,3}}\d{{1,2}}(?:st|nd|rd|th)?,?\s{{1,3}}\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\.?(?:\s{{1,3}}of)?[\s-]{{1,3}}{_MONTHS}\.?,?[\s-]{{1,3}}\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(r"(?<![\w.+%'!#$&*/=?^{|}~-])[\w.+%'!#$&*/=?^{|}~-]++@[\w-]++(?:\.[\w-]++)++")
_PHONES = re.compile(
    r"(?<![\w+.,/-])(?:(?:\+|00)\d{1,3}(?:[\s.\-/(]{0,2}\d{1,5}\)?){2,7}"
    r"|\(\d{2,5}\)(?:[\s.\-/]?\d{2,5}){2,4}|0\d{1,5}[\s.\-/]\d{2,5}(?:[\s.\-/]?\d{2,5}){0,3}"
    r"|\d{3}[\s.-]\d{3}[\s.-]\d{4}|0\d{8,11})(?![\d@]|[.,:]\d)"
)
_SHORTEST_PHONE = 8


def _places(
    text: object, pattern: re.Pattern[str], read: Callable[[re.Match[str]], dict[str, object] | None]
) -> _Places | None:
    """What `read` makes of every place where the pattern is found; None when there are too many to look at."""
    found: _Places = []
    for number, match in enumerate(pattern.finditer(as_text(text) or "")):
        if number >= _MOST:
            return None
        entry = read(match)
        if entry is not None:
            found.append(entry | {"text": match.group(), "start": match.start(), "end": match.end()})
    return found


@tool(group="finding")
def find_numbers(text: str) -> list[dict[str, object]] | None:
    """The numbers in a text, in order: {"number", "percent", "text", "start", "end"}; None when over 1,000.

    "percent" says whether "%" or "percent" follows. "number" is read as by `parse_number`, None when it is too long.
    Digits within words ("AB12") and number words ("two") are not found.

    >>> [(n["number"], n["percent"]) for n in find_numbers("Save 50% on 1,200 items, e.g. AB12.")]
    [(50, True), (1200, False)]
    """

    def read(match: re.Match[str]) -> dict[str, object]:
        percent = match["percent"]
        digits = match.group().removesuffix(percent or "")
        return {"number": plain_number(read_decimal(digits)), "percent": percent is not None}

    return _places(text, _NUMBERS, read)


@tool(group="finding")
def find_money(text: str) -> list[dict[str, object]] | None:
    """The sums of money in a text, in order: {"amount", "currency", "text", "start", "end"}; None when over 1,000.

    A sum has a sign, an ISO code or a word of its currency before or after the number. "amount" is None when it can be
    read two ways; see `parse_money`.

    >>> [(m["amount"], m["currency"]) for m in find_money("From $1,250.50 to EUR 2k, or 30 pounds.")]
    [(1250.5, 'USD'), (2000, 'EUR'), (30, 'GBP')]
    """

    place = as_text(text) or ""
    found: list[dict[str, object]] = []
    for number, match in enumerate(_SUM.finditer(place)):
        if number >= 2 * _MOST:
            return None
        before = _BEFORE.search(place[max(match.start() - 5, 0) : match.start()])
        after = _AFTER.match(place, match.end())
        start, end = match.start() - len(before[0] if before else ""), after.end() if after else match.end()
        money = read_money(place[start:end])
        if before or _NAMED.search(place[match.end() : end]):
            amount, currency = (None, None) if money is None else (plain_number(money[0]), money[1])
            found.append({"amount": amount, "currency": currency, "text": place[start:end], "start": start, "end": end})
    return found if len(found) <= _MOST else None


@tool(group="finding")
def find_dates(text: str, order: str = "ymd") -> list[dict[str, object]] | None:
    """The dates in a text, in order: {"date", "text", "start", "end"}; None when over 1,000.

    "date" is "YYYY-MM-DD", or None for one that does not exist, or that only `order` could tell.

    >>> [d["date"] for d in find_dates("Due 5 March 2025, not 2025-02-30 or 3/4/2025.")]
    ['2025-03-05', None, None]
    """

    def read(match: re.Match[str]) -> dict[str, object]:
        day = read_date(match.group(), order)
        return {"date": None if day is None else day.isoformat()}

    return _places(text, _DATES, read)


@tool(group="finding")
def find_addresses(text: str) -> list[dict[str, object]] | None:
    """The e-mail addresses in a text, in order: {"address", "domain", "text", "start", "end"}; None when over 1,000.

    Those spelled out ("kim at x dot example") are not found.

    >>> [a["address"] for a in find_addresses("Write to Kim@North.example, or <a@b.example>.")]
    ['kim@north.example', 'a@b.example']
    """

    def read(match: re.Match[str]) -> dict[str, object] | None:
        parts = parse_address(match.group())
        return None if parts is None else {"address": parts["address"], "domain": parts["domain"]}

    return _places(text, _ADDRESSES, read)


@tool(group="finding")
def find_phones(text: str) -> list[dict[str, object]] | None:
    """What looks like telephone numbers in a text, in order: {"number", "text", "start", "end"}; None when over 1,000.

    Has "+", brackets, a 0 in front, or the groups of American numbers. Dates, sums and long card numbers are left out;
    some order numbers are not. "number" is as in `parse_phone`.

    >>> [p["number"] for p in find_phones("Call +44 20 7946 0958 or (555) 010-9999, order 12345, on 2025-03-05.")]
    ['+442079460958', '5550109999']
    """

    def read(match: re.Match[str]) -> dict[str, object] | None:
        phone = read_phone(match.group())
        is_date = read_date(match.group(), "dmy") is not None
        return None if phone is None or is_date or len(phone.digits) < _SHORTEST_PHONE else {"number": phone.number}

    return _places(text, _PHONES, read)
