"""Numbers, money, dates, addresses and telephone numbers in running text."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from guardagent_toolbox.tools import finding
from guardagent_toolbox.tools.urls import parse_phone

CASES: list[tuple[str, str, str, list[object]]] = [
    ("find_numbers", "number", "a -5, 1,200.50 and 3/4, 12-14, 10kg", [-5, 1200.5, 3, 4, 12, 14, 10]),
    ("find_numbers", "number", "v5.6.7, AB12, x1", []),
    ("find_numbers", "percent", "50%, 5 percent, 5 per cent, 5 points", [True, True, True, False]),
    ("find_numbers", "text", "up 50 % now", ["50 %"]),
    ("find_money", "amount", "£25, €5k, 20 USD, 5 bucks, USD12, $5.00. CHF 3'500.-", [25, 5000, 20, 5, 12, 5, 3500]),
    ("find_money", "currency", "£1 2 euros US$3 4 kr 5", ["GBP", "EUR", "USD"]),
    ("find_money", "amount", "EUR 1.000 or 1.000 €", [None, None]),
    ("find_money", "amount", "room 5, 10 apples, 3 million people, 12 poundstrong", []),
    ("find_money", "text", "just $1.5 million.", ["$1.5 million"]),
    ("find_dates", "date", "12/25/2024, 1 Jan 2025, Jan 2nd, 2025, 2025-01-03T10:00Z", ["2024-12-25", "2025-01-01",
     "2025-01-02", "2025-01-03"]),
    ("find_dates", "date", "2025-02-30 and 3/4/2025 and 4 of May 2025", [None, None, "2025-05-04"]),
    ("find_dates", "date", "version 1.2.3, 12/25, in 2024", []),
    ("find_addresses", "address", "a.b+c@X.co.uk; bad@; x@y; <q@w.example>", ["a.b+c@x.co.uk", "q@w.example"]),
    ("find_addresses", "domain", "kim@bücher.example.", ["xn--bcher-kva.example"]),
    ("find_phones", "number", "+49 (0)30 123456, (030) 1234-567, 555-123-4567, 0171 1234567", ["+4930123456",
     "0301234567", "5551234567", "01711234567"]),
    ("find_phones", "number", "0044 20 7946 0958", ["+442079460958"]),
    ("find_phones", "number", "1234 5678 9012 3456, 2025-03-05, 192.168.10.12, 12 345, 05.03.2025", []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "key", "text", "wanted"), CASES)
def test_what_is_found(name: str, key: str, text: str, wanted: list[object]) -> None:
    find: Callable[[str], list[dict[str, Any]]] = getattr(finding, name)
    found = find(text)
    assert [one[key] for one in found] == wanted
    assert all(text[one["start"] : one["end"]] == one["text"] for one in found)


@pytest.mark.parametrize("name", sorted({name for name, *_ in CASES}))
def test_what_is_no_text_holds_nothing(name: str) -> None:
    assert getattr(finding, name)(None) == []
    assert getattr(finding, name)("") == []


def test_too_many_to_look_at_is_none() -> None:
    assert finding.find_numbers("1 " * 2_000) is None
    assert finding.find_money("$1 " * 2_000) is None
    assert finding.find_dates("2025-01-01 " * 2_000) is None


PARTS = ["1 ", "1,111", "a@", "a.b@c.d ", "+1 ", "1", "$1 ", "1 jan ", "(1", "0 1", "a.", "1.1.1", "USD "]


@pytest.mark.parametrize("part", PARTS)
def test_hostile_texts_are_searched_quickly(part: str) -> None:
    text = part * (60_000 // len(part))
    start = time.process_time()
    for name in {name for name, *_ in CASES}:
        getattr(finding, name)(text)
    assert time.process_time() - start < 0.6


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+1 (555) 010-9999", None, "+15550109999"),
        ("0044 20 7946 0958", None, "+442079460958"),
        ("030 123456", "49", "+4930123456"),
        ("06 1234 5678", "+39", "+390612345678"),
        ("030 123456", None, "030123456"),
        ("tel. 030/123456", None, "030123456"),
        ("+999 12345678", None, "+99912345678"),
        ("+280 123456", None, None),
        ("1234", None, None),
        ("1 800 FLOWERS", None, None),
        ("+1 555 010 9999, +1 555 010 9998", None, None),
        ("((030)) 123456", None, None),
        (None, None, None),
    ],
)
def test_telephone_numbers_have_one_spelling(text: Any, country: str | None, number: str | None) -> None:
    found = parse_phone(text, country)
    assert (found and found["number"]) == number
