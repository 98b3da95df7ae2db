"""Who may call what."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.conditions import Compare, Condition, OneOf
from guardagent.reasoners.offline.connectives import Always, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.choices import fitting
from guardagent.reasoners.offline.families.frames import only_when as only_when
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.values import Const


def one(_context: Context, name: str, rest: tuple[str, ...] = ()) -> tuple[str, ...]:
    return (name, *rest)


def tool(context: Context, names: tuple[str, ...]) -> Condition | None:
    field = context.fields.find("tool.name")
    return OneOf(field, names) if field else None


def only_who(_context: Context, who: Condition, action: Condition) -> Condition:
    return both(action, Not(who))


def subject_only_when(_context: Context, who: Condition, action: Condition, condition: Condition) -> Condition:
    return both(who, action, Not(condition))


def subject_only(
    _context: Context, who: Condition, action: Condition | None, only: Condition | None = None
) -> Condition | None:
    allowed = action or only
    return both(who, Not(allowed)) if allowed else None


def forbid(_context: Context, *parts: Condition) -> Condition:
    return both(*parts)


def allow_list(_context: Context, action: Condition) -> Condition:
    return Not(action)


def everybody(_context: Context) -> Condition:
    return Always()


def is_not_who(_context: Context, who: Condition) -> Condition:
    return Not(who)


def role(context: Context, values: tuple[Any, ...]) -> Condition | None:
    listed = context.fields.roles()
    wanted = fitting(listed[0], values) if listed else None
    return OneOf(listed[0], wanted) if listed and wanted else None


def flag_on(_context: Context, field: Field) -> Condition:
    return OneOf(field, (True,))


def flag_off(_context: Context, field: Field) -> Condition:
    return Not(OneOf(field, (True,)))


def age(context: Context, op: str, number: int | float) -> Condition | None:
    field = context.fields.named("age")
    return Compare(field, op, Const(number)) if field else None
