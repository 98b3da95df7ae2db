"""Time: relations of moments, windows of the day and the week, lengths of time."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from guardagent.reasoners.offline.conditions import Compare, Condition
from guardagent.reasoners.offline.connectives import All, Always, Any_, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.frames import must as must
from guardagent.reasoners.offline.families.frames import must_not as must_not
from guardagent.reasoners.offline.families.frames import not_ as not_
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.families.frames import when as when
from guardagent.reasoners.offline.families.remarks import as_read as as_read
from guardagent.reasoners.offline.families.scope import note as note
from guardagent.reasoners.offline.families.timeremarks import (
    UNIT_SECONDS,
    in_seconds,
    whole_number,
)
from guardagent.reasoners.offline.families.timeremarks import end_allowed as end_allowed
from guardagent.reasoners.offline.families.timeremarks import end_denied as end_denied
from guardagent.reasoners.offline.families.timeremarks import missing_is_now as missing_is_now
from guardagent.reasoners.offline.families.timeremarks import window_ends as window_ends
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.meanings import Predicate
from guardagent.reasoners.offline.moments import Gap, Hours, InWeek, Later, OnDay
from guardagent.reasoners.offline.timewords import Period, day_of_week, present, time_of_day
from guardagent.reasoners.offline.timewords import is_timely as may_be_time
from guardagent.reasoners.offline.values import Const, Value

Days = tuple[str, ...]
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_OPPOSITE = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}


class Relation(NamedTuple):
    """What is said of a moment; `it` where the moment to compare with is the one that the words before name."""

    on: Callable[[Context, Value, Value | None], Condition | None]
    ref: Value | None = None
    it: bool = False
    # Whether it relates the moment to another one of the event, so that it can be said of the present too.
    relative: bool = True
    # Whether it is an upper limit, so that "may be" forbids what is above it.
    cap: bool = False


def a_time(_context: Context, field: Field) -> Field | None:
    return field if may_be_time(field) else None


def now(context: Context) -> Value | None:
    return present(context.fields)


def same_instant(_context: Context) -> str:
    return "it"


def gap(_context: Context, side: str, op: str, period: Period, ref: Value | str) -> Relation | None:
    def on(context: Context, value: Value, instant: Value | None) -> Condition | None:
        found = _today(context, instant, period)
        return _gap(value, found, side, op, period) if found is not None and found != value else None

    return Relation(on, None if isinstance(ref, str) else ref, isinstance(ref, str), cap=op == "<=")


def gap_between(context: Context, side: str, spread: tuple[Period, Period], ref: Value | str) -> Relation | None:
    """`at least 2 and at most 30 days after today`."""
    low, high = gap(context, side, ">=", spread[0], ref), gap(context, side, "<=", spread[1], ref)
    if low is None or high is None:
        return None

    def on(inner: Context, value: Value, instant: Value | None) -> Condition | None:
        parts = tuple(p for p in (low.on(inner, value, instant), high.on(inner, value, instant)) if p)
        return All(parts) if len(parts) == 2 else None

    return Relation(on, low.ref, low.it)


def gap_now(_context: Context, side: str, op: str, period: Period) -> Relation:
    def on(context: Context, value: Value, _instant: Value | None) -> Condition | None:
        instant = present(context.fields, date=period.unit != "seconds")
        return _gap(value, instant, side, op, period) if instant and instant != value else None

    return Relation(on, relative=False, cap=op == "<=")


def order(_context: Context, op: str, ref: Value | str) -> Relation:
    def on(_context: Context, value: Value, instant: Value | None) -> Condition | None:
        if instant is None or instant == value:
            return None
        return Compare(Gap(instant, value, "seconds"), op, Const(0))

    return Relation(on, None if isinstance(ref, str) else ref, isinstance(ref, str))


def order_now(_context: Context, op: str) -> Relation:
    def on(context: Context, value: Value, _instant: Value | None) -> Condition | None:
        instant = present(context.fields)
        return Compare(Gap(instant, value, "seconds"), op, Const(0)) if instant and instant != value else None

    return Relation(on, relative=False)


def this_day(_context: Context) -> Relation:
    def on(context: Context, value: Value, _instant: Value | None) -> Condition | None:
        instant = present(context.fields, date=True)
        return _same_day(value, instant) if instant and instant != value else None

    return Relation(on, relative=False)


def same_day(_context: Context, ref: Value | str) -> Relation:
    def on(_context: Context, value: Value, instant: Value | None) -> Condition | None:
        return _same_day(value, instant) if instant is not None and instant != value else None

    return Relation(on, None if isinstance(ref, str) else ref, isinstance(ref, str))


def on_days(_context: Context, days_: Days) -> Relation:
    return Relation(lambda _c, value, _i: OnDay(value, days_) if _texts(value) else None, relative=False)


def at_hours(_context: Context, start: str, end: str) -> Relation:
    return Relation(lambda _c, value, _i: Hours(value, start, end) if _texts(value) else None, relative=False)


# Rules and facts.


def is_timely(context: Context, relation: Relation) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        if relation.it or not (isinstance(value, Field) and may_be_time(value)):
            return None
        return relation.on(context, value, relation.ref)

    return predicate


def stated_timely(context: Context, value: Value, relation: Relation) -> Condition | None:
    return is_timely(context, relation)(value)


def not_timely(context: Context, value: Value, relation: Relation) -> Condition | None:
    found = stated_timely(context, value, relation)
    return Not(found) if found else None


def must_be_timely(
    context: Context, value: Value, relation: Relation, other: Relation | None = None
) -> Condition | None:
    parts = _both(context, value, relation, other)
    broken = [must(context, value, lambda _v, part=part: part) for part in parts or ()]  # type: ignore[misc]
    found = tuple(b for b in broken if b is not None)
    return None if not found or len(found) != len(broken) else found[0] if len(found) == 1 else Any_(found)


def must_not_be_timely(
    context: Context, value: Value, relation: Relation, other: Relation | None = None
) -> Condition | None:
    parts = _both(context, value, relation, other)
    return None if not parts else parts[0] if len(parts) == 1 else Any_(tuple(parts))


def may_be_timely(context: Context, value: Value, relation: Relation) -> Condition | None:
    """`may be at most 30 days ahead`: what is above such a limit is forbidden; other permissions forbid nothing."""
    if not relation.cap:
        return None
    return must_be_timely(context, value, relation)


def until_before(context: Context, action: Condition, period: Period, instant: Value) -> Condition | None:
    then = present_is(context, _relation_of(gap(context, "before", ">=", period, instant)))
    return only_then(context, None, action, then) if then else None


def _relation_of(found: Relation | None) -> Relation:
    return found or Relation(lambda _c, _v, _i: None)


def has_passed(context: Context, value: Value) -> Condition | None:
    return is_timely(context, order_now(context, "<"))(value)


def any_call(_context: Context) -> Condition:
    return Always()


def only_then(_context: Context, who: Condition | None, action: Condition, then: Condition) -> Condition:
    return both(who or Always(), action, Not(then))


def not_then(_context: Context, who: Condition | None, action: Condition, then: Condition) -> Condition:
    return both(who or Always(), action, then)


def apart(context: Context, one: Value, other: Value, predicate: Predicate) -> Condition | None:
    return must(context, Gap(one, other, "seconds"), predicate) if one != other else None


def not_apart(context: Context, one: Value, other: Value, predicate: Predicate) -> Condition | None:
    return must_not(context, Gap(one, other, "seconds"), predicate) if one != other else None


def days_from_to(_context: Context, first: Value, second: Value) -> Value | None:
    return Gap(first, second, "days") if first != second else None


def time_from_to(_context: Context, first: Value, second: Value) -> Value | None:
    return Gap(first, second, "seconds") if first != second else None


# Lengths of time.


def longer(_context: Context, op: str, period: Period) -> Predicate:
    """Of a number whose name tells its unit (`delay_minutes`), or of the time between two moments."""

    def predicate(value: Value) -> Condition | None:
        seconds = in_seconds(period)
        if isinstance(value, Gap):
            if value.unit == "days" and period.unit == "days":
                return Compare(value, op, Const(period.number))
            return (
                Compare(value, op, Const(whole_number(seconds)))
                if seconds is not None and value.unit == "seconds"
                else None
            )
        if not isinstance(value, Field) or not value.types & {"integer", "number"} or value.is_text:
            return None
        last = value.name.lower().rsplit("_", 1)[-1]
        if period.unit == "months":
            known = {"months": 1, "month": 1, "years": 12, "year": 12}.get(last)
            return Compare(value, op, Const(whole_number(period.number / known))) if known else None
        unit = UNIT_SECONDS.get(last)
        return Compare(value, op, Const(whole_number(seconds / unit))) if unit and seconds is not None else None

    return predicate


def long_between(context: Context, low: Period, high: Period) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        one, other = longer(context, ">=", low)(value), longer(context, "<=", high)(value)
        return All((one, other)) if one and other else None

    return predicate


# The present.


def hours(context: Context, start: str, end: str) -> Condition | None:
    field = time_of_day(context.fields)
    return Hours(field, start, end) if field and start != end else None


def range_(context: Context, ends: tuple[str, str]) -> Condition | None:
    return hours(context, *ends)


def outside_hours(context: Context, start: str, end: str) -> Condition | None:
    found = hours(context, start, end)
    return Not(found) if found else None


def outside_range(context: Context, ends: tuple[str, str]) -> Condition | None:
    return outside_hours(context, *ends)


def days(context: Context, listed: Days) -> Condition | None:
    field = day_of_week(context.fields)
    return OnDay(field, listed) if field else None


def from_day_to_day(context: Context, first: Days, last: Days) -> Condition | None:
    listed = _days_from(first, last)
    return days(context, listed) if listed else None


def in_week(context: Context, first: Days, start: str, last: Days, end: str) -> Condition | None:
    day, time = day_of_week(context.fields), time_of_day(context.fields)
    if day is None or time is None or len(first) != 1 or len(last) != 1 or (first, start) == (last, end):
        return None
    return InWeek(day, time, (first[0], start), (last[0], end))


def days_and_hours(context: Context, listed: Days, start: str, end: str) -> Condition | None:
    day, clock = days(context, listed), hours(context, start, end)
    # What "Fridays from 22:00 to 06:00" says of the hours after midnight is left open.
    return both(day, clock) if day and clock and start < end else None


def week_hours(context: Context, first: Days, last: Days, start: str, end: str) -> Condition | None:
    listed = _days_from(first, last)
    return days_and_hours(context, listed, start, end) if listed else None


def relative_only(_context: Context, relation: Relation) -> Relation | None:
    return relation if relation.relative and not relation.it else None


def present_is(context: Context, relation: Relation) -> Condition | None:
    field = present(context.fields)
    return relation.on(context, field, relation.ref) if field else None


def joined(_context: Context, one: Days, rest: Days) -> Days:
    return tuple(dict.fromkeys((*one, *rest)))


# Parts.


def _gap(value: Value, instant: Value, side: str, op: str, period: Period) -> Condition:
    if period.unit == "months":
        return _months_gap(value, instant, side, op, int(period.number))
    limit = Const(period.number)
    if side == "around":
        forth, back = Gap(instant, value, period.unit), Gap(value, instant, period.unit)
        if op == ">":
            return Any_((Compare(forth, ">", limit), Compare(back, ">", limit)))
        return All((Compare(forth, "<=", limit), Compare(back, "<=", limit)))
    span = Gap(value, instant, period.unit) if side == "before" else Gap(instant, value, period.unit)
    if op == "==":
        return All((Compare(span, ">=", limit), Compare(span, "<=", limit)))
    if op == "<=":
        return All((Compare(span, ">=", Const(0)), Compare(span, "<=", limit)))
    return Compare(span, op, limit)


def _months_gap(value: Value, instant: Value, side: str, op: str, months: int) -> Condition:
    """By the calendar: `more than 6 months before` is before the same day six months earlier."""
    if not months or side == "around":
        limit = All((_order(value, Later(instant, -months), ">="), _order(value, Later(instant, months), "<=")))
        return limit if op == "<=" else Not(limit)
    shifted = Later(instant, -months if side == "before" else months)
    direction = _OPPOSITE[op] if side == "before" else op
    found = _order(value, shifted, direction)
    if op == "<=":
        return All((found, _order(value, instant, "<=" if side == "before" else ">=")))
    return found


def _order(value: Value, instant: Value, op: str) -> Condition:
    return Compare(Gap(instant, value, "days"), op, Const(0))


def _same_day(value: Value, instant: Value) -> Condition:
    span = Gap(instant, value, "days")
    return All((Compare(span, ">=", Const(0)), Compare(span, "<=", Const(0))))


def _today(context: Context, ref: Value | None, period: Period) -> Value | None:
    """The moment to compare with; where it is the present and days are counted, the present day."""
    if ref is None:
        return None
    if period.unit != "seconds" and ref == present(context.fields):
        return present(context.fields, date=True) or ref
    return ref


def _both(context: Context, value: Value, one: Relation, other: Relation | None) -> list[Condition] | None:
    if one.it or not (isinstance(value, Field) and may_be_time(value)):
        return None
    second = other._replace(ref=one.ref, it=False) if other is not None and other.it else other
    found = [r.on(context, value, r.ref) for r in (one, second) if r is not None]
    return None if any(f is None for f in found) else [f for f in found if f is not None]


def _days_from(first: Days, last: Days) -> Days | None:
    if len(first) != 1 or len(last) != 1:
        return None
    start, end = _WEEK.index(first[0]), _WEEK.index(last[0])
    return tuple(_WEEK[(start + n) % 7] for n in range((end - start) % 7 + 1))


def _texts(value: Value) -> bool:
    return isinstance(value, Field) and may_be_time(value) and "string" in (value.types or {"string"})
