"""What many answers come to: the invariants of combining, on made-up verdicts."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.combine import PolicyVerdict, combine, findings_of
from guardagent.ports import Answer, RunResult
from guardagent.types import Clause, Effect, Failure, Mode, Policy, Program, Waiver

CLAUSES = ("c1", "c2", "c3")
SEVERITY = {"allow": 0, "escalate": 1, "deny": 2}
TIMEOUT = Failure(code="timeout", message="too slow")
BUDGET = Failure(code="budget", message="too many steps")


def policy(name: str = "p", *, mode: Mode = "enforce", on_error: Effect = "deny") -> Policy:
    program = Program(source="", digest="d", clauses=CLAUSES, toolbox_version="1")
    clauses = tuple(Clause(id=c, text=f"Sentence {c}.", start=0, end=1) for c in CLAUSES)
    return Policy(name=name, program=program, clauses=clauses, agent="a", mode=mode, on_error=on_error)


def violation(clause: str = "c1", remedy: str = "deny") -> Answer:
    spans = (("/output", None, None),) if remedy == "redact" else ()
    return Answer(clause, "violation", remedy, "no", evidence=("/user/role",), redactions=spans)


def broken(clause: str = "c1") -> Answer:
    return Answer(clause, "error", failure=TIMEOUT)


def verdict(*answers: Answer, mode: Mode = "enforce", on_error: Effect = "deny", name: str = "p") -> PolicyVerdict:
    return PolicyVerdict(policy(name, mode=mode, on_error=on_error), RunResult(answers))


answers = st.one_of(
    st.builds(violation, st.sampled_from(CLAUSES), st.sampled_from(["deny", "escalate", "redact"])),
    st.builds(broken, st.sampled_from(CLAUSES)),
    st.builds(Answer, st.sampled_from(CLAUSES), st.just("not_applicable")),
)
results = st.one_of(
    st.builds(RunResult, st.lists(answers, max_size=3).map(tuple)),
    st.builds(RunResult, st.just(()), st.sampled_from([TIMEOUT, BUDGET])),
)
modes: st.SearchStrategy[Mode] = st.sampled_from(("enforce", "shadow", "off"))
effects: st.SearchStrategy[Effect] = st.sampled_from(("allow", "deny", "escalate"))


@st.composite
def verdicts(draw: st.DrawFn, mode: Mode | None = None, on_error: Effect | None = None) -> PolicyVerdict:
    made = policy(
        draw(st.sampled_from("pqr")),
        mode=draw(modes) if mode is None else mode,
        on_error=draw(effects) if on_error is None else on_error,
    )
    return PolicyVerdict(made, draw(results))


@given(st.lists(verdicts(), max_size=5), st.randoms(use_true_random=False))
def test_order_never_matters(found: list[PolicyVerdict], rng: random.Random) -> None:
    shuffled = found[:]
    rng.shuffle(shuffled)
    assert combine(shuffled) == combine(found)


@given(st.lists(verdicts(), min_size=1, max_size=4), verdicts())
def test_another_policy_never_turns_a_denial_into_allow(found: list[PolicyVerdict], another: PolicyVerdict) -> None:
    before = combine(found)
    after = combine([*found, another])
    if any(v.policy.mode != "off" for v in found):
        assert SEVERITY[after.effect] >= SEVERITY[before.effect]


@given(st.lists(verdicts(mode="enforce", on_error="deny"), min_size=1, max_size=4))
def test_an_error_never_allows_under_on_error_deny(found: list[PolicyVerdict]) -> None:
    outcome = combine(found)
    if any(f.outcome == "error" for f in outcome.findings) or any(v.result.failure for v in found):
        assert outcome.effect == "deny"


@given(st.lists(verdicts(mode="enforce"), min_size=1, max_size=3), st.lists(verdicts(mode="shadow"), max_size=3))
def test_shadow_policies_never_change_the_answer(found: list[PolicyVerdict], shadow: list[PolicyVerdict]) -> None:
    alone, together = combine(found), combine([*found, *shadow])
    assert together._replace(findings=()) == alone._replace(findings=())
    assert len(together.findings) == len(alone.findings) + sum(len(findings_of(*v)) for v in shadow)


@given(st.lists(verdicts(), max_size=5))
def test_a_true_denial_is_never_called_failed(found: list[PolicyVerdict]) -> None:
    outcome = combine(found)
    enforced = {v.policy.name for v in found if v.policy.mode == "enforce"} - {
        v.policy.name for v in found if v.policy.mode != "enforce"
    }
    denials = [f for f in outcome.findings if f.outcome == "violation" and f.remedy == "deny" and f.policy in enforced]
    if denials:
        assert (outcome.effect, outcome.failed, outcome.failure) == ("deny", False, None)
    assert outcome.failed == (outcome.failure is not None)


@dataclass(frozen=True)
class Case:
    note: str
    verdicts: tuple[PolicyVerdict, ...]
    effect: Effect
    failed: str = ""
    obligations: int = 0


CASES = [
    Case("nothing applies", (), "deny", "no_policy"),
    Case("only a policy that is off", (verdict(mode="off"),), "deny", "no_policy"),
    Case("all pass", (verdict(),), "allow"),
    Case("only shadow", (verdict(violation(), mode="shadow"),), "allow"),
    Case("violation", (verdict(violation()),), "deny"),
    Case("escalation", (verdict(violation(remedy="escalate")),), "escalate"),
    Case("redaction", (verdict(violation(remedy="redact")),), "allow", obligations=1),
    Case("redaction beside escalation", (verdict(violation("c1", "redact"), violation("c2", "escalate")),), "escalate",
         obligations=1),
    Case("redaction beside denial", (verdict(violation("c1", "redact"), violation("c2")),), "deny"),
    Case("error", (verdict(broken()),), "deny", "timeout"),
    Case("error, on_error escalate", (verdict(broken(), on_error="escalate"),), "escalate", "timeout"),
    Case("error, on_error allow", (verdict(broken(), on_error="allow"),), "allow", "timeout"),
    Case("error beside violation", (verdict(broken("c1"), violation("c2")),), "deny"),
    Case("error beside escalation", (verdict(broken("c1"), violation("c2", "escalate")),), "deny", "timeout"),
    Case("lenient error beside escalation", (verdict(broken("c1"), violation("c2", "escalate"), on_error="allow"),),
         "escalate", "timeout"),
    Case("whole run failed", (PolicyVerdict(policy(), RunResult(failure=BUDGET)),), "deny", "budget"),
    Case("answers beside a failure of the run do not count",
         (PolicyVerdict(policy(on_error="allow"), RunResult((violation(),), BUDGET)),), "allow", "budget"),
    Case("unknown outcome", (verdict(Answer("c1", "fine")),), "deny", "bad_reply"),
    Case("unknown remedy", (verdict(Answer("c1", "violation", "shrug")),), "deny", "bad_reply"),
    Case("unknown clause", (verdict(Answer("c9", "pass")),), "deny", "bad_reply"),
    Case("error without a failure", (verdict(Answer("c1", "error")),), "deny", "bad_reply"),
    Case("pass with a failure", (verdict(Answer("c1", "pass", failure=TIMEOUT)),), "deny", "timeout"),
    Case("redaction of nothing", (verdict(Answer("c1", "violation", "redact")),), "deny", "bad_answer"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.note)
def test_case(case: Case) -> None:
    outcome = combine(case.verdicts)
    assert outcome.effect == case.effect
    assert (outcome.failure.code if outcome.failure else "") == case.failed
    assert outcome.failed == bool(case.failed)
    assert len(outcome.obligations) == case.obligations


def test_findings_quote_the_author_and_list_the_clauses_that_passed() -> None:
    findings = findings_of(policy(), RunResult((violation("c2"),)))
    assert [(f.clause, f.outcome, f.quote) for f in findings] == [
        ("c1", "pass", "Sentence c1."),
        ("c2", "violation", "Sentence c2."),
        ("c3", "pass", "Sentence c3."),
    ]
    assert findings[1].evidence == ("/user/role",)


def test_a_failed_run_is_an_error_of_every_clause() -> None:
    findings = findings_of(policy(), RunResult(failure=TIMEOUT))
    assert [(f.clause, f.outcome, f.failure) for f in findings] == [(c, "error", TIMEOUT) for c in CLAUSES]


@given(results)
def test_waived_clause_moves_nothing(result: RunResult) -> None:
    waived = policy().model_copy(update={"waivers": tuple(Waiver(clause=c, reason="known") for c in CLAUSES)})
    outcome = combine([PolicyVerdict(waived, result)])
    assert {finding.outcome for finding in outcome.findings} == {"not_applicable"} or not result.answers
    assert outcome.obligations == ()
    # A program that could not run at all is no matter of single clauses.
    assert (outcome.effect == "deny") == (result.failure is not None)
