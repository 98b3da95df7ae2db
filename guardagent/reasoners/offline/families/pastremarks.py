"""Remarks on how often something may happen."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.conditions import Compare, Condition, OneOf
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.items import Count
from guardagent.reasoners.offline.listed import Latest
from guardagent.reasoners.offline.meanings import Change
from guardagent.reasoners.offline.rewrite import parts_of
from guardagent.reasoners.offline.texts import CalledBefore
from guardagent.reasoners.offline.values import Const

# Remarks and definitions.


def next_denied(_context: Context, ordinal: int) -> Change:
    def change(condition: Condition) -> Condition | None:
        limits = _counted(condition)
        return condition if limits and all(limit == ordinal - 1 for limit in limits) else None

    return change


def so_many_allowed(_context: Context, count: int) -> Change:
    def change(condition: Condition) -> Condition | None:
        limits = _counted(condition)
        return condition if limits and all(limit == count for limit in limits) else None

    return change


def lifted(_context: Context, values: tuple[Any, ...]) -> Change:
    """A later word of the same kind lifts the stop, as it is then the latest."""

    def change(condition: Condition) -> Condition | None:
        stops = [p.inner for p in parts_of(condition) if isinstance(p, Latest)]
        words = {str(v).casefold() for v in values}
        apart = [s for s in stops if isinstance(s, OneOf) and not words & {str(v).casefold() for v in s.values}]
        return condition if stops and len(apart) == len(stops) else None

    return change


def _counted(condition: Condition) -> list[int]:
    """The numbers of entries from which on a rule is broken."""
    found = [p for p in parts_of(condition) if isinstance(p, Compare) and isinstance(p.value, Count)]
    called = [p.times for p in parts_of(condition) if isinstance(p, CalledBefore)]
    return called + [p.limit.value for p in found if p.op == ">=" and isinstance(p.limit, Const)]
