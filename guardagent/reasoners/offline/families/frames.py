"""Rules from parts: obligations and bans, conditions before and behind them."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from guardagent.reasoners.offline.conditions import Compare, Condition, OneOf
from guardagent.reasoners.offline.connectives import Any_, EachOf, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.lexicon import Key
from guardagent.reasoners.offline.meanings import Predicate
from guardagent.reasoners.offline.texts import Mentions
from guardagent.reasoners.offline.values import Value

_Same = TypeVar("_Same")
# Upper limits, and how a number passes them.
_PASSED = {"<=": ">", "<": ">="}


def same(_context: Context, meaning: _Same) -> _Same:
    return meaning


def must(_context: Context, value: Value, predicate: Predicate) -> Condition | None:
    """A value that is missing fails what must be so, but it is not above an upper limit."""
    found = predicate(value)
    if isinstance(found, Compare) and found.op in _PASSED:
        return replace(found, op=_PASSED[found.op])
    return Not(found) if found else None


def must_not(_context: Context, value: Value, predicate: Predicate) -> Condition | None:
    """A ban on several words bans each of them, also when they are joined by `and`."""
    found = predicate(value)
    if isinstance(found, EachOf):
        return Any_(found.parts)
    return replace(found, every=False) if isinstance(found, Mentions) else found


def must_either(_context: Context, value: Value, one: Predicate, other: Predicate) -> Condition | None:
    left, right = one(value), other(value)
    return Not(Any_((left, right))) if left and right else None


def must_both(context: Context, value: Value, one: Predicate, other: Predicate) -> Condition | None:
    left, right = must(context, value, one), must(context, value, other)
    return Any_((left, right)) if left and right else None


def must_neither(context: Context, value: Value, one: Predicate, other: Predicate) -> Condition | None:
    left, right = must_not(context, value, one), must_not(context, value, other)
    return Any_((left, right)) if left and right else None


def apply(_context: Context, value: Value, predicate: Predicate) -> Condition | None:
    return predicate(value)


def negate(_context: Context, predicate: Predicate) -> Predicate:
    def negated(value: Value) -> Condition | None:
        found = predicate(value)
        return Not(found) if found else None

    return negated


def when(_context: Context, condition: Condition, rule: Condition) -> Condition:
    return both(condition, rule)


def unless(_context: Context, condition: Condition, rule: Condition) -> Condition:
    return both(rule, Not(condition))


def suffixed(_context: Context, rule: Condition, applies: Condition) -> Condition:
    return both(rule, applies)


def only_when(_context: Context, action: Condition, condition: Condition) -> Condition:
    return both(action, Not(condition))


def and_(_context: Context, left: Condition, right: Condition) -> Condition:
    return both(left, right)


def or_(_context: Context, left: Condition, right: Condition) -> Condition:
    return Any_((left, right))


def not_(_context: Context, condition: Condition) -> Condition:
    return Not(condition)


def key(_context: Context, found: Key) -> Condition:
    return OneOf(found.field, (found.value,))


def either(_context: Context, found: Key, rest: Condition) -> Condition | None:
    """`basic and plus`: one of both, when both are values of one field."""
    if not isinstance(rest, OneOf) or rest.value != found.field:
        return None
    return OneOf(found.field, (found.value, *rest.values))


def amount_of(context: Context, tool: str) -> Value | None:
    """`one transfer`: the sum of money that the tool moves, when there is one field for it."""
    del tool
    return context.fields.named("amount", "sum", "total", "price", "value")


def tool_with(context: Context, tool: str, predicate: Predicate) -> Condition | None:
    """`a transfer of 2,500 or more`: the call of the tool with such an amount."""
    field, amount = context.fields.find("tool.name"), amount_of(context, tool)
    found = predicate(amount) if amount else None
    return both(OneOf(field, (tool,)), found) if field and found else None
