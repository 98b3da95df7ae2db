"""Tables, sections and sentences that no check carries out are declared, whatever the segmenter took them for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from guardagent.ports import Brief
from guardagent.reasoners.offline import OfflineReasoner
from guardagent.reasoners.offline.translate import Translation, translate
from guardagent.request import segment
from guardagent.translation.recasting import recast, recasting_problems
from guardagent.types import AgentSpec, Clause, GuardRequest

SCHEMA: dict[str, Any] = {
    "properties": {
        "agent": {"type": "string"},
        "stage": {"enum": ["tool_call"]},
        "user": {"properties": {"role": {"enum": ["clerk", "lead", "owner"]}}},
        "tool": {
            "properties": {
                "name": {"enum": ["sell_ticket", "cancel_ticket", "close_till"]},
                "arguments": {"properties": {"amount": {"type": "number"}}},
            }
        },
    }
}
RULE = "Clerks must not call close_till."
UNBOUND = {
    "access matrix": "| Role | sell_ticket | cancel_ticket |\n|--|--|--|\n| clerk | yes | no |\n| lead | yes | yes |",
    "ticks and dashes": "| | clerk | lead |\n|--|--|--|\n| sell_ticket | ✓ | ✓ |\n| cancel_ticket | - | ✓ |",
    "limits by role": "| Role | May cancel | Limit |\n|:--|:-:|--:|\n| clerk | no | 0 |\n| lead | yes | 300 |",
    "no bars at the sides": "Role | Tool | Allowed\n--- | --- | ---\nclerk | close_till | no\nlead | close_till | yes",
    "no ruler": "| clerk | sell_ticket | up to 50 |\n| lead | sell_ticket | up to 500 |",
    "section of limits": "Limits by role:\n- clerk: 50\n- lead: 500",
    "sentence taken for a definition": '"Peak" means July, and in it a sale of over 40 seats is required to wait.',
}
EXPLAINING = (
    "Dear colleagues,",
    "Queues annoy visitors.",
    "These are the rules for the box office.",
    "Report every rule that is broken.",
)


def asked(text: str) -> GuardRequest:
    agent = AgentSpec(name="box-office", description="Sells tickets.", event_schema=SCHEMA)
    return GuardRequest(name="till", text=text, agent=agent)


def translated(text: str) -> tuple[tuple[Clause, ...], Translation]:
    request = asked(text)
    clauses = segment(text)
    return clauses, translate(request, clauses)


@pytest.mark.parametrize("text", UNBOUND.values(), ids=UNBOUND)
@pytest.mark.parametrize("lead", ["", "Who may do what:\n\n", "Anything that is not listed is forbidden.\n\n"])
def test_what_looks_like_a_rule_and_is_not_checked_is_declared(text: str, lead: str) -> None:
    clauses, found = translated(f"{RULE}\n\n{lead}{text}")
    gaps = {gap.clause for gap in found.gaps}
    said = [clause for clause in clauses if clause.text.strip().splitlines()[0] in text]
    assert said
    assert {clause.id for clause in said} <= gaps
    assert all(gap.reason and gap.hint for gap in found.gaps)
    assert clauses[0].id not in gaps


@pytest.mark.parametrize("text", UNBOUND.values(), ids=UNBOUND)
def test_the_plan_makes_it_a_rule_without_a_step(text: str) -> None:
    request = asked(f"{RULE}\n\n{text}")
    clauses = segment(request.text)
    plan = asyncio.run(OfflineReasoner().plan(Brief(request=request, clauses=clauses)))
    assert list(recasting_problems(plan, clauses, request)) == []
    kinds = {clause.id: clause.kind for clause in recast(clauses, plan, request.text)}
    assert set(kinds.values()) == {"rule"}
    assert {gap.clause for gap in plan.gaps} == set(kinds) - {"c1"}


@pytest.mark.parametrize("sentence", EXPLAINING)
def test_an_explanation_stays_one(sentence: str) -> None:
    clauses, found = translated(f"{sentence}\n\n{RULE}")
    assert [rule.clause.text for rule in found.rules] == [RULE]
    assert found.recasts == ()
    assert len(clauses) == 2


def test_a_definition_that_a_rule_uses_is_not_declared() -> None:
    _clauses, found = translated('"Cashier" means a user whose role is clerk. ' + RULE)
    assert found.recasts == ()
