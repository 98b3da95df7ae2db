"""Numbers, money, sizes and durations: read exactly or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent_toolbox.tools.amounts import (
    compare_numbers,
    parse_duration,
    parse_money,
    parse_number,
    parse_size,
    times,
    total,
)

DECIMALS = st.decimals(min_value=-(10**9), max_value=10**9, places=4)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7), (" -7 ", -7), ("−7", -7), ("+3.0", 3), ("3.25", 3.25), (".5", 0.5), ("5.", 5), ("1e3", 1000),
        ("1,234", 1234), ("1,234,567.5", 1234567.5), ("1.234.567", 1234567), ("1.234,5", 1234.5), ("12,5", 12.5),
        ("1 234,5", 1234.5), ("1'000", 1000), ("1_000", 1000), ("12,34,567", 1234567), ("(5)", -5),
        ("0", 0), ("-0.0", 0), (7, 7), (2.5, 2.5), (2.0, 2), ("123456789012345", 123456789012345),
    ],
)  # fmt: skip
def test_numbers(text: Any, number: float) -> None:
    assert parse_number(text) == number
    assert type(parse_number(text)) is type(number)


@pytest.mark.parametrize(
    "text",
    ["", " ", "seven", "7 or 8", "1,2,3", "1,23,4", "--7", "(−7)", "(+7)", "0x10", "NaN", "inf", "1e400", "１２", "7%",
     "1234567890123456", "0.1234567890123456789", "1.2.3", "1,000.000,5", "9" * 400, True, None, [], {}, float("nan"),
     float("inf"), 10**400, "1e-99"],
)  # fmt: skip
def test_what_is_not_one_exact_number(text: Any) -> None:
    assert parse_number(text) is None


@given(DECIMALS, DECIMALS)
def test_numbers_compare_as_their_texts_do(one: Decimal, other: Decimal) -> None:
    first, second = parse_number(str(one)), parse_number(str(other))
    assert first is not None
    assert second is not None
    assert (first < second, first == second) == (one < other, one == other)
    assert compare_numbers(str(one), str(other)) == (one > other) - (one < other)


@given(st.lists(DECIMALS, max_size=8))
def test_sums_are_exact(numbers: list[Decimal]) -> None:
    assert total([str(n) for n in numbers]) == parse_number(str(sum(numbers, Decimal(0))))


def test_arithmetic_that_floats_get_wrong() -> None:
    assert 0.1 + 0.2 != 0.3
    assert total([0.1, 0.2]) == 0.3
    assert 0.1 * 3 != 0.3
    assert times(0.1, 3) == 0.3
    assert times("19.99", "100") == 1999
    assert total([]) == 0
    assert total(["1", "x"]) is None
    assert total("12") is None  # type: ignore[arg-type]
    assert times("1", None) is None  # type: ignore[arg-type]
    assert compare_numbers("1", "one") is None


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("$1,000.00", 1000, "USD"), ("500", 500, None), (12.5, 12.5, None), ("1.234,50 EUR", 1234.5, "EUR"),
        ("€ 3", 3, "EUR"), ("1 000 €", 1000, "EUR"), ("usd 7.10", 7.1, "USD"), ("US$5", 5, "USD"), ("C$5", 5, "CAD"),
        ("£5k", 5000, "GBP"), ("5k€", 5000, "EUR"), ("$2.5 million", 2500000, "USD"), ("3 bn yen", 3000000000, "JPY"),
        ("-$5", -5, "USD"), ("$-5", -5, "USD"), ("($5.00)", -5, "USD"), ("20 US dollars", 20, "USD"),
        ("$5.", 5, "USD"),
        ("₹1,00,000", 100000, "INR"), ("$0", 0, "USD"), ("$1,000.001", 1000.001, "USD"), ("$1,00", 1, "USD"),
        ("$ 5 USD", 5, "USD"),
    ],
)  # fmt: skip
def test_money(text: Any, amount: float, currency: str | None) -> None:
    assert parse_money(text) == {"amount": amount, "currency": currency}


@pytest.mark.parametrize(
    "text",
    ["", "free", "$", "$5 or $6", "5-10 $", "5 EUR USD", "€1.000", "12.345", "about $5", "12 apples", "5kk", "--5",
     "-(5)",
     "$5,", "one dollar", "9" * 30, True, None, ["$5"], {"amount": 5}, "$5\n$6"],
)  # fmt: skip
def test_what_is_not_one_amount(text: Any) -> None:
    assert parse_money(text) is None


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("2 kB", 2000), ("2KB", 2000), ("1 KiB", 1024), ("1.5 MB", 1500000), ("1,5 MB", 1500000),
        ("3 gibibytes", 3 << 30),
        ("10", 10), ("7 bytes", 7), (5, 5), (5.0, 5), ("0 B", 0), ("1 TB", 10**12),
        ("1.5", None), ("5 bits", None), ("-3 kB", None), (-3, None), (2.5, None), ("kB", None), (True, None),
        (None, None),
        (10**400, None), ("9" * 80, None),
    ],
)  # fmt: skip
def test_sizes(text: Any, size: int | None) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90 s", 90), ("1h 30m", 5400), ("1h30m", 5400), ("2 days, 3 hours and 5 minutes", 183900),
        ("1.5 hours", 5400),
        ("2 weeks", 1209600), ("PT15M", 900), ("P1DT2H", 93600), ("PT0.5S", 0.5), ("0 minutes", 0),
        ("90", None), ("P", None), ("PT", None), ("5 fortnights", None), ("1h 30", None), ("h", None), (90, None),
        (None, None),
        ("9" * 59 + "s", None),
    ],
)  # fmt: skip
def test_durations(text: Any, seconds: float | None) -> None:
    assert parse_duration(text) == seconds
