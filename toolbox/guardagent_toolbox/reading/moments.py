"""Dates, times and moments, read from text without a clock and without the zone files of the host."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

from guardagent_toolbox.reading.zones import from_wall

_MAX_LENGTH = 64
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\Z", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})\Z", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\Z", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})\Z", re.ASCII)
_MONTH_FIRST = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\Z", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?(?:\s+of)?[\s-]+([a-z]+)\.?,?[\s-]+(\d{4})\Z", re.ASCII)
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+", re.ASCII)
_CLOCK = re.compile(
    r"(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?\s*(?:([ap])\.?m\.?)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2})?\Z",
    re.ASCII,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sep sept|"
        "october oct|november nov|december dec".split("|"),
        start=1,
    )
    for name in names.split()
}
ORDERS = ("ymd", "dmy", "mdy")


def read_date(value: object, order: object = "ymd") -> date | None:
    """The date that a text begins with; None when it is not one, or when only `order` could tell day from month."""
    text = _given(value)
    moment = _split(text)
    return _date_of(moment[0], order) if moment is not None else _date_of(text, order)


def read_clock(value: object) -> tuple[time, timezone | None] | None:
    """Time of day and offset that a text ends with; None when it has none."""
    text = _given(value)
    moment = _split(text)
    return _clock_of(moment[1] if moment is not None else text)


def read_moment(value: object, zone: object = None) -> datetime | None:
    """The moment, in UTC, of a text with date, time and offset; a time without one is of `zone`, or else UTC."""
    moment = _split(_given(value))
    day = _date_of(moment[0], "ymd") if moment is not None else None
    clock = _clock_of(moment[1]) if moment is not None else None
    if day is None or clock is None:
        return None
    if clock[1] is None and zone is not None:
        return from_wall(datetime.combine(day, clock[0]), zone)
    try:
        return datetime.combine(day, clock[0], clock[1] or UTC).astimezone(UTC)
    except OverflowError:
        return None


def shifted(day: date, days: int) -> date | None:
    """The date so many days later; None outside the years 1 to 9999."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def months_later(day: date, months: int) -> date | None:
    """The same day so many months later, or the last one of a shorter month; None outside the years 1 to 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        found = _build(year, month + 1, min(last, day.day))
        if found is not None:
            return found
    return None


def _given(value: object) -> str:
    return value.strip().lower() if isinstance(value, str) and len(value) <= _MAX_LENGTH else ""


def _split(text: str) -> tuple[str, str] | None:
    """Date part and time part, where there are both."""
    match = re.match(r"(.*\d)(?:t|,?\s+at\s+|,?\s+)(\d{1,2}:\d.*|\d{1,2}\s*[ap]\.?m.*)\Z", text, re.ASCII)
    return (match[1], match[2]) if match else None


def _date_of(text: str, order: object) -> date | None:
    text = _WEEKDAY.sub("", text, count=1) if text[:1].isalpha() else text
    if match := _ISO_DATE.match(text) or _YEAR_FIRST.match(text) or _COMPACT.match(text):
        return _build(match[1], match[2], match[3])
    if match := _MONTH_FIRST.match(text):
        return _build(match[3], _MONTHS.get(match[1]), match[2])
    if match := _DAY_FIRST.match(text):
        return _build(match[3], _MONTHS.get(match[2]), match[1])
    if match := _YEAR_LAST.match(text):
        return _last(int(match[1]), int(match[2]), int(match[3]), order)
    return None


def _last(first: int, second: int, year: int, order: object) -> date | None:
    """The date of "3/4/2025" in that order; without one it must be readable in one way only."""
    if order in ("dmy", "mdy"):
        return _build(year, second, first) if order == "dmy" else _build(year, first, second)
    readings = {found for found in (_build(year, second, first), _build(year, first, second)) if found is not None}
    return readings.pop() if len(readings) == 1 else None


def _build(year: str | int, month: str | int | None, day: str | int) -> date | None:
    try:
        return date(int(year), int(month or 0), int(day))
    except ValueError:
        return None


def _clock_of(text: str) -> tuple[time, timezone | None] | None:
    match = _CLOCK.match(text)
    if match is None or not (match[2] or match[4]):
        return None
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    if match[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[4] == "p" else 0)
    try:
        return time(hour, minute, second), _offset(match[5])
    except ValueError:
        return None


def _offset(text: str | None) -> timezone | None:
    """The offset from UTC; raises ValueError for one of a day or more."""
    if text is None:
        return None
    digits = text.lstrip("+-").replace(":", "")
    if not digits.isdecimal():
        return UTC
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
