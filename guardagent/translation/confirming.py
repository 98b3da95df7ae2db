"""What a person must confirm of a plan: how it reads sentences that no function of their own proves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from guardagent.types import Clause, ClauseReport, Example, ExampleResult, Gap, Plan

_UNTESTED_HINT = "enforce the sentences that it is read with, or say it as a rule of its own"


def carried_out(reports: Sequence[ClauseReport], plan: Plan) -> tuple[ClauseReport, ...]:
    """The reports, in which a sentence that is read with others stands no better than those others."""
    statuses = {report.clause: report.status for report in reports}
    gaps = {gap.clause: gap for gap in plan.gaps if gap.explains}
    return tuple(_weighed(report, gaps.get(report.clause), statuses) for report in reports)


def _weighed(report: ClauseReport, gap: Gap | None, statuses: Mapping[str, str]) -> ClauseReport:
    if gap is None or report.status != "DEFINITION":
        return report
    weak = [clause for clause in gap.explains if statuses.get(clause) != "ENFORCED"]
    if not weak:
        return report
    named = ", ".join(f"{clause} ({statuses.get(clause, 'missing')})" for clause in weak)
    status = "NOT_TRANSLATABLE" if len(weak) == len(gap.explains) else "UNTESTED"
    reason = f"it is read with {named}, so nothing shows that it is carried out: {gap.reason}"
    return report.model_copy(update={"status": status, "reason": reason, "hint": _UNTESTED_HINT})


def confirmations(
    plan: Plan,
    clauses: Sequence[Clause],
    original: Sequence[Clause],
    examples: Sequence[Example],
    results: Sequence[ExampleResult],
) -> tuple[str, ...]:
    """What the author must confirm, and how the deciding words were read."""
    return tuple(
        dict.fromkeys(
            [
                *_recast(plan, original),
                *_joined(plan),
                *_explained(plan, examples, results),
                *_readings(plan, clauses),
            ]
        )
    )


def _recast(plan: Plan, original: Sequence[Clause]) -> Iterator[str]:
    guessed = {clause.id: clause.kind for clause in original}
    for change in plan.recasts:
        if guessed.get(change.clause) not in (None, change.kind):
            yield (
                f"{change.clause} is read as a {change.kind}, though it looks like a {guessed[change.clause]} "
                f"({change.reason}): please confirm"
            )


def _joined(plan: Plan) -> Iterator[str]:
    for join in plan.joins:
        yield f"{' and '.join(join.clauses)} are read as one rule, `{join.clauses[0]}` ({join.reason}): please confirm"


def _explained(plan: Plan, examples: Sequence[Example], results: Sequence[ExampleResult]) -> Iterator[str]:
    wrong = {result.id for result in results if result.problem}
    for gap in plan.gaps:
        if not gap.explains:
            continue
        shown = [one.id for one in examples if one.id not in wrong and _is_about(one, gap.clause)]
        if not shown:
            rules = ", ".join(gap.explains)
            yield f"{gap.clause} is read as a change to {rules} ({gap.reason}), and no example shows it: please confirm"


def _is_about(example: Example, clause: str) -> bool:
    """Whether an example was made to show what a clause changes: its id or note names the clause."""
    return re.search(rf"\b{clause}\b", f"{example.id} {example.note}") is not None


def _readings(plan: Plan, clauses: Sequence[Clause]) -> Iterator[str]:
    """One line per rule whose deciding words were read, under the clause in which they stand."""
    texts = {clause.id: " ".join(clause.text.split()).casefold() for clause in clauses}
    for step in plan.steps:
        for reading in step.readings:
            words = " ".join(reading.words.split())
            near = (*step.clauses, *step.takes_in, *texts)
            where = next((name for name in near if words.casefold() in texts.get(name, "")), "")
            if where:
                yield f"{where}: “{words}” is read as: {reading.means}"
