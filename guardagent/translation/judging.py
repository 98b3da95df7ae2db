"""What the program said to an example, beside what was expected; wrong answers put into words for the coder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from guardagent.combine import Outcome, PolicyVerdict, combine
from guardagent.ports import Answer, RunResult
from guardagent.translation.trials import Trial
from guardagent.types import (
    Clause,
    Example,
    ExampleResult,
    Failure,
    GuardRequest,
    Plan,
    Policy,
    Program,
    canonical_json,
)


class Judged(NamedTuple):
    """One example with its trial and its result."""

    example: Example
    trial: Trial
    result: ExampleResult


def draft_policy(request: GuardRequest, clauses: Sequence[Clause], program: Program) -> Policy:
    """The policy that publishing the draft would put in force; always enforcing, so that its effect shows."""
    return Policy(
        name=request.name,
        program=program,
        clauses=tuple(clauses),
        agent=request.agent.name,
        stages=request.stages,
        on_error=request.on_error,
        allow_judgement=request.allow_judgement,
        unclear=request.unclear,
        judge_denied=request.judge_denied,
        event_schema_json=canonical_json(request.agent.event_schema),
    )


def judge(policy: Policy, trial: Trial, example: Example) -> Judged:
    """The result of an example that was run."""
    outcome = combine([PolicyVerdict(policy, trial.result)])
    violated = _violated(outcome)
    result = ExampleResult(
        id=example.id,
        origin=example.origin,
        expect=example.expect,
        expect_violated=example.violated,
        effect=outcome.effect,
        failed=outcome.failed,
        violated=violated,
        problem=_problem(policy, example, outcome),
    )
    return Judged(example, trial, result)


def given_up_for(policy: Policy, plan: Plan, judged: Judged) -> tuple[str, ...]:
    """The rules that the plan gave up and by which the author may mean the example to be denied; empty for any other.

    Of a label that names no clause nobody can tell whether an enforced one missed it.
    """
    example, result = judged.example, judged.result
    if example.origin != "author" or example.violated or example.expect != "deny":
        return ()
    if result.failed or result.effect == "deny":
        return ()
    gaps = {gap.clause for gap in plan.gaps if not gap.explains}
    return tuple(clause.id for clause in policy.clauses if clause.kind == "rule" and clause.id in gaps)


def explained(policy: Policy, plan: Plan, judged: Judged) -> Judged:
    """The example, with what its author can do where it may be about a rule that is not enforced."""
    clauses = given_up_for(policy, plan, judged)
    if not clauses:
        return judged
    named = " or ".join(f"`{clause}`" for clause in clauses)
    told = f"it may be denied by {named}, which is not enforced; name the clause in `violated`"
    result = judged.result.model_copy(update={"problem": f"{judged.result.problem}; {told}"})
    return judged._replace(result=result)


def unjudged(request: GuardRequest, example: Example, problem: str) -> ExampleResult:
    """The result of an example that no program could be asked about."""
    return ExampleResult(
        id=example.id,
        origin=example.origin,
        expect=example.expect,
        expect_violated=example.violated,
        effect=request.on_error,
        failed=True,
        problem=problem,
    )


def holds_without(policy: Policy, judged: Judged, clause: str) -> bool:
    """Whether the example would still be right if the function of `clause` were dropped."""
    return right_with(policy, judged, clause, None)


def right_with(policy: Policy, judged: Judged, clause: str, answer: Answer | None) -> bool:
    """Whether the example would be right if `clause` said `answer`, None being a pass."""
    kept = tuple(one for one in judged.trial.result.answers if one.clause != clause)
    answers = kept if answer is None else (*kept, answer)
    outcome = combine([PolicyVerdict(policy, RunResult(answers=answers))])
    return _problem(policy, judged.example, outcome) == ""


def _violated(outcome: Outcome) -> tuple[str, ...]:
    return tuple(finding.clause for finding in outcome.findings if finding.outcome == "violation")


def _problem(policy: Policy, example: Example, outcome: Outcome) -> str:
    """Empty for a right answer; else what was expected, what came, and which clauses made it so."""
    expected, fired = set(example.violated), set(_violated(outcome))
    if not outcome.failed and outcome.effect == example.expect and expected <= fired:
        return ""
    reasons = [*_broken(outcome), *_silent(policy, example, expected - fired), *_fired(outcome, expected)]
    wanted = _named(example.expect, example.violated)
    got = _named(outcome.effect, _violated(outcome))
    return f"expected {wanted}, got {got}" + (": " + "; ".join(reasons) if reasons else "")


def _named(effect: str, clauses: Sequence[str]) -> str:
    return f"{effect} by {', '.join(f'`{clause}`' for clause in clauses)}" if clauses else effect


def _broken(outcome: Outcome) -> Iterator[str]:
    broken = [finding for finding in outcome.findings if finding.failure]
    if outcome.failure and not broken:
        yield failure_text(outcome.failure)
    for finding in broken:
        yield f"clause `{finding.clause}` broke: {failure_text(finding.failure)}"


def _silent(policy: Policy, example: Example, clauses: set[str]) -> Iterator[str]:
    for clause in example.violated:
        if clause in clauses:
            yield f"clause `{clause}` found nothing ({_short(policy.quote(clause))})"


def _fired(outcome: Outcome, expected: set[str]) -> Iterator[str]:
    """The violations that were not asked for; they may be the reason for the wrong effect."""
    for finding in outcome.findings:
        if finding.outcome == "violation" and finding.clause not in expected:
            yield f"clause `{finding.clause}` fired ({_short(finding.quote)}): {finding.message}"


def failure_text(failure: Failure | None) -> str:
    """A failure as its code and message."""
    return f"{failure.code}: {failure.message}" if failure else "unknown failure"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= 160 else f"“{line[:160]}…”"
