"""Dates and times as texts that compare by `<` and `==`; there is no clock, "now" comes with the event."""

from __future__ import annotations

from datetime import timedelta

from guardagent_toolbox.reading.moments import read_clock, read_date, read_moment, shifted
from guardagent_toolbox.spec import tool

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MOST_DAYS = 4_000_000


@tool(group="dates")
def parse_date(text: str, order: str = "ymd") -> str | None:
    """The date in a text as "YYYY-MM-DD", which compares by `<`; None when it is not a date.

    Reads ISO dates and moments, names of months, and numbers. "3/4/2025" can be read two ways and is None unless
    `order` is "dmy" or "mdy".

    >>> parse_date("March 5, 2025"), parse_date("2025-03-05T10:00:00Z")
    ('2025-03-05', '2025-03-05')
    >>> parse_date("3/4/2025"), parse_date("3/4/2025", "dmy")
    (None, '2025-04-03')
    """
    day = read_date(text, order)
    return None if day is None else day.isoformat()


@tool(group="dates")
def parse_time(text: str) -> str | None:
    """The time of day in a text as "HH:MM:SS" (24 hours), which compares by `<`; None when there is none.

    An offset such as "+02:00" is left out: the time is the one on the wall. Use `parse_moment` to compare over zones.

    >>> parse_time("9:30 pm"), parse_time("2025-03-05T10:00:00Z"), parse_time("25:00")
    ('21:30:00', '10:00:00', None)
    """
    clock = read_clock(text)
    return None if clock is None else clock[0].isoformat()


@tool(group="dates")
def parse_moment(text: str) -> str | None:
    """The moment in a text as "YYYY-MM-DDTHH:MM:SSZ" in UTC, which compares by `<`; None when it is not one.

    A time without an offset is taken as UTC.

    >>> parse_moment("2025-03-05T10:00:00+02:00")
    '2025-03-05T08:00:00Z'
    """
    moment = read_moment(text)
    return None if moment is None else moment.replace(tzinfo=None).isoformat() + "Z"


@tool(group="dates")
def days_between(first: str, second: str) -> int | None:
    """The days from the first date to the second, negative when the second is earlier; None when one is unreadable.

    >>> days_between("2025-03-01", "2025-03-05"), days_between("2025-03-05", "2025-03-01")
    (4, -4)
    """
    start, end = read_date(first), read_date(second)
    return None if start is None or end is None else (end - start).days


@tool(group="dates")
def seconds_between(first: str, second: str) -> int | None:
    """The seconds from the first moment to the second, negative when that is earlier; None when one is unreadable.

    >>> seconds_between("2025-03-05T10:00:00Z", "2025-03-05T10:09:59Z")
    599
    """
    start, end = read_moment(first), read_moment(second)
    return None if start is None or end is None else (end - start) // timedelta(seconds=1)


@tool(group="dates")
def add_days(day: str, days: int) -> str | None:
    """The date so many days after `day` (before it, when negative) as "YYYY-MM-DD"; None when one is unreadable.

    >>> add_days("2024-02-28", 2)
    '2024-03-01'
    """
    start = read_date(day)
    if start is None or type(days) is not int or abs(days) > _MOST_DAYS:
        return None
    end = shifted(start, days)
    return None if end is None else end.isoformat()


@tool(group="dates")
def weekday(day: str) -> str | None:
    """The weekday of a date in small letters, "monday" to "sunday"; None when it is not a date.

    >>> weekday("2025-03-05")
    'wednesday'
    """
    read = read_date(day)
    return None if read is None else _WEEKDAYS[read.weekday()]


@tool(group="dates")
def age_on(birth: str, day: str) -> int | None:
    """The full years between two dates; somebody born on 29 February is older on 1 March. None when unreadable.

    >>> age_on("2007-03-06", "2025-03-05"), age_on("2007-03-05", "2025-03-05")
    (17, 18)
    """
    born, on = read_date(birth), read_date(day)
    if born is None or on is None or on < born:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
