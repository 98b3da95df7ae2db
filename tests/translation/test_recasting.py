"""A plan may correct how the segmenter read the request, in sight and never to make a rule vanish."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.ports import Brief
from guardagent.reasoners.scripted import ScriptedReasoner
from guardagent.request import segment
from guardagent.translation.planning import plan_problems, settled
from guardagent.translation.recasting import recast, usable
from guardagent.types import AgentSpec, Clause, Example, Gap, GuardRequest, Join, Plan, PlanStep, Reading, Recast
from tests.translation.parts import CLOSE_ALLOWED, EXAMPLES, GOOD, PLAN, event, example, request, step, translator

TEXT = (
    "A loan counts as late when it is overdue by more than 3 days. Late loans must be refused. "
    "That also goes for loans of films. Our desk has been busy lately.\n\n"
    "Nobody may hold more than 5 films.\n"
)
CLAUSES = segment(TEXT)
REQUEST = GuardRequest(name="desk", text=TEXT, agent=AgentSpec(name="desk"))
BRIEF = Brief(REQUEST, CLAUSES)


def steps(*clauses: str) -> tuple[PlanStep, ...]:
    return tuple(PlanStep(clauses=(clause,), summary="decide") for clause in clauses)


def recasted(*changes: Recast, joins: tuple[Join, ...] = ()) -> Plan:
    return Plan(steps=steps("c2", "c3", "c4", "c5"), recasts=changes, joins=joins)


def as_read(plan: Plan) -> tuple[Clause, ...]:
    return recast(CLAUSES, usable(plan, CLAUSES, REQUEST), TEXT)


def test_the_segmenter_reads_it_so() -> None:
    assert [(c.id, c.kind) for c in CLAUSES] == [
        ("c1", "definition"), ("c2", "rule"), ("c3", "rule"), ("c4", "rule"), ("c5", "rule"),
    ]  # fmt: skip


def test_a_definition_can_become_a_rule() -> None:
    plan = recasted(Recast(clause="c1", kind="rule", reason="an event can break it"))
    assert as_read(plan)[0].kind == "rule"
    assert "clause `c1` stands in no step and in no gap" in plan_problems(plan, BRIEF)[0]


def test_a_remark_can_become_context() -> None:
    plan = Plan(steps=steps("c2", "c3", "c5"), recasts=(Recast(clause="c4", kind="context", reason="a remark"),))
    assert plan_problems(plan, BRIEF) == ()
    assert {c.id: c.kind for c in as_read(plan)}["c4"] == "context"
    assert settled(plan, BRIEF).gaps == ()


@pytest.mark.parametrize("clause", ["c2", "c5"])
def test_a_sentence_that_obliges_stays_a_rule(clause: str) -> None:
    others = sorted({"c2", "c3", "c4", "c5"} - {clause})
    plan = Plan(steps=steps(*others), recasts=(Recast(clause=clause, kind="context", reason="x"),))
    found = plan_problems(plan, BRIEF)
    assert any(f"clause `{clause}` says" in problem and "stays a rule" in problem for problem in found)
    final = settled(plan, BRIEF)
    assert final.recasts == ()
    assert [gap.clause for gap in final.gaps] == [clause]


def test_a_clause_that_an_author_example_breaks_stays_a_rule() -> None:
    shown = Example(id="a", event={}, expect="deny", violated=("c4",))
    brief = Brief(REQUEST.model_copy(update={"examples": (shown,)}), CLAUSES)
    plan = recasted(Recast(clause="c4", kind="context", reason="a remark"))
    assert "an example of the author says" in plan_problems(plan, brief)[0]


def test_joined_clauses_are_one_verbatim_span_under_the_first_id() -> None:
    plan = recasted(joins=(Join(clauses=("c2", "c3"), reason="one rule"),))
    read = as_read(plan)
    assert [clause.id for clause in read] == ["c1", "c2", "c4", "c5"]
    assert read[1].text == "Late loans must be refused. That also goes for loans of films."
    assert TEXT[read[1].start : read[1].end] == read[1].text
    assert settled(plan, BRIEF).steps[0].clauses == settled(plan, BRIEF).steps[1].clauses == ("c2",)


@pytest.mark.parametrize(
    ("clauses", "problem"),
    [
        (("c2",), "two to 4 clauses"),
        (("c2", "c4"), "only clauses that follow each other"),
        (("c3", "c2"), "only clauses that follow each other"),
        (("c9", "c2"), "there is no such clause"),
        (("c1", "c2", "c3", "c4", "c5"), "two to 4 clauses"),
    ],
)
def test_join_that_cannot_be_is_a_problem_and_left_out(clauses: tuple[str, ...], problem: str) -> None:
    plan = recasted(joins=(Join(clauses=clauses, reason="x"),))
    assert problem in plan_problems(plan, BRIEF)[0]
    assert as_read(plan) == CLAUSES


def test_text_between_clauses_is_never_swallowed_by_a_join() -> None:
    text = "Films must be returned.\n\nMore rules\n\nBooks must be returned.\n"
    asked = REQUEST.model_copy(update={"text": text})
    clauses = segment(text)
    plan = Plan(steps=steps("c1", "c2"), joins=(Join(clauses=("c1", "c2"), reason="x"),))
    assert "other text stands between them" in plan_problems(plan, Brief(asked, clauses))[0]


IDS = st.sampled_from(["c1", "c2", "c3", "c4", "c5", "c6"])
CHANGES = st.builds(Recast, clause=IDS, kind=st.sampled_from(["rule", "definition", "context"]), reason=st.just("x"))
JOINS = st.builds(Join, clauses=st.lists(IDS, min_size=1, max_size=4).map(tuple), reason=st.just("x"))
PLANS = st.builds(
    Plan,
    steps=st.lists(IDS, max_size=5).map(lambda ids: steps(*ids)),
    recasts=st.lists(CHANGES, max_size=3).map(tuple),
    joins=st.lists(JOINS, max_size=3).map(tuple),
)


@given(PLANS)
def test_no_plan_loses_a_word_of_a_rule(plan: Plan) -> None:
    final = settled(plan, BRIEF)
    read = recast(CLAUSES, final, TEXT)
    stand = {c for one in final.steps for c in one.clauses} | {gap.clause for gap in final.gaps}
    assert all(clause.id in stand for clause in read if clause.kind == "rule")
    assert all(TEXT[clause.start : clause.end] == clause.text for clause in read)
    for clause in CLAUSES:
        assert any(one.start <= clause.start and clause.end <= one.end for one in read)


def test_reading_must_be_copied_from_the_request() -> None:
    words = Reading(words="more  than 5 FILMS", means="5 pass")
    invented = Reading(words="more than 7 films", means="7 pass")
    made = Plan(steps=(*steps("c2", "c3", "c4"), PlanStep(clauses=("c5",), summary="", readings=(words, invented))))
    assert plan_problems(made, BRIEF) == (
        "step 4: “more than 7 films” stands nowhere in the clauses; copy the words that you read",
    )
    assert settled(made, BRIEF).steps[3].readings == (words,)


# What the report says of it.


RULES = "Refunds above 500 dollars must be denied.\n\nOnly managers may close an account."


def notes_of(plan: Plan, *examples: Example, text: str | None = None) -> tuple[str, ...]:
    asked = request(*EXAMPLES, **({"text": text} if text else {}))
    reasoner = ScriptedReasoner([plan] * 3, [examples], [GOOD] * 4)
    return asyncio.run(translator(reasoner).compile(asked)).report.notes


def test_report_shows_recasts_and_how_words_were_read() -> None:
    text = f"{RULES}\n\nWe are fond of our shop.\n"
    limit = Reading(words="above 500", means="500 passes, 500.01 does not")
    remark = Recast(clause="c3", kind="context", reason="a remark")
    plan = Plan(steps=(step("c1", readings=(limit,)), step("c2")), recasts=(remark,))
    notes = notes_of(plan, CLOSE_ALLOWED, text=text)
    assert "c3 is read as a context, though it looks like a rule (a remark): please confirm" in notes
    assert "c1: “above 500” is read as: 500 passes, 500.01 does not" in notes


SPELLING = f"{RULES}\n\nLetter case does not matter.\n"
WITH_SPELLING = Plan(steps=PLAN.steps, gaps=(Gap(clause="c3", reason="a way of comparing", explains=("c2",)),))


def spelled(id: str) -> Example:
    return example(id, event("MANAGER", "close"), "allow", origin="proposed")


def test_sentence_read_with_others_is_to_be_confirmed_unless_an_example_shows_it() -> None:
    plan = Plan(steps=(step("c1"), step("c2")), gaps=WITH_SPELLING.gaps)
    asked = "c3 is read as a change to c2 (a way of comparing), and no example shows it: please confirm"
    assert asked in notes_of(plan, CLOSE_ALLOWED, text=SPELLING)
    assert asked not in notes_of(plan, spelled("proposed-c3-boundary"), text=SPELLING)


def test_sentence_read_with_one_that_is_not_enforced_is_not_carried_out() -> None:
    plan = Plan(steps=(step("c1"), step("c2")), gaps=WITH_SPELLING.gaps)
    reasoner = ScriptedReasoner([plan] * 3, [()], [GOOD] * 4)
    asked = request(*(one for one in EXAMPLES if "c2" not in one.violated), text=SPELLING)
    report = asyncio.run(translator(reasoner).compile(asked)).report
    found = {clause.clause: clause for clause in report.clauses}
    assert found["c2"].status != "ENFORCED"
    assert found["c3"].status == "NOT_TRANSLATABLE"
    assert "it is read with c2" in found["c3"].reason
