"""Exact reading of numbers, amounts of money, sizes and durations.

A number is an int when it is whole and otherwise the float nearest to its decimal text. Only up to 15 significant
digits are read: two such decimals are equal, less or greater exactly as their floats are, so a program may compare
them with its own constants by `<`, `<=`, `==`. Sums and products of floats are another matter; see `total`, `times`.
"""

from __future__ import annotations

import math
import re
from decimal import Context, Decimal

MAX_DIGITS = 15
# Wide enough for every sum and product of numbers that are read, so that nothing is rounded on the way.
EXACT = Context(prec=80)
_MAX_LENGTH = 60
_MINUS = str.maketrans({"\u2212": "-", "\u2012": "-", "\u2013": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " "})

_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?\Z", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?P<mark>[,. '_])\d{3}(?:(?P=mark)\d{3})*(?:(?P<point>[.,])\d+)?\Z", re.ASCII)
_INDIAN = re.compile(r"[+-]?\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?\Z", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+\Z", re.ASCII)

_SCALES = {
    "k": 3, "thousand": 3, "m": 6, "mn": 6, "mio": 6, "million": 6, "millions": 6, "b": 9, "bn": 9, "billion": 9,
    "billions": 9,
}  # fmt: skip
_CURRENCIES = {
    "$": "USD", "us$": "USD", "us": "USD", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD",
    "hk$": "HKD", "s$": "SGD", "r$": "BRL", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB",
    "₺": "TRY", "₪": "ILS", "฿": "THB", "zł": "PLN", "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD",
    "euro": "EUR", "euros": "EUR", "pound": "GBP", "pounds": "GBP", "yen": "JPY", "rupee": "INR", "rupees": "INR",
    "franc": "CHF", "francs": "CHF", "yuan": "CNY", "rmb": "CNY",
}  # fmt: skip
CODES = frozenset(
    "usd eur gbp jpy cny inr chf cad aud nzd sek nok dkk pln czk huf ron bgn try rub uah krw sgd hkd twd thb myr idr "
    "php vnd brl mxn ars clp cop pen zar ngn egp kes aed sar qar ils isk".split()
)
_MONEY = re.compile(
    r"(?P<minus>-)?\s*(?P<before>[^\d\s.,+-]*)\s*(?P<number>[+-]?[\d.,' _]*\d)\s*(?P<after>\D*)\Z", re.ASCII
)


def read_decimal(value: object) -> Decimal | None:
    """The exact decimal of a number or of its text; None for what is not one number, or has over 15 digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return _bounded(Decimal(value)) if -(10**20) < value < 10**20 else None
    if isinstance(value, float):
        # The shortest text that reads as this float is what its author wrote.
        return _bounded(Decimal(repr(value))) if math.isfinite(value) else None
    if not isinstance(value, str) or len(value) > _MAX_LENGTH:
        return None
    return _read_digits(value.translate(_MINUS).strip())


def _read_digits(text: str) -> Decimal | None:
    if text.startswith("(") and text.endswith(")"):
        inside = _read_digits(text[1:-1].strip())
        return -inside if inside is not None and inside > 0 and not text[1:-1].strip().startswith("+") else None
    if _PLAIN.match(text):
        return _bounded(Decimal(text))
    grouped = _GROUPED.match(text)
    if grouped and grouped["mark"] != grouped["point"]:
        digits = text.replace(grouped["mark"], "")
        return _bounded(Decimal(digits.replace(",", ".")))
    if _INDIAN.match(text):
        return _bounded(Decimal(text.replace(",", "")))
    return _bounded(Decimal(text.replace(",", "."))) if _COMMA.match(text) else None


def _bounded(number: Decimal) -> Decimal | None:
    if not number:
        return Decimal(0)
    significant = "".join(map(str, number.as_tuple().digits)).strip("0")
    return number if len(significant) <= MAX_DIGITS and -MAX_DIGITS <= number.adjusted() < 16 else None


def plain_number(number: Decimal | None) -> int | float | None:
    """The decimal as an int when it is whole, else as its nearest float; None where 15 digits cannot hold it."""
    if number is None:
        return None
    kept = _bounded(number)
    if kept is None:
        return None
    return int(kept) if kept == kept.to_integral_value() else float(kept)


def read_money(value: object) -> tuple[Decimal, str | None] | None:
    """Amount and ISO code of an amount of money; the code is None when no currency is named."""
    if not isinstance(value, str):
        amount = read_decimal(value)
        return None if amount is None else (amount, None)
    text = value.translate(_MINUS).strip().lower()
    if len(text) > _MAX_LENGTH:
        return None
    if text.startswith("(") and text.endswith(")"):
        inside = read_money(text[1:-1])
        return None if inside is None or inside[0] <= 0 else (-inside[0], inside[1])
    match = _MONEY.match(text)
    return None if match is None else _money_of(match)


def _money_of(match: re.Match[str]) -> tuple[Decimal, str | None] | None:
    digits = match["number"].strip()
    # "1.000" is one to some readers and a thousand to others.
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}\.\d{3}", digits):
        return None
    amount = _read_digits(digits)
    units = _units(f"{match['before']} {match['after']}".split())
    if amount is None or units is None or (match["minus"] and digits[0] in "+-"):
        return None
    scale, currency = units
    scaled = _bounded(amount.scaleb(scale)) if amount else amount
    if scaled is None:
        return None
    return (-scaled if match["minus"] else scaled), currency


def _units(names: list[str]) -> tuple[int, str | None] | None:
    """Power of ten and currency that the words round a number name; None when a word is neither."""
    scale = 0
    currency: str | None = None
    for name in names:
        for part in _split_scale(name):
            code = part.upper() if part in CODES else _CURRENCIES.get(part)
            if part in _SCALES and not scale:
                scale = _SCALES[part]
            elif code is not None and currency in (None, code):
                currency = code
            else:
                return None
    return scale, currency


def _split_scale(name: str) -> tuple[str, ...]:
    """Parts a scale that is written together with a currency sign, as in "5k€"."""
    name = name.rstrip(".")
    if len(name) > 1 and name[0] in "kmb" and name[1:] in _CURRENCIES and not name[1].isalpha():
        return name[0], name[1:]
    return (name,) if name else ()
