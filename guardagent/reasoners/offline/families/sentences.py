"""Sentences and their parts."""

from __future__ import annotations

from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.connectives import Always
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.meanings import Change, Meaning, Remark, Ruling

Meanings = tuple[Meaning, ...]


def one(_context: Context, first: Meaning | Meanings, rest: Meanings = ()) -> Meanings:
    leading = first if isinstance(first, tuple) else (first,)
    return (*leading, *(rest or ()))


def ruling(_context: Context, violated: Condition) -> Meaning | None:
    return None if isinstance(violated, Always) else Ruling(violated)


def remarked(_context: Context, violated: Condition, change: Change) -> Meaning | None:
    """A rule with a remark on itself; none when the remark does not fit it."""
    changed = change(violated)
    return Ruling(changed) if changed else None


def remark(_context: Context, change: Change) -> Meaning:
    return Remark(change)


def chain(_context: Context, first: Change, rest: Change) -> Change:
    """Both remarks, one after the other."""

    def changed(condition: Condition) -> Condition | None:
        found = first(condition)
        return rest(found) if found else None

    return changed
