"""Clauses that get in each other's way.

Every clause can only object, and the strictest objection counts. So two clauses conflict in one of these ways:

- Overridden: whenever one asks to redact or to escalate, the other one denies, so that what the first asks for never
  happens.
- Irreconcilable: in some event a text or a number must satisfy both and cannot: every value that one of them takes is
  refused by the other.
- Exhaustive: between them the two refuse every event, and neither does so alone.

Where the field has a few listed values only, refusing each of them may well be meant; that is told and not held
against the clauses. Examples of the author that contradict each other or a clause are found in `statuses`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from guardagent.translation.nearby import Near
from guardagent.translation.trials import Trial
from guardagent.types import ClauseReport, Conflict, Policy

_FEWEST_EVENTS = 20
_FEWEST_OVERRIDDEN = 3
_FEWEST_NUMBERS = 6
_FEWEST_TEXTS = 8
_MOST_ROWS = 24
_SHOWN = 120

# The trials of an example with every value of the place in which one of its neighbours differs.
Row = Callable[[Near], Sequence[Trial]]


class Conflicts(NamedTuple):
    """Conflicts that a person must solve, and notes about what may well be meant."""

    found: tuple[Conflict, ...] = ()
    notes: tuple[str, ...] = ()


def conflicts(policy: Policy, near: Sequence[Near], trials: Sequence[Trial], row: Row) -> Conflicts:
    """What the trials of examples, of their neighbours and of generated events show about pairs of clauses.

    `row` runs an example with every value of the place in which a neighbour differs from it.
    """
    every = [trial for trial in (*(one.trial for one in near), *trials) if trial.result.failure is None]
    found = [*_overridden(policy, every), *_exhaustive(policy, every)]
    known = {frozenset(conflict.clauses) for conflict in found}
    notes: list[str] = []
    for conflict, listed in _irreconcilable(policy, near, trials, row):
        pair = frozenset(conflict.clauses)
        if pair not in known and listed:
            notes.append(conflict.text)
        elif pair not in known:
            found.append(conflict)
        known.add(pair)
    return Conflicts(tuple(found), tuple(notes))


def conflicted(reports: Iterable[ClauseReport], found: Sequence[Conflict]) -> tuple[ClauseReport, ...]:
    """The reports, with the status of every clause that conflicts with another one."""
    texts = {clause: conflict.text for conflict in reversed(found) for clause in conflict.clauses}
    hint = "say which of the two sentences gives way, and when"
    return tuple(
        report.model_copy(update={"status": "CONFLICT", "reason": texts[report.clause], "hint": hint})
        if report.clause in texts and report.status in ("ENFORCED", "UNTESTED")
        else report
        for report in reports
    )


def _overridden(policy: Policy, trials: Sequence[Trial]) -> Iterator[Conflict]:
    for clause in policy.program.clauses:
        asking = [trial for trial in trials if _remedy(trial, clause) in ("redact", "escalate")]
        if len(asking) < _FEWEST_OVERRIDDEN:
            continue
        denying = frozenset(policy.program.clauses).intersection(*(_denying(trial) for trial in asking))
        for other in sorted(denying - {clause}):
            remedy = _remedy(asking[0], clause)
            text = f"whenever {_quoted(policy, clause)} says {remedy}, {_quoted(policy, other)} denies"
            yield _conflict("overridden", (clause, other), text, asking)


def _exhaustive(policy: Policy, trials: Sequence[Trial]) -> Iterator[Conflict]:
    if len(trials) < _FEWEST_EVENTS:
        return
    denials = [_denying(trial) for trial in trials]
    for one, other in combinations(policy.program.clauses, 2):
        both = all(one in found or other in found for found in denials)
        if both and not all(one in found for found in denials) and not all(other in found for found in denials):
            text = f"every event is denied by {_quoted(policy, one)} or by {_quoted(policy, other)}"
            yield _conflict("exhaustive", (one, other), text, trials)


def _irreconcilable(
    policy: Policy, near: Sequence[Near], trials: Sequence[Trial], row: Row
) -> Iterator[tuple[Conflict, bool]]:
    """Conflicts over one field, and whether that field has a few listed values only."""
    bases = {trial.example.id: trial for trial in trials if trial.example}
    groups: dict[tuple[str, str], list[Near]] = {}
    for one in near:
        if one.sure:
            groups.setdefault((one.of.id, one.pointer), []).append(one)
    # What neighbours only suggest is looked at with every value of the field.
    suspects = [
        group[0]
        for (example, _pointer), group in groups.items()
        if any(_refusing(policy, [bases[example], *(one.trial for one in group)]))
    ]
    for one in suspects[:_MOST_ROWS]:
        tried = row(one)
        values = [value for trial in tried if (value := _value_at(trial.event.payload, one.pointer)) is not _ABSENT]
        for pair in _refusing(policy, tried):
            denials = [(pair[0] in _denying(trial), pair[1] in _denying(trial)) for trial in tried]
            what = f"whatever `{one.pointer}` is, {_quoted(policy, pair[0])} or {_quoted(policy, pair[1])} denies"
            open_ended = _is_open(values, denials) and not _ranked(policy)
            yield _conflict("irreconcilable", pair, what, tried), not open_ended


def _refusing(policy: Policy, row: Sequence[Trial]) -> Iterator[tuple[str, str]]:
    """The pairs of clauses that together deny every event of a row, while each lets some pass."""
    denials = [_denying(trial) for trial in row]
    concerned = [c for c in policy.program.clauses if any(c in found for found in denials)]
    for one, other in combinations(concerned, 2):
        if all(one in found or other in found for found in denials):
            alone = [{one, other} & found for found in denials]
            if {one} in alone and {other} in alone:
                yield one, other


def _is_open(values: Sequence[Any], denials: Sequence[tuple[bool, bool]]) -> bool:
    """Whether enough was tried of a field with endlessly many values to say that none satisfies both clauses.

    Numbers were tried beside every limit of the program, and between two limits nothing changes. Of texts some other
    one might do, unless the two clauses are each other's opposite on all that were tried.
    """
    numbers = {value for value in values if isinstance(value, int | float) and not isinstance(value, bool)}
    texts = {value for value in values if isinstance(value, str)}
    if len(numbers) >= _FEWEST_NUMBERS and not texts:
        return True
    return len(texts) >= _FEWEST_TEXTS and all(one != other for one, other in denials)


def _ranked(policy: Policy) -> bool:
    """Whether the request lets one clause silence others, so that two may be opposites without a conflict."""
    return any(_ALONE.search(policy.quote(clause)) for clause in policy.program.clauses)


# Words by which a request says that a clause is to be the only one that is reported.
_ALONE = re.compile(
    r"\b(?:alone|only (?:this|that|reason|ground|rule)|under this (?:rule|clause) only|no further|no other"
    r"|nothing else|not (?:checked|reported|looked at))\b",
    re.IGNORECASE,
)
_ABSENT = object()


def _value_at(event: Any, pointer: str) -> Any:
    value = event
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return _ABSENT
    return value


def _denying(trial: Trial) -> frozenset[str]:
    return frozenset(f.clause for f in trial.findings if f.outcome == "violation" and f.remedy == "deny")


def _remedy(trial: Trial, clause: str) -> str:
    """What the violation of a clause asks for; empty where it is not violated."""
    return next((f.remedy for f in trial.findings if f.clause == clause and f.outcome == "violation"), "")


def _conflict(kind: str, clauses: tuple[str, str], text: str, shown: Sequence[Trial]) -> Conflict:
    # An example says more to a reader than a made-up event, and a short one more than a long one.
    trial = min(shown, key=lambda t: (t.example is None, len(t.event.canonical)))
    where = f"example `{trial.example.id}`" if trial.example else f"event {trial.event.canonical}"
    return Conflict.model_validate(
        {"kind": kind, "clauses": clauses, "event": trial.event.payload, "text": f"{text}; see {where}"}
    )


def _quoted(policy: Policy, clause: str) -> str:
    line = " ".join(policy.quote(clause).split())
    return f"`{clause}` (“{line}”)" if len(line) <= _SHOWN else f"`{clause}` (“{line[: _SHOWN - 1]}…”)"


__all__ = ["Conflicts", "conflicted", "conflicts"]
