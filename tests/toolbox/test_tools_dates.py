"""Dates and times: one reading or none, and texts that compare."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent_toolbox.reading.zones import ZONES, from_wall, to_wall
from guardagent_toolbox.tools.dates import (
    add_days,
    add_months,
    add_seconds,
    age_on,
    days_between,
    local_time,
    months_between,
    parse_date,
    parse_moment,
    parse_time,
    seconds_between,
    weekday,
    within_hours,
    working_days_between,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2024-02-29", "2024-02-29"), (" 2024-3-5 ", "2024-03-05"), ("2024/03/05", "2024-03-05"),
        ("20240305", "2024-03-05"),
        ("March 5, 2025", "2025-03-05"), ("Mar. 5th 2025", "2025-03-05"), ("5 March 2025", "2025-03-05"),
        ("5th of March, 2025", "2025-03-05"), ("5-Mar-2025", "2025-03-05"), ("Wed, 5 March 2025", "2025-03-05"),
        ("2025-03-05T23:59:00Z", "2025-03-05"), ("2025-03-05 10:00", "2025-03-05"),
        ("March 5, 2025 at 5 pm", "2025-03-05"),
        ("13/04/2024", "2024-04-13"), ("04/13/2024", "2024-04-13"), ("4/4/2024", "2024-04-04"),
        ("3/4/2024", None), ("01.02.2024", None), ("2023-02-29", None), ("32 March 2025", None), ("5 Marz 2025", None),
        ("March 2025", None), ("tomorrow", None), ("0000-01-01", None), ("24-03-05", None), ("", None), (None, None),
        (20240305, None), ("2024-03-05" * 9, None), ("２０２４-03-05", None), ("2025-03-05T99:00", "2025-03-05"),
    ],
)  # fmt: skip
def test_dates(text: Any, found: str | None) -> None:
    assert parse_date(text) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [("dmy", "2025-04-03"), ("mdy", "2025-03-04"), ("ymd", None), ("other", None), (None, None)],
)
def test_the_order_decides_what_numbers_leave_open(order: Any, found: str | None) -> None:
    assert parse_date("3/4/2025", order) == found
    assert parse_date("2025-04-03", order) == "2025-04-03"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("09:05", "09:05:00"), ("9:05:07", "09:05:07"), ("5 pm", "17:00:00"), ("12 am", "00:00:00"),
        ("12:30 p.m.", "12:30:00"),
        ("2025-03-05T10:00:00+02:00", "10:00:00"), ("10:00 UTC", "10:00:00"), ("10:00:00.5Z", "10:00:00"),
        ("24:00", None), ("13 pm", None), ("0 am", None), ("9:60", None), ("17", None), ("noon", None), (None, None),
        ("10:00+25:00", None),
    ],
)  # fmt: skip
def test_times(text: Any, found: str | None) -> None:
    assert parse_time(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2025-03-05T10:00:00Z", "2025-03-05T10:00:00Z"), ("2025-03-05T10:00:00+02:00", "2025-03-05T08:00:00Z"),
        ("2025-03-05T23:30-02:00", "2025-03-06T01:30:00Z"), ("2025-03-05 10:00", "2025-03-05T10:00:00Z"),
        ("2025-03-05T10:00:00.999Z", "2025-03-05T10:00:00Z"), ("5 March 2025, 5 pm", "2025-03-05T17:00:00Z"),
        ("2025-03-05", None), ("10:00", None), ("2025-03-05T99:00", None), ("0001-01-01T00:00+05:00", None),
        ("9999-12-31T23:59-05:00", None), (None, None),
    ],
)  # fmt: skip
def test_moments(text: Any, found: str | None) -> None:
    assert parse_moment(text) == found


DATES = st.dates()


@given(DATES, DATES)
def test_days_between_is_the_calendar_difference_and_texts_compare(one: date, other: date) -> None:
    assert days_between(one.isoformat(), other.isoformat()) == (other - one).days
    assert (one.isoformat() < other.isoformat()) == (one < other)


@given(DATES, st.integers(-400_000, 400_000))
def test_adding_days_goes_there_and_back(day: date, days: int) -> None:
    there = add_days(day.isoformat(), days)
    if there is not None:
        assert add_days(there, -days) == day.isoformat()
        assert date.fromisoformat(there) == day + timedelta(days=days)


@given(DATES, DATES)
def test_an_age_counts_birthdays(born: date, on: date) -> None:
    age = age_on(born.isoformat(), on.isoformat())
    if on < born:
        assert age is None
    else:
        assert age is not None
        day = (on.year, on.month, on.day)
        assert (born.year + age, born.month, born.day) <= day < (born.year + age + 1, born.month, born.day)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (weekday("2024-02-29"), "thursday"),
        (weekday("29 February 2023"), None),
        (age_on("2004-02-29", "2022-02-28"), 17),
        (age_on("2004-02-29", "2022-03-01"), 18),
        (age_on("x", "2022-03-01"), None),
        (add_days("9999-12-31", 1), None),
        (add_days("2024-01-01", 1.5), None),  # type: ignore[arg-type]
        (add_days("2024-01-01", True), None),
        (add_days("2024-01-01", 10**30), None),
        (days_between("2024-01-01", "soon"), None),
        (seconds_between("2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00"), 0),
        (seconds_between("2024-01-01T00:10:00Z", "2024-01-01T00:00:00Z"), -600),
        (seconds_between("2024-01-01", "2024-01-01T00:00:00Z"), None),
    ],
)
def test_single_answers(answer: object, found: object) -> None:
    assert answer == found


@pytest.mark.parametrize("zone", sorted(ZONES))
def test_clocks_of_a_zone_agree_with_the_zone_files(zone: str) -> None:
    names = {name.lower(): name for name in available_timezones()}
    if zone not in names:
        pytest.skip("a name that the zone files lack")
    official, first = ZoneInfo(names[zone]), ZONES[zone][1]
    moment = datetime(max(first, 1990), 1, 2, tzinfo=UTC)
    while moment.year < 2037:
        assert to_wall(moment, zone) == moment.astimezone(official).replace(tzinfo=None)
        moment += timedelta(hours=331)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Pacific/Auckland"])
@given(hours=st.integers(0, 24 * 365 * 8))
def test_wall_clocks_lead_back_to_their_moment(zone: str, hours: int) -> None:
    moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    wall = to_wall(moment, zone)
    assert wall is not None
    assert from_wall(wall, zone) in (moment, None)


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2025-07-05 10:00", "Europe/Paris", "2025-07-05T08:00:00Z"),
        ("2025-01-05 10:00", "europe/paris", "2025-01-05T09:00:00Z"),
        ("2025-07-05T10:00:00Z", "Europe/Paris", "2025-07-05T10:00:00Z"),
        ("2025-03-30 02:30", "Europe/Paris", None),  # skipped
        ("2025-10-26 02:30", "Europe/Paris", None),  # shown twice
        ("2025-10-26 03:00", "Europe/Paris", "2025-10-26T02:00:00Z"),
        ("2025-07-05 10:00", "Mars/Base", None),
        ("1990-07-05 10:00", "Europe/Paris", None),
        ("2025-07-05 10:00", 5, None),
    ],
)
def test_times_without_an_offset_are_of_the_zone(text: str, zone: Any, moment: str | None) -> None:
    assert parse_moment(text, zone) == moment


def test_local_time_needs_a_known_zone_and_year() -> None:
    assert local_time("2025-07-04T22:30:00Z", "Europe/Berlin") == "2025-07-05T00:30:00"
    assert local_time("1980-07-04T22:30:00Z", "Europe/Berlin") is None
    assert local_time("2025-07-04T22:30:00Z", "Berlin") is None
    assert local_time("soon", "UTC") is None


@pytest.mark.parametrize(
    ("time", "start", "end", "inside"),
    [
        ("08:00", "08:00", "17:00", True),
        ("17:00", "08:00", "17:00", False),
        ("23:10", "21:00", "06:30", True),
        ("00:00", "21:00", "06:30", True),
        ("06:29:59", "21:00", "06:30", True),
        ("12:00", "21:00", "06:30", False),
        ("2025-03-05T23:10:00", "9 pm", "6:30 am", True),
        ("25:00", "21:00", "06:30", None),
        ("08:00", "08:00", "08:00", None),
        (None, "21:00", "06:30", None),
    ],
)
def test_windows_may_run_over_midnight(time: Any, start: str, end: str, inside: bool | None) -> None:
    assert within_hours(time, start, end) is inside


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-03-31", -1, "2025-02-28"),
        ("2025-01-15", -13, "2023-12-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("9999-12-01", 1, None),
        ("0001-01-01", -1, None),
        ("2025-01-31", True, None),
    ],
)
def test_months_end_with_their_last_day(day: str, months: int, wanted: str | None) -> None:
    assert add_months(day, months) == wanted


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 600))
def test_months_between_counts_what_add_months_adds(day: date, months: int) -> None:
    later = add_months(day.isoformat(), months)
    assert later is not None
    assert months_between(day.isoformat(), later) == months
    assert months_between(later, day.isoformat()) == -months


@given(st.dates(date(2020, 1, 1), date(2021, 1, 1)), st.integers(0, 60), st.sets(st.integers(0, 60), max_size=4))
def test_working_days_are_counted_one_by_one(day: date, length: int, free: set[int]) -> None:
    end = day + timedelta(days=length)
    holidays = {day + timedelta(days=number) for number in free}
    wanted = sum(1 for n in range(1, length + 1) if (d := day + timedelta(days=n)).weekday() < 5 and d not in holidays)
    listed = [holiday.isoformat() for holiday in holidays]
    assert working_days_between(day.isoformat(), end.isoformat(), listed) == wanted


def test_working_days_with_an_unreadable_holiday_are_none() -> None:
    assert working_days_between("2025-03-03", "2025-03-07", ["Easter"]) is None


@pytest.mark.parametrize(
    ("moment", "seconds", "wanted"),
    [
        ("2025-03-05T23:59:30Z", 60, "2025-03-06T00:00:30Z"),
        ("2025-03-05T00:00:00+02:00", -60, "2025-03-04T21:59:00Z"),
        ("9999-12-31T23:59:59Z", 1, None),
        ("2025-03-05", 60, None),
        ("2025-03-05T23:59:30Z", 0.5, None),
    ],
)
def test_seconds_are_added_to_moments(moment: str, seconds: float, wanted: str | None) -> None:
    assert add_seconds(moment, seconds) == wanted
