"""Dates and times: one reading or none, and texts that compare."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent_toolbox.tools.dates import (
    add_days,
    age_on,
    days_between,
    parse_date,
    parse_moment,
    parse_time,
    seconds_between,
    weekday,
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
