"""Texts and numbers that a JSON Schema allows, with a liking for limits and for values seen elsewhere."""

from __future__ import annotations

import math
from random import Random

from guardagent.translation.sampling.merge import Schema, Unsatisfiable
from guardagent.translation.sampling.patterns import matches, text_matching
from guardagent.translation.sampling.pool import Pool

# What breaks careless programs: nothing, only space, controls, other scripts, look-alike digits, things that parse.
ODD_TEXTS = (
    "", " ", "\n", "\t x \t", "\x00", "0", "-1", "1e309", "null", "NaN", "$1,000.00", "ÅÄÖ ß", "ＡＢＣ", "\u202eabc",
    "🙂🙂", "١٢٣", "a" * 2_000, "../../x", "https://", "SELECT * FROM", "def f(:", "{'a': 1}", "[]", "a; b -- c",
)  # fmt: skip

FORMATS = {
    "date": ("2024-02-29", "1999-12-31", "2026-01-01", "2026-07-15"),
    "time": ("00:00:00Z", "23:59:59Z", "12:30:00+02:00"),
    "date-time": ("2024-02-29T00:00:00Z", "1999-12-31T23:59:59Z", "2026-07-15T09:30:00+02:00"),
    "duration": ("P1D", "PT15M", "P1Y2M"),
    "email": ("a@example.com", "first.last@sub.example.org", "x+y@example.net"),
    "idn-email": ("a@example.com", "ü@example.com"),
    "hostname": ("example.com", "a.b.example.org", "localhost"),
    "idn-hostname": ("example.com", "bücher.example"),
    "ipv4": ("127.0.0.1", "192.0.2.7", "10.0.0.1"),
    "ipv6": ("::1", "2001:db8::7"),
    "uri": ("https://example.com/a?b=c#d", "http://localhost:8080/", "mailto:a@example.com", "ftp://example.org/x"),
    "uri-reference": ("/a/b", "https://example.com", "../c"),
    "iri": ("https://example.com/ü",),
    "iri-reference": ("/ü",),
    "uuid": ("00000000-0000-4000-8000-000000000000", "123e4567-e89b-12d3-a456-426614174000"),
    "json-pointer": ("", "/a/b"),
    "relative-json-pointer": ("0", "1/a"),
    "uri-template": ("https://example.com/{id}",),
    "regex": ("^a+$", "[0-9]*"),
}

_SPAN = 1_000


def text(schema: Schema, seen: list[str], pool: Pool, rng: Random) -> str:
    """A text of the length, pattern and format that `schema` asks for."""
    if "pattern" in schema:
        made = _with_pattern(schema["pattern"], [*seen, *pool.texts], rng)
    elif schema.get("format") in FORMATS:
        made = rng.choice([*FORMATS[schema["format"]], *seen])
    else:
        made = _free_text(seen, pool, rng)
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength")
    if len(made) < shortest:
        made += "x" * (shortest - len(made))
    return made if longest is None else made[: int(longest)]


def _with_pattern(pattern: str, known: list[str], rng: Random) -> str:
    fitting = [value for value in known if matches(pattern, value)]
    if fitting and rng.random() < 0.3:
        return rng.choice(fitting)
    made = text_matching(pattern, rng)
    if made is not None:
        return made
    if not fitting:
        raise Unsatisfiable
    return rng.choice(fitting)


def _free_text(seen: list[str], pool: Pool, rng: Random) -> str:
    lot = rng.random()
    if seen and lot < 0.35:
        return rng.choice(seen)
    if pool.texts and lot < 0.65:
        return rng.choice(pool.texts)
    if pool.texts and lot < 0.85:
        return rng.choice((" ", ", ", "\n", "")).join(rng.choices(pool.texts, k=rng.randint(2, 4)))
    return rng.choice(ODD_TEXTS)


def number(schema: Schema, seen: list[int | float], pool: Pool, rng: Random, *, whole: bool) -> int | float:
    """A number within the bounds of `schema`, often just at one of them."""
    low, high = _bounds(schema, whole=whole)
    wanted = [n for n in (low, high) if n is not None] + [0, 1, -1, *seen, *pool.numbers, rng.randint(-_SPAN, _SPAN)]
    value = rng.choice(wanted)
    if low is not None and value < low:
        value = low + rng.choice((0, 1, abs(value) % _SPAN))
    if high is not None and value > high:
        value = high
    step = schema.get("multipleOf")
    if step:
        value = _multiple(value if low is None or high is None else rng.uniform(low, high), step, low)
    if whole:
        return _rounded(value, low, high)
    return float(value) if not step and rng.random() < 0.5 else value


def _rounded(value: int | float, low: int | float | None, high: int | float | None) -> int:
    """The nearest whole number that stays within bounds which need not be whole themselves."""
    rounded = round(value)
    if low is not None and rounded < low:
        rounded += 1
    if high is not None and rounded > high:
        rounded -= 1
    return rounded


def _bounds(schema: Schema, *, whole: bool) -> tuple[int | float | None, int | float | None]:
    """The lowest and highest value, with exclusive bounds moved inwards; None for an open end."""
    edge = 1 if whole else 0.5
    lows = [n for n in (schema.get("minimum"), _moved(schema.get("exclusiveMinimum"), edge)) if n is not None]
    highs = [n for n in (schema.get("maximum"), _moved(schema.get("exclusiveMaximum"), -edge)) if n is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    if low is not None and high is not None and low > high:
        return _between(schema)
    return low, high


def _moved(bound: int | float | None, by: float) -> int | float | None:
    return None if bound is None else bound + by


def _between(schema: Schema) -> tuple[float, float]:
    """The middle of exclusive bounds that lie close together."""
    low = max(schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf))
    high = min(schema.get("maximum", math.inf), schema.get("exclusiveMaximum", math.inf))
    if low > high:
        raise Unsatisfiable
    middle = (low + high) / 2
    return middle, middle


def _multiple(value: int | float, step: int | float, low: int | float | None) -> int | float:
    count = math.floor(value / step)
    made = count * step
    return made + step if low is not None and made < low else made
