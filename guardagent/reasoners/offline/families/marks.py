"""Things that stand in a text: how many of them it may have, and what each must be like."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from guardagent.reasoners.offline.conditions import Compare, Condition
from guardagent.reasoners.offline.connectives import All, Any_, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.frames import must, must_not
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.kinds import KINDS, capital_words, exactly, literal, prefixed, whole_word
from guardagent.reasoners.offline.meanings import Change, Predicate
from guardagent.reasoners.offline.parts import part_of
from guardagent.reasoners.offline.places import PLACE, Count, Kind, Shaped, SomePlace, Without
from guardagent.reasoners.offline.rewrite import parts_of, rewritten_conditions
from guardagent.reasoners.offline.values import Const, Measure, Value

Kinds = tuple[Kind, ...]
_SIGNS = {"dollar": "$", "euro": "\u20ac", "pound": "\u00a3"}

_MONTH_NAMES = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_NAMED = "dates with the name of the month"


def kind(_context: Context, name: str) -> Kind:
    return KINDS[name]


def sign_kind(_context: Context, sign: str, before: str | None = None) -> Kind:
    """The sign of a currency; with `before` only where a digit comes directly after it."""
    mark = _SIGNS[sign]
    pattern = f"\\{mark}" if mark == "$" else mark
    return Kind(f"{sign} signs", pattern + r"\d" if before else pattern, (f"{mark}7",) if before else (mark,))


def day_month_year(_context: Context, day: int, year: int) -> bool | None:
    return True if 1 <= day <= 31 and 1000 <= year <= 9999 else None


def before_date(_context: Context, phrases: tuple[str, ...], named: bool | None = None) -> Predicate | None:
    """Words with a date right behind them; with `named` one of a day, the name of a month and a year."""
    if len(phrases) != 1:
        return None
    dates = rf"\d{{1,2}}\s{_MONTH_NAMES}\s\d{{4}}\b" if named else f"(?:{KINDS['dates'].pattern})"
    words = whole_word(phrases[0])
    wanted = Kind(_NAMED if named else "dates", rf"{words.pattern}\s+{dates}", (f"{phrases[0]} 7 March 2026",))
    return has(_context, (wanted,))


def month_named(_context: Context) -> Change:
    """Says the form of a date again."""
    return lambda condition: condition if any(getattr(p, "name", "") == _NAMED for p in parts_of(condition)) else None


def capitals(_context: Context, least: int | None = None) -> Kind:
    return capital_words(least or 2)


def capitals_over(_context: Context, most: int) -> Kind:
    return capital_words(most + 1)


def one(_context: Context, first: Kind, rest: Kinds = ()) -> Kinds:
    return (first, *(rest or ()))


def in_text(context: Context, value: Value | None) -> Value | None:
    """The text that a rule is about: the one that it names, or else what the agent says."""
    part = None if value else part_of(context.fields)
    found = value or context.fields.text() or (part.text if part else None)
    return None if isinstance(found, Field) and (found.values or (found.types and not found.is_text)) else found


def has(_context: Context, kinds: Kinds) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        return _some(value, kinds) if _is_text(value) else None

    return predicate


def has_one(_context: Context, wanted: Kind) -> Predicate:
    return has(_context, (wanted,))


def has_no(_context: Context, kinds: Kinds) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        return Not(_some(value, kinds)) if _is_text(value) else None

    return predicate


def counted(_context: Context, op: str, count: int, wanted: Kind) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        return Compare(Count(value, wanted), op, Const(count)) if _is_text(value) else None

    return predicate


def counted_between(_context: Context, low: int, high: int, wanted: Kind) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        if not _is_text(value):
            return None
        number = Count(value, wanted)
        return All((Compare(number, ">=", Const(low)), Compare(number, "<=", Const(high))))

    return predicate


def none_in(context: Context, kinds: Kinds, value: Value | None = None) -> Condition | None:
    found = in_text(context, value)
    return _some(found, kinds) if found else None


def no_capitals(
    context: Context, wanted: Kind, value: Value | None = None, excepted: tuple[str, ...] | None = None
) -> Condition | None:
    """No words in capitals, apart from some."""
    found = in_text(context, value)
    if found is None:
        return None
    return _some(Without(found, exactly(excepted)) if excepted else found, (wanted,))


def shouted_rule(
    context: Context, least: int | None = None, excepted: tuple[str, ...] | None = None
) -> Condition | None:
    return no_capitals(context, capital_words(least or 2), None, excepted)


def at_most_in(context: Context, count: int, wanted: Kind, value: Value | None = None) -> Condition | None:
    found = in_text(context, value)
    return Compare(Count(found, wanted), ">", Const(count)) if found else None


def at_least_in(context: Context, count: int, wanted: Kind, value: Value | None = None) -> Condition | None:
    found = in_text(context, value)
    return Not(Compare(Count(found, wanted), ">=", Const(count))) if found else None


def each_must(context: Context, wanted: Kind, value: Value | None, predicate: Predicate) -> Condition | None:
    found, inner = in_text(context, value), must(context, PLACE, predicate)
    return SomePlace(found, wanted, inner) if found and inner else None


def each_must_not(context: Context, wanted: Kind, value: Value | None, predicate: Predicate) -> Condition | None:
    found, inner = in_text(context, value), must_not(context, PLACE, predicate)
    return SomePlace(found, wanted, inner) if found and inner else None


def has_such(_context: Context, wanted: Kind, predicate: Predicate) -> Predicate:
    def said(value: Value) -> Condition | None:
        inner = predicate(PLACE)
        return SomePlace(value, wanted, inner) if inner and _is_text(value) else None

    return said


def at_most_and_each(
    context: Context, count: int, wanted: Kind, value: Value | None, predicate: Predicate
) -> Condition | None:
    few, each = at_most_in(context, count, wanted, value), each_must(context, wanted, value, predicate)
    return Any_((few, each)) if few and each else None


def number(_context: Context, count: int) -> int:
    return count


def word_at_most(
    context: Context, phrases: tuple[str, ...], count: int, value: Value | None = None
) -> Condition | None:
    found = in_text(context, value)
    if found is None or len(phrases) != 1:
        return None
    return Compare(Count(found, whole_word(phrases[0])), ">", Const(count))


def size_and_none(_context: Context, size: Predicate, kinds: Kinds) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        found = size(value)
        return both(found, Not(_some(value, kinds))) if found and _is_text(value) else None

    return predicate


def each_size(context: Context, count: int, unit: str, wanted: Kind, value: Value | None = None) -> Condition | None:
    found = in_text(context, value)
    return (
        SomePlace(found, wanted, Compare(Measure(PLACE, unit), ">", Const(count)))
        if found and unit != "items"
        else None
    )


def two_limits(
    context: Context, first: int, one_kind: Kind, second: int, other_kind: Kind, value: Value | None = None
) -> Condition | None:
    left, right = at_most_in(context, first, one_kind, value), at_most_in(context, second, other_kind, value)
    return Any_((left, right)) if left and right else None


def one_and_it(context: Context, wanted: Kind, value: Value, predicate: Predicate) -> Condition | None:
    once = must(context, value, counted_between(context, 1, 1, wanted))
    each = each_must(context, wanted, value, predicate)
    return Any_((once, each)) if once and each else None


def percent_only(context: Context) -> Condition | None:
    return number_followed(context, ("percent", "per cent"))


def word(_context: Context) -> bool:
    return True


def no_such(context: Context, wanted: Kind, predicate: Predicate, value: Value | None = None) -> Condition | None:
    found, inner = in_text(context, value), predicate(PLACE)
    return SomePlace(found, wanted, inner) if found and inner else None


def text(_context: Context, words: str) -> str:
    return words


def sum_like(_context: Context, codes: tuple[str, ...]) -> tuple[str, ...] | None:
    return tuple(f"{code} 1" for code in codes) if len(codes) == 1 else None


def one_line(_context: Context) -> Predicate:
    return lambda value: Not(_some(value, (KINDS["line breaks"],))) if _is_text(value) else None


def decimals(_context: Context, low: int, high: int | None = None, free: str | None = None) -> Predicate:
    """So many digits after the point; with `free` also none at all."""
    most = low if high is None else high
    point = rf"\.\d{{{low},{most}}}" if low else rf"(?:\.\d{{1,{most}}})?" if most else ""
    pattern = rf"\d+(?:,\d{{3}})*{f'(?:{point})?' if free else point}"
    good = ("7" if free or not low else f"7.{'0' * low}", "1,250" + (f".{'5' * most}" if most else ""))
    bad = (f"7.{'5' * (most + 1)}", "7.5" if low > 1 or not most else "7.")
    return lambda value: Shaped(value, pattern, good, bad, "of a number with the right decimals")


def sign_before(context: Context, sign: str) -> Condition | None:
    """Prices with the sign directly before the number: none with a space between them, or behind the number."""
    found = in_text(context, None)
    mark = f"\\{_SIGNS[sign]}" if sign == "dollar" else _SIGNS[sign]
    wrong = Kind("misplaced signs", rf"{mark}\s+\d|\d\s?{mark}", (f"{_SIGNS[sign]} 7", f"7{_SIGNS[sign]}"))
    return _some(found, (wrong,)) if found else None


def number_followed(context: Context, phrases: tuple[str, ...]) -> Condition | None:
    found = in_text(context, None)
    listed = literal(phrases).pattern.removeprefix("(?i)")
    wrong = Kind(
        f"numbers followed by {' or '.join(phrases)}", rf"(?i)\d\s*{listed}\b", tuple(f"7 {p}" for p in phrases)
    )
    return _some(found, (wrong,)) if found else None


def code_before(
    context: Context, codes: tuple[str, ...] | None, example: tuple[str, ...] | None = None
) -> Condition | None:
    """Sums as a code, a space and the number: none without the space, or with the code behind the number."""
    found = in_text(context, None)
    codes = codes or tuple(e.split()[0] for e in example or ())
    if found is None or len(codes) != 1 or not re.fullmatch(r"[A-Z]{3}", codes[0]):
        return None
    code = codes[0]
    if example and not re.fullmatch(rf"{code} \d[\d,.]*", example[0]):
        return None
    wrong = Kind("sums written otherwise", rf"\b{code}\d|\d\s?{code}\b", (f"{code}7", f"7 {code}"))
    return _some(found, (wrong,))


def redefined(_context: Context, wanted: Kind, prefixes: tuple[str, ...]) -> Change:
    """What such a thing is, in the rules before."""
    meant = prefixed(wanted.name, prefixes)

    def change(condition: Condition) -> Condition | None:
        if wanted not in list(parts_of(condition)):
            return None
        return rewritten_conditions(condition, lambda node: meant if node == wanted else node)

    return change


def percent_sign(_context: Context, wanted: Kind) -> Change:
    """Percentages are digits with the sign directly behind them."""
    meant = replace(wanted, pattern=r"\d+(?:[.,]\d+)*%", samples=("5%",))

    def change(condition: Condition) -> Condition | None:
        if wanted.name != "percentages" or wanted not in list(parts_of(condition)):
            return None
        return rewritten_conditions(condition, lambda node: meant if node == wanted else node)

    return change


def outside(_context: Context, wanted: Kind) -> Change:
    """What stands inside such a thing does not count."""

    def change(condition: Condition) -> Condition | None:
        texts = {p.value for p in parts_of(condition) if hasattr(p, "value") and _is_text(p.value)}
        if not texts:
            return None
        return rewritten_conditions(condition, lambda node: _without(node, texts, wanted))

    return change


def _without(node: Any, texts: set[Any], wanted: Kind) -> Any:
    own: Any = getattr(node, "value", None)
    reads = own in texts and not isinstance(node, Without | Const)
    return replace(node, value=Without(own, wanted)) if reads else node


def _some(value: Value, kinds: Kinds) -> Condition:
    conditions = tuple(Compare(Count(value, kind), ">=", Const(1)) for kind in kinds)
    return conditions[0] if len(conditions) == 1 else Any_(conditions)


def _is_text(value: object) -> bool:
    if isinstance(value, Field):
        return (not value.types or "string" in value.types) and not value.values
    return hasattr(value, "of") and not isinstance(value, Const | Count)
