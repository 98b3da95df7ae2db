"""What is so of an event, said in prose: clauses and noun phrases that are linked to its fields by their words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from guardagent.reasoners.offline.conditions import Compare, Condition, OneOf, Present
from guardagent.reasoners.offline.connectives import Always, Any_, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.choices import fitting
from guardagent.reasoners.offline.families.frames import not_ as not_
from guardagent.reasoners.offline.families.frames import only_when as only_when
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.families.frames import unless as unless
from guardagent.reasoners.offline.families.frames import when as when
from guardagent.reasoners.offline.families.limits import between as between
from guardagent.reasoners.offline.families.subjects import age as age
from guardagent.reasoners.offline.families.subjects import only_who as only_who
from guardagent.reasoners.offline.families.subjects import tool
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.meanings import Change, Predicate
from guardagent.reasoners.offline.prose import Lag
from guardagent.reasoners.offline.values import Const, Value, plain

# A bare number that can hardly be anything but an age.
_YOUNG = 25


def word(_context: Context, *_words: Any) -> bool:
    return True


def there(_context: Context, value: Value) -> Condition:
    return Present(value)


def not_there(_context: Context, value: Value) -> Condition:
    return Not(Present(value))


def anyone(_context: Context) -> Condition:
    return Always()


def folk_with(_context: Context, folk: Condition, state: Condition, more: Condition | None = None) -> Condition:
    return both(folk, state, *([more] if more else []))


def folk_without(_context: Context, folk: Condition, state: Condition) -> Condition:
    return both(folk, Not(state))


def folk_lacking(_context: Context, folk: Condition, value: Value) -> Condition:
    return both(folk, Not(Present(value)))


def folk_having(_context: Context, folk: Condition, value: Value) -> Condition:
    return both(folk, Present(value))


def youth(context: Context, op: str, number: int | float) -> Condition | None:
    return age(context, op, number) if number <= _YOUNG else None


def lags(_context: Context, lag: Lag, op: str, seconds: int) -> Condition:
    """`is delayed by three hours or more`: in the state, where there is one, and long enough in the field's unit."""
    limit = Compare(lag.field, op, Const(plain(Decimal(seconds) / lag.seconds)))
    return both(OneOf(lag.state.field, (lag.state.value,)), limit) if lag.state else limit


def excepted(_context: Context, condition: Condition) -> Change:
    """The rule before, where the condition doesn't hold."""
    return lambda rule: both(rule, Not(condition))


def only_this_and(_context: Context, who: Condition, action: Condition, condition: Condition) -> Condition:
    """Nothing but the action, and that on a condition."""
    return both(who, Any_((Not(action), Not(condition))))


def numeral(_context: Context, field: Field) -> Field | None:
    """A field that can only hold a number."""
    return field if field.types and field.types <= {"integer", "number", "null"} else None


def case(_context: Context, field: Field, values: tuple[Any, ...]) -> Condition | None:
    wanted = fitting(field, values)
    return OneOf(field, wanted) if wanted and field.pointer != "/tool/name" else None


def case_only(_context: Context, named: Condition, who: Condition) -> Condition | None:
    return None if isinstance(who, Always) else both(named, Not(who))


def case_not(_context: Context, named: Condition, who: Condition) -> Condition:
    return both(named, who)


def at_most(_context: Context, field: Field, number: int | float) -> Condition:
    return Compare(field, ">", Const(number))


def at_least(_context: Context, field: Field, number: int | float) -> Condition:
    return Not(Compare(field, ">=", Const(number)))


def only_tools(context: Context, value: Value, predicate: Predicate, names: tuple[str, ...]) -> Condition | None:
    found, called = predicate(value), tool(context, names)
    return both(found, Not(called)) if found and called else None
