"""What became of each clause: from the plan, the program and the trials to one status with its reason."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from guardagent.translation.judging import Judged, failure_text, holds_without
from guardagent.translation.trials import Trial
from guardagent.types import Clause, ClauseReport, ClauseStatus, Gap, Plan, Policy, Program


class Evidence(NamedTuple):
    """What is known about a program after its trials."""

    policy: Policy
    plan: Plan
    trials: tuple[Trial, ...]
    judged: tuple[Judged, ...]
    # The author's examples that label one event in two ways.
    contradictory: frozenset[str]
    # Why a clause cannot be relied on, by clause id; e.g. an error on a generated event.
    broken: Mapping[str, str]


class _Verdict(NamedTuple):
    status: ClauseStatus
    reason: str = ""
    hint: str = ""


def clause_reports(clauses: Sequence[Clause], evidence: Evidence) -> tuple[ClauseReport, ...]:
    """The report of every clause, in order."""
    return tuple(_report(clause, evidence) for clause in clauses)


def located(reports: Sequence[ClauseReport], program: Program) -> tuple[ClauseReport, ...]:
    """The reports with the place of each function in the program, and the facts that it may read."""
    functions = {node.name: node for node in ast.parse(program.source).body if isinstance(node, ast.FunctionDef)}
    places = {
        clause: (node.lineno, node.end_lineno or node.lineno)
        for clause in program.clauses
        if (node := functions.get(f"clause_{clause}"))
    }
    return tuple(
        report.model_copy(
            update={"lines": places[report.clause], "facts": tuple(sorted(program.facts_read_by(report.clause)))}
        )
        if report.clause in places
        else report
        for report in reports
    )


def untranslated(clauses: Sequence[Clause], plan: Plan, reason: str) -> tuple[ClauseReport, ...]:
    """The reports where there is no program: gaps keep their own reason, the other rules get `reason`."""
    reports = []
    for clause in clauses:
        verdict = _without_program(clause, plan) or _Verdict("NOT_TRANSLATABLE", reason)
        reports.append(_as_report(clause, verdict, ()))
    return tuple(reports)


def _report(clause: Clause, evidence: Evidence) -> ClauseReport:
    exercised = tuple(j.example.id for j in evidence.judged if clause.id in j.trial.fired | set(j.example.violated))
    verdict = _without_program(clause, evidence.plan) or _tested(clause, evidence)
    return _as_report(clause, verdict, exercised)


def _as_report(clause: Clause, verdict: _Verdict, examples: tuple[str, ...]) -> ClauseReport:
    return ClauseReport(
        clause=clause.id,
        text=clause.text,
        status=verdict.status,
        reason=verdict.reason,
        hint=verdict.hint,
        examples=examples,
    )


def _without_program(clause: Clause, plan: Plan) -> _Verdict | None:
    """The verdict on a clause that no function is expected for."""
    if clause.kind != "rule":
        return _Verdict("DEFINITION", f"read as {clause.kind}: it explains, and forbids nothing by itself")
    gap: Gap | None = next((gap for gap in plan.gaps if gap.clause == clause.id), None)
    if gap and gap.explains:
        return _Verdict("DEFINITION", f"read with {', '.join(gap.explains)}: {gap.reason}")
    return _Verdict("NOT_TRANSLATABLE", gap.reason, gap.hint) if gap else None


def _tested(clause: Clause, evidence: Evidence) -> _Verdict:
    if clause.id not in evidence.policy.program.clauses:
        return _Verdict("NOT_TRANSLATABLE", "the program has no function for it")
    if clause.id in evidence.broken:
        return _Verdict("NOT_TRANSLATABLE", f"its function does not work: {evidence.broken[clause.id]}")
    return _vacuous(clause, evidence) or _contradicted(clause, evidence) or _mutated(clause, evidence)


def _vacuous(clause: Clause, evidence: Evidence) -> _Verdict | None:
    """The verdict on a clause that says the same to every event."""
    fired = [clause.id in trial.fired for trial in evidence.trials]
    tried = f"{len(fired)} events that were tried"
    if not any(fired):
        return _Verdict(
            "ALWAYS_ALLOW",
            f"it fired on none of the {tried}; it may be unable to fire",
            "add an example that only this sentence forbids",
        )
    compliant = [j for j in evidence.judged if j.example.expect == "allow" and clause.id not in j.example.violated]
    if all(fired) and compliant:
        return _Verdict(
            "ALWAYS_DENY", f"it fired on all of the {tried}, also on one that must be allowed", "say when it applies"
        )
    return None


def _contradicted(clause: Clause, evidence: Evidence) -> _Verdict | None:
    """The verdict on a clause about which an example of the author says something else."""
    for judged in evidence.judged:
        example = judged.example
        if example.origin != "author" or judged.result.failed:
            # Where the guard broke, no clause was asked.
            continue
        silent = clause.id in example.violated and clause.id not in judged.trial.fired
        stricter = example.expect != "deny" and judged.result.effect != example.expect
        unasked = stricter and clause.id in judged.trial.fired and clause.id not in example.violated
        concerned = clause.id in example.violated or clause.id in judged.trial.fired
        if example.id in evidence.contradictory and concerned:
            return _Verdict("CONFLICT", f"two examples contradict each other, one of them is `{example.id}`")
        if judged.result.problem and (silent or unasked):
            return _Verdict("CONFLICT", f"example `{example.id}`: {judged.result.problem}")
    return None


def _mutated(clause: Clause, evidence: Evidence) -> _Verdict:
    """Whether some example would notice that the clause is gone."""
    # What the program labelled itself proves nothing about it.
    right = [j for j in evidence.judged if not j.result.problem and j.example.origin != "program"]
    noticing = [j for j in right if clause.id in j.trial.fired and not holds_without(evidence.policy, j, clause.id)]
    if not noticing:
        fires = any(clause.id in judged.trial.fired for judged in evidence.judged)
        reason = "every example stays right without it" if fires else "no example violates it"
        return _Verdict("UNTESTED", reason, "add an example that only this sentence forbids")
    if all(judged.example.origin != "author" for judged in noticing):
        return _Verdict("ENFORCED", "tested only by proposed examples")
    return _Verdict("ENFORCED")


def broken_clauses(trials: Sequence[Trial]) -> dict[str, str]:
    """Why clauses cannot be relied on, by clause id: an error, or two answers to the same event."""
    found: dict[str, str] = {}
    for trial in trials:
        where = f"example `{trial.example.id}`" if trial.example else "a generated event"
        for finding in trial.broken:
            if finding.failure and finding.failure.code == "fact_failed":
                # The event lacks what the fact reads; that is the example's problem, not the function's.
                continue
            found.setdefault(finding.clause, f"{failure_text(finding.failure)} on {where}")
        for clause in trial.differing:
            found.setdefault(clause, f"it answered {where} in two ways")
    return found
