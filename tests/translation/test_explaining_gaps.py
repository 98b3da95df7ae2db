"""A clause that only changes how others are read has no function, and is not missing either."""

from __future__ import annotations

import asyncio

from guardagent.facts.resolver import Resolver
from guardagent.ports import Brief
from guardagent.reasoners.scripted import ScriptedReasoner
from guardagent.request import segment
from guardagent.translation.per_event import PerEventGuard
from guardagent.translation.planning import plan_problems, settled
from guardagent.types import AgentSpec, Event, Gap, GuardRequest, Plan, PlanStep
from guardagent_memory.embed import HashingEmbedder
from guardagent_memory.fake import InMemoryDemonstrations
from guardagent_toolbox.inprocess import InProcessRunner

TEXT = "1. A bid may be at most 50.\n2. Members may bid 80.\n3. Bids must be polite.\n"
REQUEST = GuardRequest(
    name="auction",
    text=TEXT,
    agent=AgentSpec(
        name="auction", event_schema={"type": "object", "properties": {"bid": {"type": "integer"}}, "required": ["bid"]}
    ),
)
BRIEF = Brief(request=REQUEST, clauses=segment(TEXT))
STEP = PlanStep(clauses=("c1",), summary="At most 50, members 80.", fields=("/bid",))
SOURCE = """
def clause_c1(event, facts):
    if event["bid"] > 50 and value_at(event, "/member") is not True:
        return violation("too high")
"""


def plan(*gaps: Gap) -> Plan:
    return Plan(steps=(STEP,), gaps=gaps)


EXCEPTION = Gap(clause="c2", reason="an exception to c1", explains=("c1",))
POLITE = Gap(clause="c3", reason="too vague")


def test_explaining_an_enforced_clause_is_no_problem() -> None:
    whole = plan(EXCEPTION, POLITE)
    assert plan_problems(whole, BRIEF) == ()
    steps = (STEP.model_copy(update={"takes_in": ("c2",)}),)
    assert settled(whole, BRIEF) == whole.model_copy(update={"steps": steps})


def test_explaining_what_no_step_enforces_is_a_problem() -> None:
    idle = plan(EXCEPTION.model_copy(update={"explains": ("c3",)}), POLITE)
    assert plan_problems(idle, BRIEF) == ("clause `c2` is said to explain `c3`, which no step enforces",)


def test_explanation_of_nothing_enforced_is_an_ordinary_gap() -> None:
    idle = plan(EXCEPTION.model_copy(update={"explains": ("c3", "c9")}), POLITE)
    assert settled(idle, BRIEF).gaps[0].explains == ()


def verdict(*gaps: Gap) -> tuple[str, bool]:
    guard = PerEventGuard(
        reasoner=ScriptedReasoner(plans=[plan(*gaps)] * 3, codes=[SOURCE] * 4),
        runner=InProcessRunner(),
        facts=Resolver(HashingEmbedder()),
        demonstrations=InMemoryDemonstrations(),
        tools=(),
        toolbox_version="1",
    )
    event = Event.of({"agent": "auction", "stage": "tool_call", "bid": 70, "member": True})
    outcome = asyncio.run(guard.check(REQUEST.model_copy(update={"text": TEXT.split("3.")[0]}), event)).outcome
    return outcome.effect, outcome.failed


def test_explained_event_can_be_allowed_in_per_event_mode() -> None:
    assert verdict(EXCEPTION) == ("allow", False)


def test_event_with_an_untranslated_rule_cannot() -> None:
    assert verdict(EXCEPTION.model_copy(update={"explains": ()})) == ("deny", True)
