"""Which words a text may or must have."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from guardagent.reasoners.offline.conditions import Compare, Condition
from guardagent.reasoners.offline.connectives import Any_, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.events import Event, with_value
from guardagent.reasoners.offline.families.frames import must, must_not
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.families.limits import size
from guardagent.reasoners.offline.families.marks import in_text
from guardagent.reasoners.offline.families.scope import note as note
from guardagent.reasoners.offline.families.texts import mentioning
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.kinds import followed, literal
from guardagent.reasoners.offline.meanings import Change, Predicate
from guardagent.reasoners.offline.places import Count, Kind, SomePlace, Without
from guardagent.reasoners.offline.rewrite import parts_of, rewritten
from guardagent.reasoners.offline.texts import Affix, Mentions
from guardagent.reasoners.offline.values import Const, Value

Terms = tuple[str, ...]
_IRREGULAR = {"child": "children", "person": "people", "man": "men", "woman": "women", "foot": "feet", "penny": "pence"}


class Ban(NamedTuple):
    """Words, and where they are fine."""

    phrases: Terms
    excused: Kind | None = None
    # Signs stand anywhere, also within words.
    sign: Kind | None = None


Bans = tuple[Ban, ...]


def terms(_context: Context, phrases: Terms) -> Terms:
    return phrases


def with_plurals(_context: Context, phrases: Terms) -> Terms:
    return tuple(dict.fromkeys(form for phrase in phrases for form in (phrase, plural(phrase))))


def plural(phrase: str) -> str:
    """The phrase with its last word in the plural."""
    *rest, last = phrase.split(" ")
    if last.lower() in _IRREGULAR:
        last = _IRREGULAR[last.lower()]
    elif re.search(r"(?:s|x|z|ch|sh)$", last):
        last = f"{last}es"
    elif re.search(r"[^aeiou]y$", last):
        last = f"{last[:-1]}ies"
    else:
        last = f"{last}s"
    return " ".join([*rest, last])


def banned(_context: Context, phrases: Terms) -> Bans:
    return (Ban(phrases),)


def plainly(_context: Context, phrases: Terms) -> Bans:
    return (Ban(phrases),)


def banned_unless(_context: Context, phrases: Terms, nexts: Terms) -> Bans:
    return (Ban(phrases, followed(phrases, nexts)),)


def banned_but_in(_context: Context, phrases: Terms, wholes: Terms) -> Bans:
    return (Ban(phrases, literal(wholes)),)


def sign_terms(_context: Context, signs: Terms) -> Bans:
    return tuple(Ban((sign,), None, literal((sign,), name=f"the sign `{sign}`")) for sign in signs)


def ban(context: Context, bans: Bans, value: Value | None = None) -> Condition | None:
    found = in_text(context, value)
    return _used(found, bans) if found else None


def ban_unless(context: Context, phrases: Terms, value: Value | None, nexts: Terms) -> Condition | None:
    return ban(context, (Ban(phrases, followed(phrases, nexts)),), value)


def must_and_must(context: Context, value: Value, first: Predicate, second: Predicate) -> Condition | None:
    left, right = must(context, value, first), must(context, value, second)
    return Any_((left, right)) if left and right else None


def must_and_not(context: Context, value: Value, first: Predicate, second: Predicate) -> Condition | None:
    left, right = must(context, value, first), must_not(context, value, second)
    return Any_((left, right)) if left and right else None


def ban_but_in(context: Context, phrases: Terms, value: Value | None, wholes: Terms) -> Condition | None:
    return ban(context, (Ban(phrases, literal(wholes)),), value)


def two_sizes(context: Context, first: Value, count: int, unit: str, second: Value, other: int) -> Condition | None:
    left = must(context, first, size(context, "<=", count, unit))
    right = must(context, second, size(context, "<=", other, unit))
    return Any_((left, right)) if left and right and first != second else None


def text_size(context: Context, most: int | None, below: int | None, unit: str) -> Condition | None:
    found = context.fields.text()
    predicate = size(context, "<", below, unit) if below is not None else size(context, "<=", most or 0, unit)
    return must(context, found, predicate) if found else None


def what_is_said(context: Context, field: Field | None = None) -> Field | None:
    return field or context.fields.text()


def such_must(context: Context, field: Field, such: Predicate, predicate: Predicate) -> Condition | None:
    where, found = such(field), must(context, field, predicate)
    return both(where, found) if where and found else None


def such_must_not(context: Context, field: Field, such: Predicate, predicate: Predicate) -> Condition | None:
    where, found = such(field), must_not(context, field, predicate)
    return both(where, found) if where and found else None


def uses_all_of(_context: Context, phrases: Terms) -> Predicate:
    return lambda value: Mentions(value, phrases, every=True) if _is_text(value) else None


def affix(_context: Context, where: str, parts: Terms) -> Predicate:
    return lambda value: Affix(value, where, parts) if _is_text(value) else None


def ban_both(context: Context, first: Bans, second: Bans) -> Condition | None:
    return ban(context, (*first, *second))


def uses(_context: Context, bans: Bans) -> Predicate:
    return lambda value: _used(value, bans) if _is_text(value) else None


def uses_names(_context: Context, names: Terms) -> Predicate:
    """Names, which only must not be mentioned: what `must mention A and B` asks for is another matter."""
    return lambda value: Mentions(value, names) if _is_text(value) else None


def uses_not(_context: Context, bans: Bans) -> Predicate:
    return lambda value: Not(_used(value, bans)) if _is_text(value) else None


def uses_any(_context: Context, phrases: Terms) -> Predicate:
    return lambda value: Mentions(value, phrases) if _is_text(value) else None


def uses_all(_context: Context, phrases: Terms, others: Terms | None = None) -> Predicate:
    wanted = (*phrases, *(others or ()))
    return lambda value: Mentions(value, wanted, every=True) if _is_text(value) and len(wanted) > 1 else None


def two(_context: Context, first: Field, second: Field) -> tuple[Field, ...] | None:
    return (first, second) if first != second and _is_text(first) and _is_text(second) else None


def more(_context: Context, first: Field, rest: tuple[Field, ...]) -> tuple[Field, ...] | None:
    return (first, *rest) if first not in rest and _is_text(first) else None


def ban_in_texts(context: Context, bans: Bans, texts: tuple[Field, ...]) -> Condition | None:
    found = [ban(context, bans, text) for text in texts]
    return Any_(tuple(f for f in found if f)) if all(found) else None


def none_of_texts(context: Context, texts: tuple[Field, ...], predicate: Predicate) -> Condition | None:
    found = [must_not(context, text, predicate) for text in texts]
    return Any_(tuple(f for f in found if f)) if all(found) else None


def each_text(context: Context, texts: tuple[Field, ...], predicate: Predicate) -> Condition | None:
    found = [must(context, text, predicate) for text in texts]
    return Any_(tuple(f for f in found if f)) if all(found) else None


def sample_fine(_context: Context, samples: Terms) -> Change:
    """Such texts pass: right when they do."""
    return lambda condition: condition if all(_harmless(condition, s) for s in samples) else None


def sample_wrong(_context: Context, samples: Terms, phrases: Terms | None = None) -> Change:
    def change(condition: Condition) -> Condition | None:
        known = {p.casefold() for m in parts_of(condition) if isinstance(m, Mentions) for p in m.phrases}
        if phrases and not {p.casefold() for p in phrases} <= known:
            return None
        return condition if all(_breaks(condition, s) is True for s in samples) else None

    return change


def shown(_context: Context, samples: tuple[object, ...]) -> Terms:
    return tuple(str(sample) for sample in samples)


def whole_words(_context: Context) -> Change:
    """Says how words are found anyhow."""
    return lambda condition: condition if any(isinstance(p, Mentions) for p in parts_of(condition)) else None


def instead(_context: Context, phrases: Terms, *_more: object) -> Change:
    """Other words that are fine: right when they are."""
    return lambda condition: condition if all(_breaks(condition, p) is False for p in phrases) else None


def in_texts(_context: Context, texts: tuple[Field, ...]) -> Change:
    """The rule before holds for each of these texts."""

    def change(condition: Condition) -> Condition | None:
        found = _text_fields(condition)
        if len(found) != 1 or found[0] not in texts:
            return None
        return Any_(tuple(rewritten(condition, _swap(found[0], text)) for text in texts))

    return change


def _swap(old: Field, new: Field) -> Callable[[Any], Any]:
    return lambda node: new if node == old else node


def _used(value: Value, bans: Bans) -> Condition:
    found: list[Condition] = []
    for one in bans:
        text = Without(value, one.excused) if one.excused else value
        found.append(Compare(Count(text, one.sign), ">=", Const(1)) if one.sign else mentioning(text, one.phrases))
    return found[0] if len(found) == 1 else Any_(tuple(found))


def _breaks(condition: Condition, sample: str) -> bool | None:
    """Whether a text violates a rule that is about texts only; None when that can't be told."""
    found = _text_fields(condition)
    others = [p for p in parts_of(condition) if isinstance(p, Field) and p not in found and not p.owner]
    if not found or others:
        return None
    event: Event = {}
    for field in found:
        event = with_value(event, field.pointer, sample)
    return condition.holds(event)


def _harmless(condition: Condition, sample: str) -> bool:
    """Whether a text can't violate a rule, also one that is about other things too."""
    broken = _breaks(condition, sample)
    found = list(dict.fromkeys(_text_fields(condition)))
    event: Event = {}
    for field in found:
        event = with_value(event, field.pointer, sample)
    hits = [p for p in parts_of(condition) if isinstance(p, Mentions | SomePlace) and p.holds(event)]
    counts = [p for p in parts_of(condition) if isinstance(p, Count)]
    return broken is False if broken is not None else bool(found) and not hits and not counts


def _text_fields(condition: Condition) -> list[Field]:
    read = [p.value for p in parts_of(condition) if isinstance(p, Mentions | Count | SomePlace | Affix | Without)]
    # Several texts may be read as one.
    single = [text for value in read for text in getattr(value, "texts", (value,))]
    return list(dict.fromkeys(v for v in single if isinstance(v, Field) and not v.owner))


def _is_text(value: object) -> bool:
    if isinstance(value, Field):
        return (not value.types or "string" in value.types) and not value.values
    return not isinstance(value, Const | Count)
