"""A compile asks for a plan until it holds together, for a source until it is right, and always ends in a draft."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from guardagent.errors import CompileError, PolicyError
from guardagent.reasoners.scripted import ScriptedReasoner
from guardagent.translation import Progress
from guardagent.translation.graph import SECONDS
from guardagent.translation.report import NO_RULES, plain_text
from guardagent.types import Demonstration, Draft, Example, Gap, GuardRequest, Plan, Retrieved
from tests.support.runners import ScriptedFacts
from tests.translation.parts import (
    CLOSE_ALLOWED,
    EXAMPLES,
    GOOD,
    PLAN,
    PLAN_WITH_GAP,
    REFUND,
    STRICT,
    event,
    example,
    request,
    step,
    translator,
)

JUDGED_ROLE = 'FACTS = {"mood": {"kind": "judgement", "fields": ["/user/role"], "question": "Kind?"}}\n'
PROPOSED = (CLOSE_ALLOWED.model_copy(update={"origin": "proposed"}),)


def scripted(
    *codes: str, plans: Sequence[Plan] = (PLAN,), proposed: tuple[Example, ...] = PROPOSED
) -> ScriptedReasoner:
    return ScriptedReasoner(plans=plans, examples=[proposed], codes=codes)


def compiled(reasoner: Any, asked: GuardRequest | None = None, **more: Any) -> Draft:
    return asyncio.run(translator(reasoner, **more).compile(asked or request(*EXAMPLES)))


def told(reasoner: Any, asked: GuardRequest | None = None) -> list[Progress]:
    seen: list[Progress] = []
    asyncio.run(translator(reasoner).compile(asked or request(*EXAMPLES), progress=seen.append))
    return seen


def test_a_request_becomes_a_publishable_draft() -> None:
    draft = compiled(scripted(GOOD))
    assert draft.report.publishable
    assert draft.program is not None
    assert draft.program.clauses == ("c1", "c2")
    assert draft.program.toolbox_version == "test-1"
    assert [clause.status for clause in draft.report.clauses] == ["ENFORCED", "ENFORCED", "DEFINITION"]
    assert [one.origin for one in draft.examples] == ["author", "author", "author", "proposed"]
    assert (draft.report.repairs, draft.report.reasoner, draft.report.usage.calls) == (0, "scripted", 3)


def test_what_judging_the_examples_takes_counts_too() -> None:
    facts = ScriptedFacts({"mood": "yes"}, calls=1)
    judged = JUDGED_ROLE + GOOD.replace('!= "manager"', '!= "manager" and facts["mood"] == "yes"')
    draft = compiled(scripted(judged), request(*EXAMPLES, allow_judgement=True), facts=facts)
    assert len(facts.asked) > 0
    assert draft.report.usage.calls == 3 + len(facts.asked)
    assert draft.report.usage.completion_tokens >= len(facts.asked)


def test_progress_names_each_node_as_it_starts_and_what_it_found() -> None:
    seen = told(scripted(STRICT, GOOD))
    nodes = [progress.node for progress in seen if not progress.detail]
    assert nodes == ["segment", "retrieve", "plan", "propose_examples", "code", "vet", "repair", "vet", "report"]
    assert [(p.node, p.round) for p in seen if p.node in ("vet", "repair") and p.detail] == [
        ("vet", 0),
        ("repair", 1),
        ("vet", 1),
    ]
    assert [p.detail for p in seen if p.node == "segment" and p.detail] == ["3 clauses, 2 of them rules"]


def test_a_repair_gets_the_source_and_every_failure_and_mends_it() -> None:
    reasoner = scripted(STRICT, GOOD)
    draft = compiled(reasoner)
    assert draft.report.publishable
    assert draft.report.repairs == 1
    asked = reasoner.asked[-1]
    assert asked.source == STRICT
    assert len(asked.complaints) == 1
    assert "at-the-limit" in asked.complaints[0]


def test_after_three_failed_repairs_the_draft_says_what_is_still_wrong() -> None:
    sources = [STRICT.replace("above 500", f"above 500, try {n}") for n in range(4)]
    reasoner = scripted(*sources)
    draft = compiled(reasoner)
    assert not draft.report.publishable
    assert draft.report.repairs == 3
    assert [asked.step for asked in reasoner.asked].count("code") == 4
    assert draft.report.clauses[0].status == "CONFLICT"
    assert "expected allow, got deny" in draft.report.examples[1].problem


def test_the_draft_has_the_best_source_that_was_seen() -> None:
    worse = STRICT.replace("!=", "==")
    draft = compiled(scripted(worse, STRICT, "import os\n", worse + "\nX = 1\n"))
    assert draft.program is not None
    assert draft.program.source.strip() == compiled(scripted(STRICT, STRICT)).program.source.strip()  # type: ignore[union-attr]
    assert [result.id for result in draft.report.examples if result.problem] == ["at-the-limit"]


def test_nothing_but_rejected_sources_gives_a_draft_without_a_program() -> None:
    draft = compiled(scripted(*(f"import os\nX = {n}\n" for n in range(4))))
    assert draft.program is None
    assert not draft.report.publishable
    assert {clause.status for clause in draft.report.clauses} == {"NOT_TRANSLATABLE", "DEFINITION"}
    assert draft.report.clauses[0].reason.startswith("no program was accepted: line 1")
    assert draft.report.problems[0].startswith("line 1")


def test_a_source_that_comes_back_unchanged_ends_the_repairs() -> None:
    reasoner = scripted(STRICT, STRICT)
    draft = compiled(reasoner)
    assert draft.report.repairs == 1
    assert [asked.step for asked in reasoner.asked].count("code") == 2


def test_a_wrong_proposed_example_is_told_as_such_and_never_settled_in_silence() -> None:
    wrong = example("guess", event(amount=500), "deny", "c1", origin="proposed")
    reasoner = scripted(GOOD, GOOD, proposed=(wrong.model_copy(update={"event": event(amount=499)}),))
    draft = compiled(reasoner)
    assert "proposed example (its label may be wrong) `guess`" in reasoner.asked[-1].complaints[0]
    assert [result.id for result in draft.report.examples if result.problem] == ["guess"]
    assert [clause.status for clause in draft.report.clauses] == ["ENFORCED", "ENFORCED", "DEFINITION"]
    assert draft.report.notes[0].startswith("proposed example `guess`: if its label is wrong, add its event")
    assert not draft.report.publishable


def test_proposed_examples_that_cannot_be_used_are_noted() -> None:
    stray = example("stray", event() | {"user": {}}, "deny", origin="proposed")
    draft = compiled(scripted(GOOD, proposed=(stray,)))
    assert draft.report.notes[0] == "proposed example `stray` was dropped: `/user`: `role` is missing"
    assert draft.report.publishable


def test_a_plan_with_problems_is_asked_for_again_with_them() -> None:
    reasoner = scripted(GOOD, plans=[Plan(steps=(step("c1"),)), PLAN])
    assert compiled(reasoner).report.publishable
    plans = [asked for asked in reasoner.asked if asked.step == "plan"]
    assert plans[0].complaints == ()
    assert plans[1].complaints[0].startswith("clause `c2` stands in no step and in no gap")


def test_a_plan_is_asked_for_three_times_at_most_and_then_settled_in_sight() -> None:
    plans = [Plan(steps=(step("c1", "c9", fields=(f"/user/rule{n}",), tools=("no_tool",)),)) for n in range(3)]
    reasoner = scripted(REFUND, plans=plans)
    draft = compiled(reasoner)
    assert [asked.step for asked in reasoner.asked].count("plan") == 3
    assert draft.plan.steps[0].clauses == ("c1",)
    assert draft.plan.steps[0].tools == ()
    assert [gap.clause for gap in draft.plan.gaps] == ["c2"]
    assert draft.report.clauses[1].status == "NOT_TRANSLATABLE"
    assert [note for note in draft.report.notes if "no field `/user/rule2`; did you mean `/user/role`?" in note]


def test_the_same_faulty_plan_is_not_asked_for_a_third_time() -> None:
    reasoner = scripted(REFUND, plans=[Plan(steps=(step("c1"),))] * 2)
    compiled(reasoner)
    assert [asked.step for asked in reasoner.asked].count("plan") == 2


def test_where_the_plan_covers_nothing_nothing_is_coded_and_the_draft_says_why() -> None:
    gaps = Plan(gaps=(Gap(clause="c1", reason="too vague", hint="name a sum"), Gap(clause="c2", reason="no roles")))
    reasoner = scripted(plans=[gaps])
    draft = compiled(reasoner)
    assert draft.program is None
    assert [asked.step for asked in reasoner.asked] == ["plan"]
    assert [(clause.status, clause.reason) for clause in draft.report.clauses][:2] == [
        ("NOT_TRANSLATABLE", "too vague"),
        ("NOT_TRANSLATABLE", "no roles"),
    ]
    assert not draft.report.publishable


def test_a_request_without_a_rule_is_no_policy() -> None:
    draft = compiled(scripted(plans=[Plan()]), request(text="`Manager` means a role.\n"))
    assert draft.program is None
    assert draft.report.problems == (NO_RULES,)
    assert not draft.report.publishable


def test_a_gap_stays_in_the_report_beside_what_is_enforced() -> None:
    draft = compiled(scripted(REFUND, plans=[PLAN_WITH_GAP]), request(*EXAMPLES[:2]))
    assert [clause.status for clause in draft.report.clauses] == ["ENFORCED", "NOT_TRANSLATABLE", "DEFINITION"]
    assert not draft.report.publishable


def test_demonstrations_are_shown_and_no_live_event() -> None:
    shown = Demonstration(id="d", title="t", domain="x", request="r", specification="s", plan=PLAN, source=GOOD)

    class Store:
        def search(self, asked: str, specification: str, *, k: int = 4) -> tuple[Retrieved, ...]:
            assert asked == request().text
            assert (specification, k) == ("shop\nsells things", 4)
            return (Retrieved(demonstration=shown, score=1.0),)

        def add(self, demonstration: Demonstration) -> None:
            raise AssertionError("a compile teaches the memory nothing")

        def list(self) -> tuple[Demonstration, ...]:
            return (shown,)

    reasoner = scripted(GOOD)
    compiled(reasoner, demonstrations=Store())
    assert all(asked.brief.demonstrations == (shown,) and asked.brief.event is None for asked in reasoner.asked)


def test_a_node_that_takes_too_long_is_one_clear_error() -> None:
    class Slow(ScriptedReasoner):
        async def plan(self, brief: Any, *, problems: Sequence[str] = (), previous: Plan | None = None) -> Plan:
            await asyncio.sleep(60)
            return PLAN

    with pytest.raises(CompileError, match=r"`plan` took longer than 0\.2 s; compile again to go on from there"):
        compiled(Slow(), seconds=dict(SECONDS) | {"plan": 0.2})


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (request(example("a", {"agent": "shop"}, "deny")), "example `a`: event: `/stage`"),
        (request(example("a", event(), "deny"), example("a", event(amount=1), "deny")), "two examples have this id"),
        (request(agent={"name": "shop", "event_schema": {"type": "nothing"}}), "event schema: "),
    ],
)
def test_material_that_cannot_be_used_is_refused_before_anything_is_asked(asked: GuardRequest, error: str) -> None:
    reasoner = scripted(GOOD)
    with pytest.raises(PolicyError, match=error):
        compiled(reasoner, asked)
    assert reasoner.asked == []


def test_the_report_reads_as_plain_lines() -> None:
    text = plain_text(compiled(scripted(STRICT, STRICT)))
    assert text.splitlines()[0] == (
        "shop: 1 CONFLICT, 1 DEFINITION, 1 ENFORCED, 3 of 4 examples right (scripted, 1 repairs)"
    )
    assert "c1 CONFLICT: Refunds above 500 dollars must be denied." in text
    assert "example at-the-limit: expected allow, got deny by `c1`" in text
