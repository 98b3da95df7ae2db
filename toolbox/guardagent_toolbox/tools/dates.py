"""Dates and times as texts that compare by `<` and `==`; there is no clock, "now" comes with the event."""

from __future__ import annotations

from datetime import datetime, timedelta

from guardagent_toolbox.reading.moments import months_later, read_clock, read_date, read_moment, shifted
from guardagent_toolbox.reading.plain import as_list
from guardagent_toolbox.reading.quantities import plain_number, read_decimal
from guardagent_toolbox.reading.zones import to_wall
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
def parse_moment(text: str, zone: str | None = None) -> str | None:
    """The moment in a text as "YYYY-MM-DDTHH:MM:SSZ" in UTC, which compares by `<`; None when it is not one.

    A time without an offset is one of `zone`, such as "Europe/Paris" (see `local_time`), and of UTC when none is given.
    A time that the clocks of the zone skip, or show twice, is None.

    >>> parse_moment("2025-03-05T10:00:00+02:00"), parse_moment("2025-07-05 10:00", "Europe/Paris")
    ('2025-03-05T08:00:00Z', '2025-07-05T08:00:00Z')
    """
    return _shown(read_moment(text, zone))


@tool(group="dates")
def local_time(moment: str, zone: str) -> str | None:
    """What clocks of a time zone show at a moment, as "YYYY-MM-DDTHH:MM:SS"; None when one of them is unreadable.

    `parse_time`, `parse_date`, `weekday` and `within_hours` take the result. Knows some 90 zones by the names of the
    IANA data base, each from the year on in which its present rules hold (America from 2007 on, for example); None for
    earlier moments. A moment without an offset is taken as UTC.

    >>> local_time("2025-07-04T22:30:00Z", "Europe/Berlin"), local_time("2025-01-04T12:00:00Z", "America/New_York")
    ('2025-07-05T00:30:00', '2025-01-04T07:00:00')
    """
    read = read_moment(moment)
    wall = None if read is None else to_wall(read, zone)
    return None if wall is None else wall.isoformat()


@tool(group="dates")
def within_hours(time: str, start: str, end: str) -> bool | None:
    """Whether a time of day is in a window, which may run over midnight; None when one of the three is unreadable.

    The start belongs to the window, the end does not. `time` may be a moment; its time on the wall counts.

    >>> within_hours("23:10", "21:00", "06:30"), within_hours("06:30", "21:00", "06:30")
    (True, False)
    """
    clocks = [read_clock(given) for given in (time, start, end)]
    at, begins, ends = (None if clock is None else clock[0] for clock in clocks)
    if at is None or begins is None or ends is None or begins == ends:
        return None
    return begins <= at < ends if begins < ends else at >= begins or at < ends


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
def add_seconds(moment: str, seconds: int | float) -> str | None:
    """The moment so many seconds after another (before it, when negative), in UTC; None when one is unreadable.

    >>> add_seconds("2025-03-05T23:59:30Z", 60), add_seconds("2025-03-05T10:00:00+02:00", parse_duration("1 hour"))
    ('2025-03-06T00:00:30Z', '2025-03-05T09:00:00Z')
    """
    start, number = read_moment(moment), plain_number(read_decimal(seconds))
    if start is None or not isinstance(number, int) or abs(number) > _MOST_DAYS * 86_400:
        return None
    try:
        return _shown(start + timedelta(seconds=number))
    except OverflowError:
        return None


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
def add_months(day: str, months: int) -> str | None:
    """The same day so many months later or earlier, or the last one of a shorter month; None when unreadable.

    Twelve months are a year: the anniversary of 29 February is 28 February in other years.

    >>> add_months("2025-01-31", 1), add_months("2024-02-29", 12)
    ('2025-02-28', '2025-02-28')
    """
    start = read_date(day)
    if start is None or type(months) is not int or abs(months) > 12 * 10_000:
        return None
    end = months_later(start, months)
    return None if end is None else end.isoformat()


@tool(group="dates")
def months_between(first: str, second: str) -> int | None:
    """The full months from the first date to the second, negative when that is earlier; None when one is unreadable.

    >>> months_between("2025-01-31", "2025-02-28"), months_between("2025-01-15", "2025-03-14")
    (1, 1)
    """
    start, end = read_date(first), read_date(second)
    if start is None or end is None:
        return None
    if end < start:
        start, end, sign = end, start, -1
    else:
        sign = 1
    months = (end.year - start.year) * 12 + end.month - start.month
    reached = months_later(start, months)
    return sign * (months if reached is not None and reached <= end else months - 1)


@tool(group="dates")
def working_days_between(first: str, second: str, holidays: list[str] | None = None) -> int | None:
    """The days from Monday to Friday after the first date up to the second, without `holidays`; None when unreadable.

    Negative when the second is earlier.

    >>> working_days_between("2025-03-07", "2025-03-11")
    2
    >>> working_days_between("2025-03-07", "2025-03-11", ["2025-03-10"])
    1
    """
    start, end = read_date(first), read_date(second)
    listed = as_list([] if holidays is None else holidays)
    free = None if listed is None else [read_date(holiday) for holiday in listed]
    if start is None or end is None or free is None:
        return None
    if end < start:
        start, end, sign = end, start, -1
    else:
        sign = 1
    weeks, rest = divmod((end - start).days, 7)
    count = weeks * 5 + sum((start.weekday() + step) % 7 < 5 for step in range(1, rest + 1))
    for day in set(free):
        if day is None:
            return None
        count -= start < day <= end and day.weekday() < 5
    return sign * count


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


def _shown(moment: datetime | None) -> str | None:
    return None if moment is None else moment.replace(tzinfo=None).isoformat() + "Z"
