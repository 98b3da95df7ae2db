"""Terminal symbols for time: lengths of time, clock times, weekdays, and the fields that hold the present."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from guardagent.reasoners.offline.chart import Terminal
from guardagent.reasoners.offline.fields import Field, Fields
from guardagent.reasoners.offline.tokens import Token, number_of

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SMALL = {word: number for number, word in enumerate(_ONES.split())} | {"a": 1, "an": 1}
_UNITS = {
    "second": (1, "seconds"),
    "sec": (1, "seconds"),
    "minute": (60, "seconds"),
    "min": (60, "seconds"),
    "hour": (3600, "seconds"),
    "day": (1, "days"),
    "week": (7, "days"),
    "fortnight": (14, "days"),
    "month": (1, "months"),
    "year": (12, "months"),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKEND, _WORKDAYS = _DAYS[5:], _DAYS[:5]
_CLOCK = re.compile(r"(?:kl\.?)?([01]?\d|2[0-4])(?:[:.h]([0-5]\d))?\s*(am|pm|a\.m|p\.m|h|hrs|o'clock)?\.?$")
_NOW = (
    "now",
    "current_time",
    "present_time",
    "timestamp",
    "request_time",
    "called_at",
    "at",
    "clock",
    "time",
    "local_time",
)
_TODAY = ("today", "current_date", "date", "day", "booking_date")
_TIME_OF_DAY = ("local_time", "time_of_day", "time", "clock_time", "hour")
_WEEKDAY = ("weekday", "day_of_week", "week_day", "local_weekday", "dayname")


_LEAST = r"(?:at least|no less than|not less than|no fewer than|no sooner than|no earlier than|a minimum of)"
_MOST = r"(?:at most|no more than|not more than|no later than|not later than|up to|a maximum of)"
_SPREAD = re.compile(rf"(?:{_LEAST} |from |between )?(\S+) (?:(?:, )?(?:and|but) {_MOST}|to|and) (\S+) ")


class Period(NamedTuple):
    """A length of time: `days`, `months` and `workdays` are those of the calendar."""

    number: int | float
    unit: str  # seconds | days | months | workdays


class Timewords:
    """The terminals on time for one agent."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields

    def terminals(self) -> Mapping[str, Terminal]:
        """The terminals, by name."""
        return {
            "period": self._period,
            "spread": self._spread,
            "clock": self._clock,
            "clockrange": self._clockrange,
            "dayname": self._dayname,
            "timefield": self._timefield,
        }

    def _spread(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[Period, Period]]]:
        """`at least 2 and at most 30 days`, `2 to 30 days`: the first number has the unit of the second."""
        said = " ".join(t.lower for t in tokens[start : start + 18])
        match = _SPREAD.match(said)
        if match is None:
            return
        low_at, high_at = (start + len(said[: match.start(n)].split()) for n in (1, 2))
        for end, high in self._period(tokens, high_at):
            for _, low in self._period([tokens[low_at], *tokens[high_at + 1 : end]], 0):
                if low.unit == high.unit and low.number < high.number:
                    yield end, (low, high)

    def _period(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Period]]:
        if start >= len(tokens):
            return
        if [t.lower for t in tokens[start : start + 3]] in (["half", "an", "hour"], ["half", "a", "day"]):
            yield start + 3, Period(1800 if tokens[start + 2].lower == "hour" else 43_200, "seconds")
            return
        joined = re.fullmatch(r"(\d+)[- ]?(minute|hour|day|week|month|year|second|min|h|d|m|s)s?", tokens[start].lower)
        if joined:
            letters = {"h": "hour", "d": "day", "m": "minute", "s": "second"}
            yield start + 1, _length(Decimal(joined[1]), letters.get(joined[2], joined[2]))
            return
        number = _spelled(tokens[start])
        at = start + 1
        kind = ""
        while at < len(tokens) and tokens[at].lower in (
            "full",
            "whole",
            "calendar",
            "business",
            "working",
            "clear",
            "consecutive",
        ):
            kind = "workdays" if tokens[at].lower in ("business", "working") else kind
            at += 1
        unit = tokens[at].lower if at < len(tokens) else ""
        unit = unit.removesuffix("s") if unit.removesuffix("s") in _UNITS else ""
        if number is None or not unit or (kind and unit != "day"):
            return
        found = _length(number, unit)
        yield at + 1, found._replace(unit=kind) if kind else found

    def _clock(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        """A time of day as `HH:MM`."""
        if start >= len(tokens):
            return
        lower = tokens[start].lower
        if lower in ("noon", "midday", "midnight"):
            yield start + 1, "00:00" if lower == "midnight" else "12:00"
            return
        following = tokens[start + 1].lower.rstrip(".") if start + 1 < len(tokens) else ""
        match = _CLOCK.match(lower)
        if match and tokens[start].kind in ("word", "number"):
            if following in ("am", "pm", "a.m", "p.m", "o'clock", "h", "hrs", "hours") and not match[3]:
                yield start + 2, _clock_text(match[1], match[2], following)
            elif match[2] or match[3]:
                yield start + 1, _clock_text(match[1], match[2], match[3] or "")

    def _clockrange(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[str, str]]]:
        """`08:00-18:00` in one word."""
        if start < len(tokens):
            ends = tokens[start].lower.split("-")
            found = [_CLOCK.match(end) for end in ends]
            if (
                len(ends) == 2
                and found[0]
                and found[1]
                and (found[0][2] or found[0][3])
                and (found[1][2] or found[1][3])
            ):
                a, b = (_clock_text(m[1], m[2], m[3] or "") for m in found if m)
                yield start + 1, (a, b)

    def _dayname(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Weekdays: one by its name, or several by a word for them."""
        if start >= len(tokens):
            return
        word = tokens[start].lower.removesuffix("s")
        if word in _DAYS:
            yield start + 1, (word,)
        elif word in ("weekend",):
            yield start + 1, _WEEKEND
        elif word in ("weekday", "workday"):
            yield start + 1, _WORKDAYS
        elif word in ("working", "business") and start + 1 < len(tokens) and tokens[start + 1].lower in ("day", "days"):
            yield start + 2, _WORKDAYS

    def _timefield(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        """A field that may hold a date or time."""
        for end in range(start + 1, min(start + 6, len(tokens)) + 1):
            if tokens[end - 1].kind in ("mark", "number"):
                return
            words = " ".join(t.text for t in tokens[start:end]).replace(" 's", "'s").replace(" ’s", "’s")
            found = self._fields.find(words)
            if found is not None and is_timely(found):
                yield end, found


def is_timely(field: Field) -> bool:
    """Whether a field may hold a date or time."""
    if field.is_list or field.values or "boolean" in field.types:
        return False
    if field.types & {"integer", "number"} and "string" not in field.types:
        return field.name in (*_NOW, "t") or field.name.endswith(("_at", "_time", "_ts"))
    return True


def present(fields: Fields, *, date: bool = False) -> Field | None:
    """The field that holds the present moment, or with `date` the present day."""
    names = (*_TODAY, *_NOW) if date else (*_NOW, "today", "current_date")
    found = _named(fields, names)
    return found if found is not None and is_timely(found) else None


def time_of_day(fields: Fields) -> Field | None:
    """The field whose time of day is the present one."""
    found = _named(fields, _TIME_OF_DAY) or present(fields)
    return found if found is not None and "string" in (found.types or {"string"}) else None


def day_of_week(fields: Fields) -> Field | None:
    """The field that tells the present weekday, by name or as a date."""
    found = _named(fields, _WEEKDAY) or present(fields, date=True)
    return found if found is not None and "string" in (found.types or {"string"}) else None


def _named(fields: Fields, names: Sequence[str]) -> Field | None:
    """The field with the first of these names, outside of what the call is given."""
    for name in names:
        found = [f for f in fields.all if f.name.lower() == name and not f.pointer.startswith("/tool/")]
        if len(found) == 1:
            return found[0]
    return None


def _spelled(token: Token) -> Decimal | None:
    lower = token.lower
    number = number_of(token.text) if token.kind == "number" else None
    if number is not None:
        return Decimal(str(number))
    if lower in _SMALL:
        return Decimal(_SMALL[lower])
    tens, _, ones = lower.partition("-")
    if tens in _TENS and (not ones or 0 < _SMALL.get(ones, 0) < 10):
        return Decimal(_TENS[tens] + (_SMALL[ones] if ones else 0))
    return None


def _length(number: Decimal, unit: str) -> Period:
    factor, name = _UNITS[unit]
    if name != "seconds" and number != number.to_integral_value():
        return Period(int(number * 86_400), "seconds") if unit == "day" else Period(float(number * factor), name)
    return Period(int(number * factor), name)


def _clock_text(hour: str, minute: str | None, half: str) -> str:
    number = int(hour)
    if half.startswith("p") and number < 12:
        number += 12
    if half.startswith("a") and number == 12:
        number = 0
    return f"{number % 24:02d}:{minute or '00'}"
