"""Whether a value is there and not blank."""

from __future__ import annotations

from guardagent.reasoners.offline.conditions import Compare, Condition, OneOf, Present
from guardagent.reasoners.offline.connectives import Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.frames import must_not as must_not
from guardagent.reasoners.offline.families.subjects import tool
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.meanings import Change, Predicate
from guardagent.reasoners.offline.rewrite import parts_of
from guardagent.reasoners.offline.values import Const, Measure, Value


def missing(_context: Context, *_words: object) -> Predicate:
    return lambda value: Not(Present(value))


def set_(_context: Context) -> Predicate:
    """A flag that is set is on; anything else that is set is there."""
    return lambda value: OneOf(value, (True,)) if _is_flag(value) else Present(value)


def _is_flag(value: Value) -> bool:
    return isinstance(value, Field) and value.types - {"null"} == {"boolean"}


def given(_context: Context) -> Predicate:
    return lambda value: Present(value)


def demanded(_context: Context, value: Value) -> Condition:
    return Not(Present(value))


def not_there(_context: Context, value: Value) -> Condition:
    return Not(Present(value))


def is_there(_context: Context, value: Value) -> Condition:
    return Present(value)


def the_list(_context: Context, field: Field) -> Field | None:
    return field if field.is_list else None


def tool_demands(context: Context, name: str, field: Field) -> Condition | None:
    """A call of the tool, which its name tells, without the field."""
    return tool_where(context, name, Not(Present(field)))


def tool_where(context: Context, name: str, condition: Condition) -> Condition | None:
    called = tool(context, (name,))
    return both(called, condition) if called else None


def tool_has_items(context: Context, name: str, count: int, field: Field) -> Condition | None:
    if not field.is_list:
        return None
    return tool_where(context, name, Not(Compare(Measure(field, "items"), ">=", Const(count))))


def blank_is_missing(_context: Context, field: Field) -> Change:
    """Says again that blank counts as missing, in a rule that asks for the field."""

    def change(condition: Condition) -> Condition | None:
        asked = [p.value for p in parts_of(condition) if isinstance(p, Present)]
        return condition if field in asked else None

    return change
