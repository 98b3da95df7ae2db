"""Remarks on limits of time."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.conditions import Compare, Condition
from guardagent.reasoners.offline.connectives import All, Any_, Not
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.meanings import Change
from guardagent.reasoners.offline.moments import Gap, Hours, InWeek
from guardagent.reasoners.offline.rewrite import parts_of
from guardagent.reasoners.offline.timewords import Period, present
from guardagent.reasoners.offline.values import Const

UNIT_SECONDS = {
    "seconds": 1, "second": 1, "secs": 1, "sec": 1, "s": 1, "ms": 0.001, "milliseconds": 0.001, "minutes": 60,
    "minute": 60, "mins": 60, "min": 60, "hours": 3600, "hour": 3600, "hrs": 3600, "h": 3600, "days": 86_400,
    "day": 86_400,
    "weeks": 604_800, "week": 604_800,
}  # fmt: skip


# Remarks.


def end_allowed(_context: Context, period: Period) -> Change:
    """Exactly so long is in order: right where only less, or only more, is a violation."""

    def change(condition: Condition) -> Condition | None:
        found = _ends(condition, period)
        return condition if found and all(not broken for broken in found) else None

    return change


def end_denied(_context: Context, period: Period) -> Change:
    def change(condition: Condition) -> Condition | None:
        found = _ends(condition, period)
        return condition if found and all(found) else None

    return change


def missing_is_now(context: Context, *_words: object) -> Change:
    """Without a date the present counts: right where the rule leaves both alone, a date that is missing and today."""

    def change(condition: Condition) -> Condition | None:
        gaps = [p for p in parts_of(condition) if isinstance(p, Compare) and isinstance(p.value, Gap)]
        today = {present(context.fields, date=True), present(context.fields)} - {None}
        fine = [
            c
            for c in gaps
            if isinstance(c.value, Gap)
            and {c.value.first, c.value.second} & today
            and isinstance(c.limit, Const)
            and not _meets(0, c.op, c.limit.value)
        ]
        return condition if gaps and len(fine) == len(gaps) and not _negations(condition) else None

    return change


def _negations(condition: Condition) -> list[Not]:
    return [p for p in parts_of(condition) if isinstance(p, Not) and any(isinstance(q, Gap) for q in parts_of(p))]


def _meets(number: int, op: str, limit: float) -> bool:
    return {">": number > limit, ">=": number >= limit, "<": number < limit, "<=": number <= limit}[op]


def window_ends(_context: Context, clock: str | None = None) -> Change:
    """Says again that the end of a window does not belong to it."""

    def change(condition: Condition) -> Condition | None:
        ends = [p.end for p in parts_of(condition) if isinstance(p, Hours)]
        ends += [p.end[1] for p in parts_of(condition) if isinstance(p, InWeek)]
        return condition if clock in ends else None

    return change


def in_seconds(period: Period) -> float | None:
    return {"seconds": 1, "days": 86_400}.get(period.unit, 0) * period.number or None


def whole_number(number: float) -> int | float:
    return int(number) if number == int(number) else number


def _ends(condition: Condition, period: Period) -> list[bool]:
    """For each limit of this length in the rule, whether exactly so long is a violation."""
    found: list[bool] = []
    _limits(condition, False, period, found)
    return found


def _limits(node: Any, turned: bool, period: Period, found: list[bool]) -> None:
    if isinstance(node, Not):
        _limits(node.inner, not turned, period, found)
    elif isinstance(node, All | Any_):
        for part in node.parts:
            _limits(part, turned, period, found)
    elif isinstance(node, Compare) and isinstance(node.limit, Const) and node.limit.value == period.number:
        found.append(("=" in node.op) is not turned)
    elif isinstance(node, Compare) and isinstance(node.limit, Const) and isinstance(node.value, Field):
        seconds, unit = in_seconds(period), UNIT_SECONDS.get(node.value.name.lower().rsplit("_", 1)[-1])
        if seconds and unit and node.limit.value == whole_number(seconds / unit):
            found.append(("=" in node.op) is not turned)
