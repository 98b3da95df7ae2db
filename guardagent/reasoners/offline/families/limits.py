"""Numbers against limits, sizes, and limits that depend on another field."""

from __future__ import annotations

from guardagent.reasoners.offline.conditions import Compare, Condition, limit_of
from guardagent.reasoners.offline.connectives import All
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.lexicon import Key
from guardagent.reasoners.offline.meanings import Predicate
from guardagent.reasoners.offline.values import Const, Measure, Sum, Table, Value

Number = int | float
Entry = tuple[Key, Number]


def compare(_context: Context, op: str, limit: Value | Number) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        return Compare(value, op, limit_of(limit)) if is_number(value) else None

    return predicate


def between(_context: Context, low: Number, high: Number) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        if not is_number(value):
            return None
        return All((Compare(value, ">=", Const(low)), Compare(value, "<=", Const(high))))

    return predicate


def size(_context: Context, op: str, count: int, unit: str) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        measured = _measured(value, unit)
        return Compare(measured, op, Const(count)) if measured else None

    return predicate


def size_between(_context: Context, low: int, high: int, unit: str) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        measured = _measured(value, unit)
        if measured is None:
            return None
        return All((Compare(measured, ">=", Const(low)), Compare(measured, "<=", Const(high))))

    return predicate


def number(_context: Context, value: Number) -> Value:
    return Const(value)


def entry(_context: Context, limit: Number, key: Key, rest: tuple[Entry, ...] = ()) -> tuple[Entry, ...]:
    return ((key, limit), *rest)


def table(_context: Context, entries: tuple[Entry, ...]) -> Value | None:
    """The table, when its keys are different values of one field."""
    names = [key.value for key, _ in entries]
    if len({key.field.pointer for key, _ in entries}) != 1 or len(set(names)) != len(names):
        return None
    return Table(entries[0][0].field, tuple((key.value, limit) for key, limit in entries))


def over(_context: Context, value: Field, limit: Value) -> Condition | None:
    return Compare(value, ">", limit) if is_number(value) else None


def plus(_context: Context, left: Value, right: Value) -> Value | None:
    return Sum((left, right)) if is_number(left) and is_number(right) else None


def a_list(_context: Context, field: Field) -> Field | None:
    return field if field.is_list else None


def number_of_items(_context: Context, field: Field) -> Value:
    return Measure(field, "items")


def length(_context: Context, field: Field) -> Value | None:
    return Measure(field, "characters") if "string" in field.types else None


def is_number(value: Value) -> bool:
    """Whether a value may be a number: by its schema a number, or a text that could hold one."""
    if isinstance(value, Field):
        return not value.types or bool(value.types & {"integer", "number"}) or (value.is_text and not value.values)
    return isinstance(value, Sum | Measure) or getattr(value, "numeric", False) is True


def _measured(value: Value, unit: str) -> Measure | None:
    if isinstance(value, Measure):
        return value if value.unit == unit else None
    if isinstance(value, Field) and value.types:
        wanted = "array" if unit == "items" else "string"
        return Measure(value, unit) if wanted in value.types else None
    return Measure(value, unit)
