"""Which of our clauses stand for which gold clause: by the characters that their spans share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from guardagent.types import Clause, ClauseReport

Fate = Literal["enforced", "declared", "lost"]
"""`lost`: neither enforced nor reported as not enforced, e.g. a rule that was taken for a definition."""

Spans = Mapping[str, tuple[int, int]]


def gold_of(clauses: Sequence[Clause], gold: Spans) -> dict[str, str]:
    """For each of our clauses that touches a gold one, the gold clause that it shares most characters with."""
    found = {}
    for clause in clauses:
        shared = {name: _shared((clause.start, clause.end), span) for name, span in gold.items()}
        best = max(shared, key=lambda name: shared[name], default="")
        if best and shared[best]:
            found[clause.id] = best
    return found


def fates(clauses: Sequence[Clause], reports: Sequence[ClauseReport], gold: Spans) -> dict[str, Fate]:
    """What became of each gold clause, from the reports on ours that share at least half of either's characters."""
    status = {report.clause: report.status for report in reports}
    found: dict[str, Fate] = {}
    for name, span in gold.items():
        ours = [status.get(clause.id, "NOT_TRANSLATABLE") for clause in clauses if _belongs(clause, span)]
        relevant = [one for one in ours if one != "DEFINITION"]
        if any(one != "ENFORCED" for one in relevant):
            found[name] = "declared"
        else:
            found[name] = "enforced" if relevant else "lost"
    return found


def _belongs(clause: Clause, span: tuple[int, int]) -> bool:
    shared = _shared((clause.start, clause.end), span)
    return 2 * shared >= min(clause.end - clause.start, span[1] - span[0]) > 0


def _shared(one: tuple[int, int], other: tuple[int, int]) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))
