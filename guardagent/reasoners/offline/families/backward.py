"""Statements on the rules right before, and on the rest of a paragraph."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.conditions import Condition, OneOf
from guardagent.reasoners.offline.connectives import Always, Any_, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.meanings import First, Meaning, Scope
from guardagent.reasoners.offline.rewrite import parts_of


def word(_context: Context, *_words: Any) -> bool:
    return True


def one(_context: Context) -> int:
    return 1


def two(_context: Context) -> int:
    return 2


def three(_context: Context) -> int:
    return 3


def lapses(_context: Context, count: int, condition: Condition | None, who: Condition | None = None) -> Meaning | None:
    found = condition or who
    return None if found is None or isinstance(found, Always) else Scope(None, Not(found), back=count)


def lapses_here(context: Context, condition: Condition) -> Meaning | None:
    return lapses(context, 1, condition)


def lapses_but(_context: Context, count: int, condition: Condition, still: Condition) -> Meaning:
    return Scope(None, Not(both(condition, Not(still))), back=count)


def exempt(_context: Context, count: int | None, who: Condition) -> Meaning | None:
    return None if isinstance(who, Always) else Scope(None, Not(who), back=count or 1)


def only_for(_context: Context, count: int, condition: Condition) -> Meaning | None:
    return None if isinstance(condition, Always) else Scope(None, condition, back=count)


def first_before(_context: Context) -> Meaning:
    return First(None, None)


def paragraph_of(_context: Context, keys: Condition) -> Meaning:
    return Scope(None, keys, below=True, paragraph=True)


def done_for(_context: Context, keys: Condition) -> Meaning:
    return Scope(None, Not(keys), below=True)


def below(_context: Context, condition: Condition) -> Meaning | None:
    return None if isinstance(condition, Always) else Scope(None, condition, below=True)


def always_free(_context: Context, *acts: Condition | None) -> Meaning | None:
    named = [act for act in acts if act is not None]
    if any(isinstance(act, Always) for act in named):
        return None
    return Scope(None, Not(named[0] if len(named) == 1 else Any_(tuple(named))))


def all_free(_context: Context, who: Condition) -> Meaning | None:
    return None if isinstance(who, Always) else Scope(None, Not(who))


def rest_below(
    context: Context, first: Condition, second: Condition, deed: Condition, count: int
) -> tuple[Meaning, ...] | None:
    """`…, what follows is about deployments to the other two places`: those that are not free already."""
    free = always_free(context, first, second)
    places = [p for p in parts_of(second) if isinstance(p, OneOf) and p.value.says() != "`tool.name`"]
    if free is None or len(places) != 1 or isinstance(deed, Always):
        return None
    listed = getattr(places[0].value, "values", ())
    return (free, Scope(None, deed, below=True)) if len(listed) - len(places[0].values) == count else None
