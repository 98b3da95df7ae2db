"""What counts where something is missing or not known, and remarks that say a rule again in other words."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.conditions import Condition, OneOf
from guardagent.reasoners.offline.connectives import Always, Not, both, disjoint
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.choices import fitting
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.lexicon import Key
from guardagent.reasoners.offline.meanings import Change, Default, Meaning
from guardagent.reasoners.offline.rewrite import parts_of


def word(_context: Context, *_words: Any) -> bool:
    return True


def as_read(_context: Context, *_words: Any) -> Change:
    return lambda condition: condition


def assume(_context: Context, field: Field, value: Any) -> Meaning | None:
    """What the field holds where it is missing; a key must be one of its own values."""
    if isinstance(value, Key):
        return Default(field, value.value) if value.field == field else None
    wanted = fitting(field, (value,))
    return Default(field, wanted[0]) if wanted else None


def assume_zero(context: Context, field: Field) -> Meaning | None:
    return assume(context, field, 0) if field.types & {"integer", "number"} else None


def number(_context: Context, years: int | float | None) -> int | float:
    return 0 if years is None else years


def one_value(_context: Context, values: tuple[Any, ...]) -> Any:
    return values[0] if len(values) == 1 else None


def key_value(_context: Context, key: Key) -> Key:
    return key


def said_again(_context: Context, field: Field) -> Change:
    """Right where the rule asks for the field to be true."""
    return lambda condition: condition if any(OneOf(field, (True,)) == p for p in parts_of(condition)) else None


def not_for(_context: Context, who: Condition) -> Change | None:
    if isinstance(who, Always):
        return None
    return lambda condition: condition if disjoint(condition, who) else both(condition, Not(who))


def covers_tool(_context: Context, tool: str) -> Change:
    """Right where the rule forbids the tool: by a list that has it, or by one of what is allowed that hasn't."""

    def change(condition: Condition) -> Condition | None:
        lists = [p for p in parts_of(condition) if isinstance(p, OneOf) and p.value.says() == "`tool.name`"]
        allowed = {id(p.inner) for p in parts_of(condition) if isinstance(p, Not)}
        fits = [(tool in p.values) is not (id(p) in allowed) for p in lists]
        return condition if fits and all(fits) else None

    return change


def either_way(_context: Context, keys: Condition) -> Change:
    """Right where the rule makes no difference between the keys and others."""
    named = set(keys.fields())
    return lambda condition: None if named & set(condition.fields()) else condition


def whatever(_context: Context, field: Field) -> Change:
    return lambda condition: None if field.pointer in condition.fields() else condition
