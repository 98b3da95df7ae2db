"""Guard: every way in which a check can go wrong ends in a failed decision, and none of them raises or allows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.clock import FixedClock, new_id
from guardagent.errors import FactError, PolicyError
from guardagent.guard import UNRECORDED, Guard
from guardagent.ports import Answer, RunCase, RunResult
from guardagent.store.fake import MemoryDecisionLog
from guardagent.types import Clause, Decision, Event, FactSpec, Failure, Policy, Program, Waiver
from tests.support.runners import Answers, ScriptedFacts, ScriptedRunner, all_pass, violates

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SCHEMA = '{"type":"object","required":["user"],"properties":{"user":{"type":"object","required":["role"]}}}'
EVENT: dict[str, Any] = {"agent": "ehr", "stage": "output", "user": {"role": "nurse"}}
SECRET = "patient-0815"
FACT = FactSpec(name="topic", kind="judgement", fields=("/user/role",), question="Lab?", choices=("lab", "other"))


def policy(name: str = "access", **changes: Any) -> Policy:
    program = Program(source="", digest=name, clauses=("c1",), toolbox_version="1", facts=changes.pop("facts", ()))
    clause = Clause(id="c1", text="Nurses read nothing.", start=0, end=20)
    given = {"name": name, "program": program, "clauses": (clause,), "agent": "ehr", "event_schema_json": SCHEMA}
    return Policy.model_validate(given | changes)


def guard(*policies: Policy, answers: Answers = all_pass, **parts: Any) -> Guard:
    given: dict[str, Any] = {"runner": ScriptedRunner(answers), "facts": ScriptedFacts(), "clock": FixedClock(NOW)}
    return Guard(policies=policies or (policy(),), **(given | parts))


def raises(error: Exception) -> Callable[..., Any]:
    def fail(*_given: Any) -> Any:
        raise error

    return fail


class BrokenLog:
    def append(self, decision: Decision) -> None:
        raise OSError(SECRET)


def failure_of(decision: Decision) -> Failure:
    assert decision.failed
    assert decision.effect == "deny"
    assert decision.failure is not None
    assert SECRET not in decision.model_dump_json()
    return decision.failure


def test_an_event_that_no_clause_objects_to_is_allowed() -> None:
    decision = guard().check(EVENT)
    assert (decision.effect, decision.failed, decision.failure) == ("allow", False, None)
    assert [f.outcome for f in decision.findings] == ["pass"]


def test_a_violation_denies_with_the_sentence_and_the_revision() -> None:
    enforced = policy()
    decision = guard(enforced, answers=violates()).check(EVENT)
    assert (decision.effect, decision.failed) == ("deny", False)
    assert decision.violations[0].quote == "Nurses read nothing."
    assert [(use.name, use.revision) for use in decision.policies] == [("access", enforced.revision)]
    assert decision.event_digest == Event.of(EVENT).digest
    assert decision.at == NOW


@pytest.mark.parametrize(
    "event",
    [
        "{",
        b"\xff\xfe",
        "[]",
        f'{{"agent": "ehr", "agent": "{SECRET}"}}',
        {"stage": "output"},
        {"agent": "ehr", "stage": SECRET},
        {"agent": "ehr", "stage": "output", "x": float("nan")},
        {"agent": "ehr", "stage": "output", "x": object()},
        {1: SECRET},
        7,
        None,
    ],
)
def test_a_broken_event_is_a_failed_decision(event: Any) -> None:
    assert failure_of(guard().check(event)).code == "invalid_event"


@pytest.mark.parametrize("extra", [float("nan"), object(), 10**16, "x" * 70_000, {1: 2}])
def test_an_event_that_was_built_by_hand_is_looked_at_like_any_other(extra: object) -> None:
    event = Event.model_validate(EVENT | {"extra": extra})
    assert failure_of(guard().check(event)).code == "invalid_event"
    assert guard().check(Event.model_validate(EVENT)).effect == "allow"


def test_a_broken_event_keeps_the_labels_that_can_be_trusted() -> None:
    decision = guard().check({"agent": "ehr", "stage": "output", "x": object()})
    assert (decision.agent, decision.stage) == ("ehr", "output")
    unreadable = guard().check("{")
    assert (unreadable.agent, unreadable.stage) == ("unknown", "unknown")
    steering = guard().check({"agent": "ehr\x1b[2J", "stage": "nope"})
    assert (steering.agent, steering.stage) == ("unknown", "unknown")


def test_a_missing_field_is_a_failed_decision_that_names_the_place() -> None:
    failure = failure_of(guard().check({"agent": "ehr", "stage": "output", "user": {"name": SECRET}}))
    assert (failure.code, failure.message) == ("invalid_event", "event: `/user`: `role` is missing")


def test_an_event_without_a_policy_is_a_failed_denial() -> None:
    for nobody in ({"agent": "other", "stage": "output"}, {"agent": "ehr", "stage": "input"}):
        failure = failure_of(guard(policy(stages=["output"])).check(nobody))
        assert failure.code == "no_policy"
        assert "`ehr`" in failure.message
    assert failure_of(guard(policy(mode="off")).check(EVENT)).code == "no_policy"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"answers": raises(ValueError(SECRET))}, "internal"),
        ({"answers": lambda _p, _c: RunResult(failure=Failure(code="timeout", message="slow"))}, "timeout"),
        ({"answers": lambda _p, _c: "allow"}, "internal"),
        ({"log": BrokenLog()}, "unavailable"),
    ],
)
def test_what_breaks_on_the_way_is_a_failed_denial(parts: dict[str, Any], code: str) -> None:
    assert failure_of(guard(**parts).check(EVENT)).code == code


@pytest.mark.parametrize(
    "answered", [(), None, 1, iter([RunResult()]), {}], ids=["none", "nothing", "number", "iterator", "dict"]
)
def test_a_runner_that_answers_too_little_or_no_results_is_a_failed_denial(answered: Any) -> None:
    class Odd(ScriptedRunner):
        def run(self, program: Program, cases: Any, *, tenant: str = "") -> Any:
            return answered

    assert failure_of(guard(runner=Odd()).check(EVENT)).code == "bad_reply"


@pytest.mark.parametrize(
    ("error", "code"), [(FactError("fact `topic`: no"), "fact_failed"), (KeyError(SECRET), "fact_failed")]
)
def test_a_fact_that_cannot_be_had_is_a_failed_denial(error: Exception, code: str) -> None:
    broken = guard(policy(facts=(FACT,)), answers=on_topic, facts=ScriptedFacts(error=error))
    assert failure_of(broken.check(EVENT)).code == code


def test_on_error_of_the_policy_decides_what_a_failure_means() -> None:
    decision = guard(policy(on_error="escalate"), answers=raises(ValueError())).check(EVENT)
    assert (decision.effect, decision.failed) == ("escalate", True)


def on_topic(_program: Program, case: RunCase) -> RunResult:
    """The clause is violated when the topic is the lab."""
    topic = json.loads(case.facts).get("topic")
    return RunResult((Answer("c1", "violation", "deny", "no"),) if topic == "lab" else ())


def test_facts_reach_the_program_and_what_they_took_is_counted() -> None:
    decision = guard(policy(facts=(FACT,)), answers=on_topic, facts=ScriptedFacts({"topic": "lab"}, calls=1)).check(
        EVENT
    )
    assert decision.effect == "deny"
    assert decision.violations[0].evidence == ("/text",)
    assert (decision.model_calls, decision.model_tokens) == (1, 11)


def test_a_decision_that_is_not_recorded_is_not_allowed() -> None:
    decision = guard(policy(on_error="allow"), log=BrokenLog()).check(EVENT)
    assert failure_of(decision).code == "unavailable"
    assert UNRECORDED in decision.notes


def test_a_true_denial_stays_one_when_the_log_is_gone() -> None:
    decision = guard(answers=violates(), log=BrokenLog()).check(EVENT)
    assert (decision.effect, decision.failed) == ("deny", False)
    assert UNRECORDED in decision.notes


def test_a_decision_is_in_the_log_as_it_is_returned() -> None:
    log = MemoryDecisionLog()
    decisions = guard(log=log).check_many([EVENT, "{", EVENT])
    assert log.decisions == decisions


def test_a_batch_is_run_at_once_and_answers_stay_in_order() -> None:
    runner = ScriptedRunner()
    events: list[Any] = [EVENT, "{", EVENT | {"user": {}}, EVENT | {"agent": "other"}, EVENT]
    decisions = guard(runner=runner).check_many(events)
    codes = [d.failure.code if d.failure else "" for d in decisions]
    assert codes == ["", "invalid_event", "invalid_event", "no_policy", ""]
    assert runner.batches == [2]
    assert guard().check_many([]) == ()


def test_a_guard_refuses_policies_that_could_not_be_told_apart_or_enforce_nothing() -> None:
    with pytest.raises(PolicyError, match="given twice"):
        guard(policy(), policy())
    empty = Program(source="", digest="", clauses=(), toolbox_version="1")
    with pytest.raises(PolicyError, match="no clause"):
        guard(policy(program=empty))
    with pytest.raises(PolicyError, match="event schema"):
        guard(policy(event_schema_json='{"type": 1}'))


def test_waivers_and_a_missing_sandbox_are_said_with_every_decision() -> None:
    waiver = Waiver(clause="c2", reason="later")
    decision = guard(policy(waivers=(waiver,)), runner=ScriptedRunner(confinement="language"), notes=["x"]).check(EVENT)
    assert decision.policies[0].waivers == (waiver,)
    assert decision.notes == ("x", "programs run without kernel confinement (`language`)")


def test_compile_needs_a_translator() -> None:
    with pytest.raises(PolicyError, match="no translator"):
        asyncio.run(guard().compile(None))  # type: ignore[arg-type]


def test_ids_are_unique_and_sort_by_time() -> None:
    ids = [new_id(NOW + timedelta(milliseconds=n)) for n in range(50)]
    assert ids == sorted(set(ids))
    assert new_id(NOW) != new_id(NOW)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["agent", "stage", "user", "x"]), json_values) | st.text() | st.binary())
def test_no_event_makes_a_check_raise_or_be_allowed_by_accident(event: Any) -> None:
    decision = guard(answers=violates()).check(event)
    assert decision.effect == "deny"


def test_a_guard_runs_its_programs_for_its_tenant() -> None:
    runner = ScriptedRunner()
    guard(runner=runner, tenant="clinic").check(EVENT)
    asyncio.run(guard(runner=runner, tenant="bank").acheck(EVENT))
    guard(runner=runner).check(EVENT)
    assert runner.tenants == ["clinic", "bank", ""]


class Coroutines(ScriptedRunner):
    """A runner that coroutines ask directly."""

    def run(self, program: Program, cases: Any, *, tenant: str = "") -> tuple[RunResult, ...]:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        return super().run(program, cases, tenant=tenant)

    async def arun(self, program: Program, cases: Any, *, tenant: str = "") -> tuple[RunResult, ...]:
        await asyncio.sleep(0)
        return super().run(program, cases, tenant=f"async {tenant}")


@pytest.mark.parametrize("runner", [ScriptedRunner, Coroutines])
@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"answers": violates()},
        {"answers": raises(ValueError(SECRET))},
        {"answers": lambda _p, _c: RunResult(failure=Failure(code="timeout", message="slow"))},
        {"answers": on_topic, "facts": ScriptedFacts(error=FactError("fact `topic`: no"))},
        {"answers": on_topic, "facts": ScriptedFacts({"topic": "lab"}, calls=1)},
        {"answers": on_topic, "facts": ScriptedFacts({"topic": "unclear"}, calls=1)},
        {"log": MemoryDecisionLog()},
        {"log": BrokenLog()},
    ],
)
def test_coroutines_get_the_same_decisions(runner: type[ScriptedRunner], parts: dict[str, Any]) -> None:
    given = {"ids": lambda _now: "id", **parts}
    answers = given.pop("answers", all_pass)
    policies = policy(facts=(FACT,)), policy("second")
    judging = guard(*policies, runner=runner(answers), **given)
    events: list[Any] = [EVENT, "{", EVENT | {"user": {}}, EVENT | {"agent": "other"}, EVENT]
    unlike = {"timings"}
    decided = [decision.model_dump(exclude=unlike) for decision in judging.check_many(events)]
    assert [d.model_dump(exclude=unlike) for d in asyncio.run(judging.acheck_many(events))] == decided
    assert asyncio.run(judging.acheck(EVENT)).model_dump(exclude=unlike) == decided[0]


def test_a_runner_for_coroutines_is_asked_without_a_thread() -> None:
    runner = Coroutines()
    asyncio.run(guard(runner=runner, tenant="clinic").acheck(EVENT))
    assert runner.tenants == ["async clinic"]


def test_a_cancelled_check_gives_no_decision() -> None:
    class Waits(Coroutines):
        async def arun(self, program: Program, cases: Any, *, tenant: str = "") -> tuple[RunResult, ...]:
            await asyncio.Event().wait()
            raise AssertionError

    log = MemoryDecisionLog()

    async def scenario() -> None:
        check = asyncio.create_task(guard(runner=Waits(), log=log).acheck(EVENT))
        await asyncio.sleep(0)
        check.cancel()
        with pytest.raises(asyncio.CancelledError):
            await check

    asyncio.run(scenario())
    assert log.decisions == ()
