"""A fact that cannot be had stops the clauses that read it, and no others."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.errors import FactError
from guardagent.guard import Guard
from guardagent.ports import Answer, Judgement, Question, RunCase, RunResult
from guardagent.resolving import resolve_facts
from guardagent.types import Clause, Decision, Effect, Event, FactSpec, FactValue, Failure, Inspection, Policy, Program
from guardagent_toolbox.inprocess import InProcessRunner

SOURCE = """\
FACTS = {
    "topic": {"kind": "category", "fields": ["/input"], "labels": {"cars": ["car"]}, "default": "other"},
    "tone": {"kind": "category", "fields": ["/reply"], "labels": {"rude": ["fool"]}, "default": "other"},
}


def topic_is(facts, wanted):
    return facts["topic"] == wanted


def clause_c1(event, facts):
    if topic_is(facts, "cars"):
        return violation("cars")


def clause_c2(event, facts):
    if facts["tone"] == "rude":
        return violation("rude")


def clause_c3(event, facts):
    if value_at(event, "/amount", 0) > 5:
        return violation("too much")
"""
SECRET = "patient-0815"
FAILED = Failure(code="fact_failed", message="no")


class SomeFacts:
    """Knows the facts that it is given, and raises for the others."""

    judged_at = "nowhere"

    def __init__(self, error: Exception, **known: str) -> None:
        self._error, self._known = error, known

    def resolve(
        self, specs: Sequence[FactSpec], event: Event, *, allow_judgement: bool
    ) -> Mapping[str, FactValue | Question]:
        if any(spec.name not in self._known for spec in specs):
            raise self._error
        return {spec.name: self._known[spec.name] for spec in specs}

    async def judge(self, questions: Sequence[Question]) -> Judgement:
        raise self._error


def decided(error: Exception, event: dict[str, Any], on_error: str = "deny", **known: str) -> Decision:
    runner = InProcessRunner()
    program = Program.of(runner.inspect(SOURCE), toolbox_version="1")
    clauses = tuple(Clause(id=id, text=f"Rule {id}.", start=0, end=8) for id in program.clauses)
    policy = Policy.model_validate(
        {"name": "p", "program": program, "clauses": clauses, "agent": "a", "on_error": on_error}
    )
    guard = Guard(policies=[policy], runner=runner, facts=SomeFacts(error, **known))
    return guard.check({"agent": "a", "stage": "output", **event})


def outcomes(decision: Decision) -> list[str]:
    return [finding.outcome for finding in decision.findings]


@pytest.mark.parametrize("error", [FactError("fact `tone`: no"), KeyError(SECRET)])
def test_only_the_clauses_that_read_the_fact_fail(error: Exception) -> None:
    decision = decided(error, {"amount": 1}, topic="other")
    assert outcomes(decision) == ["pass", "error", "pass"]
    assert (decision.effect, decision.failed) == ("deny", True)
    assert "tone" in decision.findings[1].message
    assert SECRET not in decision.model_dump_json()


def test_a_true_violation_beside_a_failed_fact_denies_as_such() -> None:
    decision = decided(FactError("no"), {"amount": 9}, topic="cars")
    assert outcomes(decision) == ["violation", "error", "violation"]
    assert (decision.effect, decision.failed) == ("deny", False)


def test_on_error_allow_concerns_the_failed_clause_alone() -> None:
    assert decided(FactError("no"), {"amount": 9}, "allow", topic="other").effect == "deny"
    lenient = decided(FactError("no"), {"amount": 1}, "allow", topic="other")
    assert (lenient.effect, lenient.failed) == ("allow", True)


def test_without_any_fact_the_other_clauses_still_answer() -> None:
    assert outcomes(decided(FactError("no"), {"amount": 9})) == ["error", "error", "violation"]


_CLAUSES = ("c1", "c2", "c3")
_NAMES = ("f", "g", "h")
_SPECS = tuple(
    FactSpec(name=name, kind="judgement", fields=("/x",), question="?", choices=("yes", "no")) for name in _NAMES
)
_READ = st.lists(st.sampled_from(_NAMES), unique=True).map(tuple)


@given(
    st.dictionaries(st.sampled_from(_CLAUSES), _READ),
    st.dictionaries(st.sampled_from(_NAMES), st.sampled_from(["yes", "no", "unclear", "failed", "silent", "nonsense"])),
    st.sampled_from(["deny", "escalate", "allow"]),
    st.randoms(use_true_random=False),
)
def test_a_clause_passes_only_when_the_facts_that_it_turns_on_say_so(
    facts_of: dict[str, tuple[str, ...]], said: dict[str, str], unclear: Effect, rng: Random
) -> None:
    """Programs are tables: for each clause a random answer per combination of the facts that it reads."""
    inspection = Inspection(source="s", clauses=_CLAUSES, facts=_SPECS, facts_of=facts_of)
    program = Program.of(inspection, toolbox_version="1")
    clauses = tuple(Clause(id=id, text=f"Rule {id}.", start=0, end=8) for id in _CLAUSES)
    policy = Policy(name="p", program=program, clauses=clauses, agent="a", unclear=unclear, judge_denied=True)
    tables: dict[tuple[object, ...], bool] = {}

    def answer(clause: str, facts: Mapping[str, object]) -> bool:
        # A clause of which the compiler says nothing may read every fact.
        read = sorted(facts_of.get(clause, _NAMES))
        return tables.setdefault((clause, *(facts[name] for name in read)), rng.random() < 0.5)

    def run(_policy: Policy, cases: Sequence[RunCase]) -> list[RunResult]:
        tried = [json.loads(case.facts) for case in cases]
        return [RunResult(tuple(Answer(c, "violation") for c in _CLAUSES if answer(c, facts))) for facts in tried]

    event = Event.of({"agent": "a", "stage": "output"})
    (facts,) = resolve_facts(policy, [event], SaidFacts(said), run)
    (result,) = run(policy, [facts.case(event)])
    answers = {one.clause: one for one in facts.overrule(result).answers}
    known = {name: value for name, value in said.items() if value in ("yes", "no")}
    for clause in _CLAUSES:
        worlds = [dict(zip(_NAMES, values, strict=True)) for values in product(("yes", "no"), repeat=3)]
        possible = {answer(clause, world) for world in worlds if known.items() <= world.items()}
        told = answers.get(clause)
        if len(possible) == 1:
            assert (told is not None and told.outcome == "violation") == possible.pop()
        elif told is None:
            # Only where the model said of every fact in doubt that it cannot tell, and the author lets that pass.
            assert unclear == "allow"
            assert all(
                said.get(n) == "unclear" for n in facts_of.get(clause, _NAMES) if _matters(answer, clause, n, said)
            )
        else:
            assert told.outcome == "error" or (told.outcome, told.remedy) == ("violation", unclear)


def _matters(
    answer: Callable[[str, Mapping[str, object]], bool], clause: str, name: str, said: Mapping[str, str]
) -> bool:
    """Whether a fact that is not known can change the clause's answer."""
    worlds = [dict(zip(_NAMES, values, strict=True)) for values in product(("yes", "no"), repeat=3)]
    open_fact = said.get(name) not in ("yes", "no")
    return open_fact and any(
        answer(clause, world | {name: "yes"}) != answer(clause, world | {name: "no"}) for world in worlds
    )


class SaidFacts:
    """A judge that says what it is told to say, fails or keeps silent."""

    judged_at = "nowhere"

    def __init__(self, said: Mapping[str, str]) -> None:
        self._said = said

    def resolve(
        self, specs: Sequence[FactSpec], event: Event, *, allow_judgement: bool
    ) -> Mapping[str, FactValue | Question]:
        return {spec.name: Question(spec, {"/x": "text"}) for spec in specs}

    async def judge(self, questions: Sequence[Question]) -> Judgement:
        said = {q.spec.name: self._said.get(q.spec.name, "silent") for q in questions}
        failed = {name: FAILED for name, value in said.items() if value == "failed"}
        return Judgement({name: v for name, v in said.items() if v not in ("failed", "silent")}, failed)
