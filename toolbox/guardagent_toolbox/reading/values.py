"""What a Python expression may be, as far as reading tables depends on it."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

# Stands in a text for a part that is not known; no program is written with this character.
HOLE = "\ue000"
_MOST_TEXTS = 24
_MOST_PARTS = 48
_LONGEST_TEXT = 8_000
# Programs can nest lists so that they grow without end; what is larger is kept as one thing that may be any of it.
_LARGEST = 200


@dataclass(frozen=True, slots=True)
class Value:
    """Everything that an expression may be at once; an empty one is data that holds no rows of a table."""

    texts: frozenset[str] = frozenset()
    """The texts it may be, with holes."""
    rows: frozenset[str] = frozenset()
    """Tables whose rows it may hold with all their columns."""
    picked: frozenset[str] = frozenset()
    """Tables whose rows it may hold, cut down to columns that were counted already."""
    parts: tuple[Value, ...] = ()
    """The items of a list, tuple or mapping."""
    keys: tuple[str | None, ...] = ()
    """For a mapping: the keys of the parts, None for one that is not known."""
    ordered: bool = False
    """Whether the parts stand in this order and are all that there are."""
    functions: frozenset[Any] = frozenset()
    """Functions it may be: names of EHRAgent's functions, or functions of the program."""
    unknown: bool = False
    """Whether it may be anything from outside."""
    size: int = field(default=1, compare=False)
    """How many values stand in it, itself included."""

    @property
    def tables(self) -> frozenset[str]:
        """The tables whose rows it may be."""
        return self.rows | self.picked


DATA = Value()
UNKNOWN = Value(unknown=True)
SOME_TEXT = Value(texts=frozenset({HOLE}))


def text(*options: str) -> Value:
    """One of these texts; too many or too long ones are some text."""
    if len(options) > _MOST_TEXTS or any(len(option) > _LONGEST_TEXT for option in options):
        return SOME_TEXT
    return Value(texts=frozenset(options))


def rows_of(tables: Iterable[str]) -> Value:
    """Rows of these tables, with all columns."""
    return Value(rows=frozenset(tables))


def listing(parts: Iterable[Value], *, ordered: bool = True) -> Value:
    """A list of these items."""
    return _holding(DATA, tuple(parts), (), ordered)


def mapping(pairs: Iterable[tuple[str | None, Value]]) -> Value:
    """A mapping with these keys."""
    items = tuple(pairs)
    return _holding(DATA, tuple(value for _key, value in items), tuple(key for key, _value in items), False)


def _holding(outer: Value, parts: tuple[Value, ...], keys: tuple[str | None, ...], ordered: bool) -> Value:
    """The value with these parts, or with one that may be any of them where they are many."""
    size = 1 + sum(part.size for part in parts)
    if len(parts) > _MOST_PARTS or size > _LARGEST:
        parts, keys, ordered = (join(map(flat, parts)),), ((None,) if keys else ()), False
        size = 2
    return replace(outer, parts=parts, keys=keys, ordered=ordered and bool(parts), size=size)


def join(values: Iterable[Value]) -> Value:
    """What may be any of the values."""
    found = list(values)
    return functools.reduce(_join, found) if found else DATA


def _join(one: Value, other: Value) -> Value:
    if one is other or one == other:
        return one
    if other == DATA:
        return replace(one, ordered=False)
    if one == DATA:
        return replace(other, ordered=False)
    texts = one.texts | other.texts
    outer = Value(
        texts=texts if len(texts) <= _MOST_TEXTS else frozenset({HOLE}),
        rows=one.rows | other.rows,
        picked=one.picked | other.picked,
        functions=one.functions | other.functions,
        unknown=one.unknown or other.unknown,
    )
    return _holding(outer, *_join_parts(one, other))


def _join_parts(one: Value, other: Value) -> tuple[tuple[Value, ...], tuple[str | None, ...], bool]:
    if not one.parts or not other.parts:
        full = one if one.parts else other
        return full.parts, full.keys, False
    if one.keys == other.keys and len(one.parts) == len(other.parts):
        pairs = zip(one.parts, other.parts, strict=True)
        return tuple(_join(a, b) for a, b in pairs), one.keys, one.ordered and other.ordered
    if not (one.keys or other.keys):
        return tuple(dict.fromkeys((*one.parts, *other.parts))), (), False
    merged: dict[str | None, Value] = {}
    for value in (one, other):
        for key, part in zip(value.keys or (None,) * len(value.parts), value.parts, strict=True):
            merged[key] = _join(merged[key], part) if key in merged else part
    return tuple(merged.values()), tuple(merged), False


def flat(value: Value) -> Value:
    """The value with the rows, texts and functions of everything inside it."""
    if not value.parts:
        return value
    return join([replace(value, parts=(), keys=(), ordered=False, size=1), *map(flat, value.parts)])


def items_of(value: Value) -> tuple[Value, ...]:
    """What iterating over it gives: its items in order when they are known, else one that may be any of them."""
    if value.ordered and value.parts and not value.unknown:
        return value.parts
    if value.keys:
        return (SOME_TEXT if None in value.keys else text(*(key for key in value.keys if key is not None)),)
    outer = replace(value, texts=frozenset({HOLE}) if value.texts else frozenset(), parts=(), ordered=False, size=1)
    return (join(value.parts) if outer == DATA and value.parts else join((outer, *value.parts)),)


def item_of(value: Value) -> Value:
    """What any one item of it may be."""
    return join(items_of(value))
