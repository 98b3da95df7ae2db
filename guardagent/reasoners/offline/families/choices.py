"""One of a list of values."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.codefields import is_code
from guardagent.reasoners.offline.conditions import Condition, OneOf
from guardagent.reasoners.offline.connectives import Any_, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.meanings import Change, Predicate
from guardagent.reasoners.offline.rewrite import parts_of
from guardagent.reasoners.offline.values import Measure, Sum, Table, Value


def one_of(context: Context, values: tuple[Any, ...]) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        wanted = None if is_code(context, value) else fitting(value, values)
        return OneOf(value, wanted) if wanted else None

    return predicate


def none_of(_context: Context, values: tuple[Any, ...]) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        wanted = fitting(value, values)
        return Not(OneOf(value, wanted)) if wanted else None

    return predicate


def is_role(context: Context, roles: tuple[str, ...]) -> Predicate:
    """`is a manager`, said of the role field or of whoever has it."""

    def predicate(value: Value) -> Condition | None:
        listed = context.fields.roles()
        return OneOf(value, roles) if listed and value == listed[0] else None

    return predicate


def fitting(value: Value, wanted: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The values as the field's type has them; None when one can't be a value of it."""
    if isinstance(value, Measure | Sum) or getattr(value, "numeric", False) is True:
        return wanted if _numbers(wanted) else None
    if not isinstance(value, Field):
        return tuple(str(v) for v in wanted) if not any(isinstance(v, bool) for v in wanted) else None
    if "boolean" in value.types and not value.types & {"string"}:
        return wanted if all(isinstance(v, bool) for v in wanted) else None
    if value.types & {"integer", "number"} and not value.types & {"string"}:
        return wanted if _numbers(wanted) else None
    if value.is_list or (value.types and not value.types & {"string"}):
        return None
    texts = tuple(str(v).lower() if isinstance(v, bool) else str(v) for v in wanted)
    if value.values and not value.learnt:
        known = {str(v).casefold().replace("_", " "): v for v in value.values if isinstance(v, str)}
        found = tuple(known.get(t.casefold().replace("_", " ")) for t in texts)
        return None if None in found else found
    return texts


def _numbers(wanted: tuple[Any, ...]) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in wanted)


def only_for(_context: Context, values: tuple[Any, ...], keys: Condition) -> Change:
    """Further values of the list before, or some of it, that are allowed under a condition only."""

    def change(condition: Condition) -> Condition | None:
        lists = [p.inner for p in parts_of(condition) if isinstance(p, Not) and isinstance(p.inner, OneOf)]
        if len(lists) != 1 or lists[0].value in (p for p in parts_of(keys)):
            return None
        wanted = fitting(lists[0].value, values)
        if not wanted:
            return None
        named = OneOf(lists[0].value, wanted)
        known = [v for v in wanted if v in lists[0].values]
        if known and len(known) != len(wanted):
            return None
        return Any_((condition, both(named, Not(keys)))) if known else both(condition, Not(both(named, keys)))

    return change


def latter_only_for(_context: Context, keys: Condition) -> Change:
    """The last of the alternatives that the rule before allows holds under a condition only."""

    def change(condition: Condition) -> Condition | None:
        if not isinstance(condition, Not) or not isinstance(condition.inner, Any_):
            return None
        *others, last = condition.inner.parts
        return Not(Any_((*others, both(last, keys))))

    return change


def not_for(_context: Context, keys: Condition) -> Change:
    """No limit for some: right unless the rule before lists one for them."""

    def change(condition: Condition) -> Condition | None:
        tables = [p for p in parts_of(condition) if isinstance(p, Table)]
        named = {value for p in parts_of(keys) if isinstance(p, OneOf) for value in p.values}
        listed = {name for table in tables for name, _ in table.entries}
        return None if named & listed else both(condition, Not(keys))

    return change


def word(_context: Context) -> bool:
    return True


def only_with(
    _context: Context, who: Condition | None, value: Value, predicate: Predicate, keys: Condition | None
) -> Condition | None:
    """Some things only with others: `wine may be ordered only from a supplier on the list`."""
    found, told = predicate(value), who or keys
    return both(told, Not(found)) if found and told else None
