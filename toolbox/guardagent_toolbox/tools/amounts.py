"""Numbers, money, sizes and durations that compare exactly."""

from __future__ import annotations

import re
from decimal import Decimal

from guardagent_toolbox.reading.plain import as_list, as_text, short_text
from guardagent_toolbox.reading.quantities import EXACT, plain_number, read_decimal, read_money
from guardagent_toolbox.spec import tool

_MAX_LENGTH = 60
_SIZE = re.compile(r"\s*([\d.,' ]*\d)\s*([a-z]*)\s*\Z", re.IGNORECASE | re.ASCII)
_SIZE_UNITS = {"": 1, "b": 1, "byte": 1, "bytes": 1} | {
    name: base**power
    for power, letter, word in ((1, "k", "kilo"), (2, "m", "mega"), (3, "g", "giga"), (4, "t", "tera"))
    for name, base in (
        (letter, 1000), (f"{letter}b", 1000), (f"{word}byte", 1000), (f"{word}bytes", 1000),
        (f"{letter}i", 1024), (f"{letter}ib", 1024), (f"{word[:2]}bibyte", 1024), (f"{word[:2]}bibytes", 1024),
    )
}  # fmt: skip
_DURATION_UNITS = {
    "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1,
    "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60,
    "h": 3600, "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600,
    "d": 86_400, "day": 86_400, "days": 86_400, "w": 604_800, "week": 604_800, "weeks": 604_800,
}  # fmt: skip
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)(?:\s*,\s*|\s+and\s+|\s*)", re.ASCII)
_ISO_DURATION = re.compile(
    r"p(?:(\d+)w)?(?:(\d+)d)?(?:t(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?)?\Z", re.IGNORECASE | re.ASCII
)
_ISO_SECONDS = (604_800, 86_400, 3600, 60, 1)


@tool(group="numbers")
def parse_number(text: str | int | float) -> int | float | None:
    """The number that a text holds, or the number itself; None for anything that is not one number.

    Reads thousands marks, a decimal comma, a minus sign and (brackets) for negative ones. Compare the result with
    constants as usual: up to 15 digits are exact, and longer numbers are None. true and false are not numbers.

    >>> parse_number("1,234.50")
    1234.5
    >>> parse_number("-7"), parse_number("seven"), parse_number(True)
    (-7, None, None)
    """
    return plain_number(read_decimal(text))


@tool(group="numbers")
def parse_money(text: str | int | float) -> dict[str, object] | None:
    """Amount and currency of a sum of money: {"amount", "currency"}; None when it is not one, or can be read two ways.

    The amount is in whole units (dollars, not cents) and compares exactly: `money["amount"] > 500`. The currency is its
    ISO code ("$" is USD), or None when none is named. "1.000" is None, for it is one to some readers and a thousand to
    others. Sum several amounts with `total`.

    >>> parse_money("$1,000.00")
    {'amount': 1000, 'currency': 'USD'}
    >>> parse_money("1.234,50 EUR")
    {'amount': 1234.5, 'currency': 'EUR'}
    >>> parse_money("2.5k")
    {'amount': 2500, 'currency': None}
    """
    money = read_money(text)
    amount = None if money is None else plain_number(money[0])
    return None if money is None or amount is None else {"amount": amount, "currency": money[1]}


@tool(group="numbers")
def compare_numbers(first: str | int | float, second: str | int | float) -> int | None:
    """-1, 0 or 1 as the first number is less than, equal to or greater than the second; None when one is unreadable.

    >>> compare_numbers("0.30", 0.3), compare_numbers("9", "10")
    (0, -1)
    """
    left, right = read_decimal(first), read_decimal(second)
    return None if left is None or right is None else (left > right) - (left < right)


@tool(group="numbers")
def total(numbers: list[str | int | float]) -> int | float | None:
    """The exact sum of numbers or number texts; None when one cannot be read. (0.1 + 0.2 is not exactly 0.3.)

    >>> total([0.1, 0.2, "0.30"])
    0.6
    """
    items = as_list(numbers)
    if items is None:
        return None
    result = Decimal(0)
    for item in items:
        number = read_decimal(item)
        if number is None:
            return None
        result = EXACT.add(result, number)
    return plain_number(result)


@tool(group="numbers")
def times(first: str | int | float, second: str | int | float) -> int | float | None:
    """The exact product of two numbers, e.g. for shares of an amount; None when one cannot be read.

    >>> times("0.1", 3)
    0.3
    """
    left, right = read_decimal(first), read_decimal(second)
    return None if left is None or right is None else plain_number(EXACT.multiply(left, right))


@tool(group="numbers")
def parse_size(text: str | int | float) -> int | None:
    """The number of bytes of a size such as "2 kB" (1000 each) or "2 KiB" (1024 each); None when it is not a size.

    >>> parse_size("1.5 MB"), parse_size("1 KiB"), parse_size(300)
    (1500000, 1024, 300)
    """
    given = as_text(text)
    if given is None:
        size = plain_number(read_decimal(text))
        return size if isinstance(size, int) and size >= 0 else None
    match = _SIZE.match(given) if len(given) <= _MAX_LENGTH else None
    factor = _SIZE_UNITS.get(match[2].lower()) if match else None
    number = read_decimal(match[1]) if match else None
    if number is None or factor is None:
        return None
    size = plain_number(EXACT.multiply(number, Decimal(factor)))
    return size if isinstance(size, int) else None


@tool(group="numbers")
def parse_duration(text: str) -> int | float | None:
    """The seconds of a duration such as "1h 30m", "90 minutes", "2 days" or "PT15M"; None when it is not one.

    >>> parse_duration("1h 30m"), parse_duration("PT15M"), parse_duration("soon")
    (5400, 900, None)
    """
    given = (short_text(text, _MAX_LENGTH) or "").lower()
    iso = _ISO_DURATION.match(given)
    if iso and any(iso.groups()):
        parts = zip(iso.groups(), _ISO_SECONDS, strict=True)
        return plain_number(sum((Decimal(part) * unit for part, unit in parts if part), Decimal(0)))
    seconds, position = Decimal(0), 0
    while match := _DURATION_PART.match(given, position):
        unit = _DURATION_UNITS.get(match[2])
        if unit is None:
            return None
        seconds += Decimal(match[1]) * unit
        position = match.end()
    return plain_number(seconds) if position and position == len(given) else None
