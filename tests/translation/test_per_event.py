"""The per-event guard plans, codes and runs for one event; whatever fails on the way is a failed verdict."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from guardagent.errors import FactError, MemoryStoreError
from guardagent.ports import RunResult
from guardagent.reasoners.endpoint import Endpoint
from guardagent.reasoners.openai import OpenAIReasoner
from guardagent.reasoners.scripted import ScriptedReasoner
from guardagent.translation import PerEventGuard, PerEventVerdict
from guardagent.types import Effect, Event, Gap, Plan
from guardagent_memory.fake import InMemoryDemonstrations
from guardagent_toolbox.docs import tool_docs
from guardagent_toolbox.inprocess import InProcessRunner
from tests.support import scripts
from tests.support.model_server import ModelServer, say
from tests.support.runners import ScriptedFacts, ScriptedRunner
from tests.translation.parts import (
    CLOSE,
    EXAMPLES,
    GOOD,
    NO_FACTS,
    PLAN,
    PLAN_WITH_GAP,
    REFUND,
    TOOLS,
    event,
    request,
    step,
)


def checked(reasoner: Any, of: dict[str, Any], *, on_error: Effect = "deny", **more: Any) -> PerEventVerdict:
    parts: dict[str, Any] = {
        "runner": InProcessRunner(),
        "facts": NO_FACTS,
        "demonstrations": InMemoryDemonstrations(),
        "tools": TOOLS,
        "toolbox_version": "test-1",
    } | more
    guard = PerEventGuard(reasoner=reasoner, **parts)
    return asyncio.run(guard.check(request(*EXAMPLES, on_error=on_error), Event.of(of)))


def scripted(*codes: str, plans: Sequence[Plan] = (PLAN,)) -> ScriptedReasoner:
    return ScriptedReasoner(plans=plans, codes=codes)


@pytest.mark.parametrize(
    ("of", "effect", "violated"),
    [
        (event(amount=501), "deny", ["c1"]),
        (event(amount=500), "allow", []),
        (event(name="close"), "deny", ["c2"]),
    ],
)
def test_the_event_is_judged_by_the_program_made_for_it(of: dict[str, Any], effect: str, violated: list[str]) -> None:
    reasoner = scripted(GOOD)
    verdict = checked(reasoner, of)
    assert (verdict.outcome.effect, verdict.outcome.failed, verdict.repairs) == (effect, False, 0)
    assert [f.clause for f in verdict.outcome.findings if f.outcome == "violation"] == violated
    assert [asked.step for asked in reasoner.asked] == ["plan", "code"]
    assert all(asked.brief.event == Event.of(of) for asked in reasoner.asked)
    assert verdict.plan == PLAN


def test_a_finding_quotes_the_authors_sentence() -> None:
    findings = checked(scripted(GOOD), event(amount=501)).outcome.findings
    assert findings[0].quote == "Refunds above 500 dollars must be denied."


def test_errors_go_back_to_the_coder_up_to_three_times() -> None:
    broken = REFUND + '\n\ndef clause_c2(event, facts):\n    return event["nothing"]\n'
    reasoner = scripted("import os\n", REFUND, broken, GOOD)
    verdict = checked(reasoner, event(amount=501))
    assert (verdict.outcome.effect, verdict.repairs) == ("deny", 3)
    complaints = [asked.complaints[0] for asked in reasoner.asked[2:]]
    assert complaints[0].startswith("line 1: ")
    assert complaints[1].startswith("clause `c2` has no function")
    assert complaints[2].startswith("clause `c2` broke on the event: program_error")


@pytest.mark.parametrize("on_error", ["deny", "escalate", "allow"])
def test_no_working_program_after_three_repairs_is_a_failed_verdict(on_error: Effect) -> None:
    verdict = checked(scripted(*["import os\n"] * 4), event(amount=1), on_error=on_error)
    assert (verdict.outcome.effect, verdict.outcome.failed) == (on_error, True)
    assert verdict.policy is None
    assert verdict.outcome.failure is not None
    assert verdict.outcome.failure.code == "rejected_program"


def test_a_clause_that_still_breaks_fails_the_verdict_but_a_violated_one_denies() -> None:
    broken = REFUND + '\n\ndef clause_c2(event, facts):\n    return event["nothing"]\n'
    verdict = checked(scripted(*[broken] * 4), event(amount=1))
    assert (verdict.outcome.effect, verdict.outcome.failed) == ("deny", True)
    verdict = checked(scripted(*[broken] * 4), event(amount=501))
    assert (verdict.outcome.effect, verdict.outcome.failed) == ("deny", False)


def test_a_rule_that_was_not_translated_cannot_pass_for_one_that_held() -> None:
    verdict = checked(scripted(REFUND, plans=[PLAN_WITH_GAP]), event(amount=1))
    assert (verdict.outcome.effect, verdict.outcome.failed) == ("deny", True)
    assert [(f.clause, f.outcome) for f in verdict.outcome.findings] == [("c1", "pass"), ("c2", "error")]
    verdict = checked(scripted(REFUND, plans=[PLAN_WITH_GAP]), event(amount=501))
    assert (verdict.outcome.effect, verdict.outcome.failed) == ("deny", False)


def test_a_rule_that_only_explains_another_is_no_error() -> None:
    explained = PLAN_WITH_GAP.gaps[0].model_copy(update={"explains": ("c1",)})
    verdict = checked(scripted(REFUND, plans=[Plan(steps=(step("c1"),), gaps=(explained,))]), event(amount=1))
    assert (verdict.outcome.effect, verdict.outcome.failed) == ("allow", False)


def test_a_plan_that_covers_nothing_is_a_failed_verdict() -> None:
    gaps = Plan(gaps=(Gap(clause="c1", reason="vague"), Gap(clause="c2", reason="vague")))
    verdict = checked(scripted(plans=[gaps]), event(amount=1))
    assert (verdict.outcome.effect, verdict.outcome.failed) == ("deny", True)


def test_a_faulty_plan_is_asked_for_again() -> None:
    reasoner = scripted(GOOD, plans=[Plan(steps=(step("c1"),)), PLAN])
    assert not checked(reasoner, event(amount=1)).outcome.failed
    assert reasoner.asked[1].complaints[0].startswith("clause `c2` stands in no step")


@pytest.mark.parametrize(
    ("of", "told"),
    [
        (event() | {"agent": "bank"}, "its agent is `bank`"),
        (event() | {"stage": "output"}, "does not apply at stage"),
        (event() | {"user": {}}, "`role` is missing"),
    ],
)
def test_an_event_that_the_policy_cannot_judge_fails_before_anything_is_asked(of: dict[str, Any], told: str) -> None:
    reasoner = scripted(GOOD)
    verdict = checked(reasoner, of)
    assert (verdict.outcome.effect, verdict.outcome.failed, reasoner.asked) == ("deny", True, [])
    assert verdict.outcome.failure is not None
    assert (verdict.outcome.failure.code, told in verdict.outcome.failure.message) == ("invalid_event", True)


class BrokenMemory(InMemoryDemonstrations):
    def search(self, request: str, specification: str, *, k: int = 4) -> Any:
        raise MemoryStoreError("memory: cannot be read")


FACTS = 'FACTS = {"mood": {"kind": "category", "fields": ["/user/role"], "labels": {"a": ["b"]}, "default": "c"}}\n'
ON_FACT = GOOD.replace("\n    if ", "\n    if facts['mood'] == 'a' and ")


@pytest.mark.parametrize(
    ("reasoner", "parts", "code"),
    [
        (scripted(), {}, "unavailable"),
        (scripted(plans=[]), {}, "unavailable"),
        (scripted(GOOD), {"demonstrations": BrokenMemory()}, "unavailable"),
        (scripted(*[FACTS + ON_FACT] * 4), {"facts": ScriptedFacts(error=FactError("fact `mood`: no"))}, "fact_failed"),
    ],
)
def test_whatever_fails_on_the_way_is_a_failed_verdict(reasoner: Any, parts: dict[str, Any], code: str) -> None:
    verdict = checked(reasoner, event(amount=900), **parts)
    assert (verdict.outcome.effect, verdict.outcome.failed) == ("deny", True)
    assert verdict.outcome.failure is not None
    assert verdict.outcome.failure.code == code


def test_what_judging_took_is_counted_with_the_verdict() -> None:
    facts = ScriptedFacts({"mood": "a"}, calls=1)
    verdict = checked(scripted(FACTS + ON_FACT), event(amount=900), facts=facts)
    assert (verdict.outcome.effect, verdict.outcome.failed, verdict.usage.calls) == ("deny", False, 1)
    assert checked(scripted(FACTS + ON_FACT), event(amount=1), facts=facts).usage.calls == 0


def test_a_runner_that_loses_the_answer_is_a_failed_verdict() -> None:
    class Forgetful(ScriptedRunner):
        def run(self, program: Any, cases: Any, *, tenant: str = "") -> tuple[RunResult, ...]:
            return ()

    verdict = checked(scripted(*[REFUND + CLOSE] * 4), event(amount=1), runner=Forgetful())
    assert (verdict.outcome.effect, verdict.outcome.failed) == ("deny", True)


def test_a_model_over_http_judges_one_event_in_two_calls() -> None:
    case = scripts.load("lending-desk")
    plan, code = case.script.plan[-1], case.script.code[-1]
    guard_example = next(example for example in case.request.examples if example.expect == "deny")
    with ModelServer(say(plan.model_dump_json()), say(code.model_dump_json())) as server:
        guard = PerEventGuard(
            reasoner=OpenAIReasoner(Endpoint(server.base_url, "key", "tiny", first_pause=0.01)),
            runner=InProcessRunner(),
            facts=NO_FACTS,
            demonstrations=InMemoryDemonstrations(),
            tools=tool_docs(),
            toolbox_version="test-1",
        )
        verdict = asyncio.run(guard.check(case.request, Event.of(guard_example.event)))
        assert len(server.requests) == 2
    assert (verdict.outcome.effect, verdict.outcome.failed) == ("deny", False)
