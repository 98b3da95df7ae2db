"""From what programs answered to one outcome: pure, and closed against everything that went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, assert_never

from pydantic import ValidationError

from guardagent.ports import Answer, RunResult
from guardagent.types import Effect, Failure, Finding, Obligation, Policy, Remedy

_SEVERITY: dict[Effect, int] = {"allow": 0, "escalate": 1, "deny": 2}

NO_POLICY = Failure(code="no_policy", message="no policy applies to this agent and stage")


class PolicyVerdict(NamedTuple):
    """A policy beside what its program answered for one event."""

    policy: Policy
    result: RunResult


class Outcome(NamedTuple):
    """What all policies together say about one event."""

    effect: Effect
    failed: bool
    failure: Failure | None
    findings: tuple[Finding, ...]
    obligations: tuple[Obligation, ...]


class _Pull(NamedTuple):
    """One reason for an effect; a failure is set when the guard broke there."""

    effect: Effect
    failure: Failure | None = None


def findings_of(policy: Policy, result: RunResult) -> tuple[Finding, ...]:
    """One finding per clause of the program, each with the author's sentence; a clause without an answer passed.

    A failure of the whole run is an error of every clause. A waived clause is not enforced, whatever its function says.
    """
    waived = {waiver.clause for waiver in policy.waivers}
    found = _findings_of(policy, result)
    return tuple(_waived(policy, finding) if finding.clause in waived else finding for finding in found)


def _findings_of(policy: Policy, result: RunResult) -> tuple[Finding, ...]:
    quotes = {clause.id: clause.text for clause in policy.clauses}
    clauses = policy.program.clauses
    if result.failure is not None:
        return tuple(_error(policy, clause, quotes.get(clause, ""), result.failure) for clause in clauses)
    answered = {answer.clause for answer in result.answers}
    found = [_passed(policy.name, clause, quotes.get(clause, "")) for clause in clauses if clause not in answered]
    found.extend(_finding(policy, answer, quotes.get(answer.clause, "")) for answer in result.answers)
    return tuple(sorted(found, key=_by_clause))


def combine(verdicts: Iterable[PolicyVerdict]) -> Outcome:
    """The one outcome of all verdicts: deny overrides escalate, escalate overrides allow.

    Only policies in mode `enforce` move the effect; findings of those in `shadow` are listed. An error counts as its
    policy's `on_error`. `failed` says that a guard broke and that no violated clause denies.
    """
    # INVARIANT: order never matters; tests/core/test_combine.py shuffles.
    ordered = sorted((v for v in verdicts if v.policy.mode != "off"), key=_by_policy)
    if not ordered:
        return Outcome("deny", True, NO_POLICY, (), ())
    found = [(verdict, findings_of(verdict.policy, verdict.result)) for verdict in ordered]
    enforced = [(verdict, findings) for verdict, findings in found if verdict.policy.mode == "enforce"]
    pulls = [pull for verdict, findings in enforced for pull in _pulls(verdict, findings)]
    effect = _strongest(pulls)
    failure = _deciding_failure(pulls, effect)
    return Outcome(
        effect=effect,
        failed=failure is not None,
        failure=failure,
        findings=tuple(finding for _, findings in found for finding in findings),
        # A denied event is not used, so there is nothing left to redact in it.
        obligations=tuple(o for v, _ in enforced for o in _obligations(v)) if effect != "deny" else (),
    )


def _strongest(pulls: Sequence[_Pull]) -> Effect:
    strongest: Effect = "allow"
    for pull in pulls:
        if _SEVERITY[pull.effect] > _SEVERITY[strongest]:
            strongest = pull.effect
    return strongest


def _pulls(verdict: PolicyVerdict, findings: Iterable[Finding]) -> Iterable[_Pull]:
    policy, result = verdict
    if result.failure is not None:
        yield _Pull(policy.on_error, result.failure)
        return
    for finding in findings:
        match finding.outcome:
            case "pass" | "not_applicable":
                continue
            case "violation":
                yield _Pull(_effect_of(finding.remedy))
            case "error":
                yield _Pull(policy.on_error, finding.failure)
            case _ as never:
                assert_never(never)


def _effect_of(remedy: Remedy) -> Effect:
    match remedy:
        case "deny":
            return "deny"
        case "escalate":
            return "escalate"
        case "redact":
            return "allow"
        case _ as never:
            assert_never(never)


def _deciding_failure(pulls: Sequence[_Pull], effect: Effect) -> Failure | None:
    """The failure to show, or None when nothing broke or a violated clause truly denies."""
    if any(pull.effect == "deny" and pull.failure is None for pull in pulls):
        return None
    broken = [pull for pull in pulls if pull.failure is not None]
    if not broken:
        return None
    # The one behind the effect first; else any, so that an allowed event still says that a guard broke.
    first = min(broken, key=lambda pull: (pull.effect != effect, _by_failure(pull.failure)))
    return first.failure


def _finding(policy: Policy, answer: Answer, quote: str) -> Finding:
    fault = answer.failure or _fault(policy, answer)
    if fault is not None:
        return _error(policy, answer.clause, quote, fault)
    try:
        return Finding.model_validate(
            {
                "policy": policy.name,
                "clause": answer.clause,
                "quote": quote,
                "outcome": answer.outcome,
                "remedy": answer.remedy,
                "message": answer.message,
                "details": answer.details,
                "evidence": answer.evidence,
            }
        )
    except ValidationError:
        return _error(policy, answer.clause, quote, _bad_reply("an answer that is not of the agreed form"))


def _fault(policy: Policy, answer: Answer) -> Failure | None:
    """What is wrong with an answer that itself claims to be fine."""
    if answer.outcome == "error":
        return _bad_reply("an error without a reason")
    if answer.clause not in policy.program.clauses:
        return _bad_reply("an answer for a clause that the program does not have")
    if answer.outcome == "violation" and answer.remedy == "redact" and not answer.redactions:
        # Allowed with nothing to redact would let the violation through.
        return Failure(code="bad_answer", message="a redaction names no text to redact")
    return None


def _error(policy: Policy, clause: str, quote: str, failure: Failure) -> Finding:
    return Finding(
        policy=policy.name, clause=clause, quote=quote, outcome="error", message=failure.message, failure=failure
    )


@lru_cache(maxsize=4096)
def _passed(policy: str, clause: str, quote: str) -> Finding:
    """Most findings of most checks are passes; findings are frozen, so one serves every check."""
    return Finding(policy=policy, clause=clause, quote=quote, outcome="pass")


def _waived(policy: Policy, finding: Finding) -> Finding:
    return Finding(
        policy=policy.name, clause=finding.clause, quote=finding.quote, outcome="not_applicable", message="waived"
    )


def _bad_reply(what: str) -> Failure:
    return Failure(code="bad_reply", message=f"the runner gave {what}")


def _obligations(verdict: PolicyVerdict) -> Iterable[Obligation]:
    policy, result = verdict
    if result.failure is not None:
        return
    waived = {waiver.clause for waiver in policy.waivers}
    for answer in result.answers:
        if answer.outcome == "violation" and answer.remedy == "redact" and answer.clause not in waived:
            for pointer, start, end in answer.redactions:
                yield Obligation(pointer=pointer, start=start, end=end, policy=policy.name, clause=answer.clause)


def _by_policy(verdict: PolicyVerdict) -> tuple[str, ...]:
    policy = verdict.policy
    return policy.name, policy.program.digest, policy.mode, policy.on_error, repr(verdict.result)


def _by_clause(finding: Finding) -> tuple[int, str]:
    digits = finding.clause[1:]
    return (int(digits) if digits.isdecimal() else 0), finding.clause


def _by_failure(failure: Failure | None) -> tuple[str, str]:
    return (failure.code, failure.message) if failure else ("", "")
