"""A plan that does not hold together is said so, line by line; what cannot be used of it never gets through."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.ports import Brief
from guardagent.request import segment
from guardagent.translation.fields import declared, field_problem
from guardagent.translation.planning import covered, plan_problems, settled
from guardagent.types import AgentSpec, Gap, GuardRequest, Plan, PlanStep, ToolDoc

TEXT = "Refunds above 500 dollars must be denied.\n\nOnly managers may close an account.\n\n`Manager` means a role.\n"
SCHEMA = {
    "type": "object",
    "properties": {
        "user": {"type": "object", "properties": {"role": {"type": "string"}}},
        "tool": {"$ref": "#/$defs/tool"},
        "history": {"type": "array", "items": {"properties": {"text": {"type": "string"}}}},
        "labels": {"type": "object"},
        "meta": {"type": "object", "properties": {"a": {}}, "additionalProperties": {"type": "string"}},
        "either": {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"x/y": {}}}]},
        "untold": {},
    },
    "$defs": {"tool": {"type": "object", "properties": {"name": {"type": "string"}, "arguments": {"type": "object"}}}},
}
BRIEF = Brief(
    GuardRequest(name="shop", text=TEXT, agent=AgentSpec(name="shop", event_schema=SCHEMA)),
    segment(TEXT),
    (ToolDoc(name="parse_money", signature="(text)", doc=""),),
)


def step(*clauses: str, fields: tuple[str, ...] = (), tools: tuple[str, ...] = ()) -> PlanStep:
    return PlanStep(clauses=clauses, summary="decide", fields=fields, tools=tools)


WHOLE = step("c1", "c2", "c3", fields=("/user/role",), tools=("parse_money",))


@pytest.mark.parametrize(
    ("plan", "problem"),
    [
        (Plan(steps=(step("c1"),)), "clause `c2` stands in no step and in no gap; cover it or declare it a gap: Only"),
        (Plan(steps=(WHOLE,), gaps=(Gap(clause="c1", reason="no"),)), "clause `c1` stands in a step and in a gap"),
        (Plan(steps=(WHOLE, step("c9"))), "there is no clause `c9`; the request has c1, c2, c3"),
        (Plan(steps=(WHOLE,), gaps=(Gap(clause="c9", reason="no"),)), "there is no clause `c9`"),
        (
            Plan(steps=(WHOLE, step(tools=("parse_mony",)))),
            "step 2: there is no tool `parse_mony`; did you mean `parse_m",
        ),
        (
            Plan(steps=(WHOLE, step(fields=("/user/roles",)))),
            "step 2: the event schema has no field `/user/roles`; did",
        ),
        (
            Plan(steps=(WHOLE, step(fields=("user.role",)))),
            "step 2: `user.role` is not a JSON pointer; write it like `/u",
        ),
    ],
)
def test_each_fault_of_a_plan_is_named(plan: Plan, problem: str) -> None:
    assert [text for text in plan_problems(plan, BRIEF) if text.startswith(problem)], plan_problems(plan, BRIEF)


def test_a_whole_plan_has_no_problem_and_covers_the_rules_only() -> None:
    plan = Plan(steps=(WHOLE,))
    assert plan_problems(plan, BRIEF) == ()
    assert settled(plan, BRIEF) == plan
    assert covered(plan, BRIEF.clauses) == ("c1", "c2")


def test_a_rule_left_out_to_the_end_becomes_a_gap_in_sight() -> None:
    plan = settled(Plan(steps=(step("c1"),)), BRIEF)
    assert [gap.clause for gap in plan.gaps] == ["c2"]
    assert "left this sentence out" in plan.gaps[0].reason


def test_a_clause_in_a_step_and_a_gap_counts_as_a_gap() -> None:
    plan = settled(Plan(steps=(WHOLE,), gaps=(Gap(clause="c1", reason="no"),)), BRIEF)
    assert covered(plan, BRIEF.clauses) == ("c2",)
    assert [gap.clause for gap in plan.gaps] == ["c1"]


ids = st.sampled_from(["c1", "c2", "c3", "c9"])
steps = st.builds(
    step, ids, fields=st.just(("/nowhere",)), tools=st.lists(st.sampled_from(["parse_money", "x"])).map(tuple)
)
plans = st.builds(
    Plan,
    steps=st.lists(steps, max_size=4).map(tuple),
    gaps=st.lists(st.builds(Gap, clause=ids, reason=st.just("no")), max_size=3).map(tuple),
)


@given(plans)
def test_after_settling_every_rule_is_either_covered_or_a_gap(plan: Plan) -> None:
    done = settled(plan, BRIEF)
    gaps = {gap.clause for gap in done.gaps}
    assert set(covered(done, BRIEF.clauses)) | gaps >= {"c1", "c2"}
    assert not set(covered(done, BRIEF.clauses)) & gaps
    left = [problem for problem in plan_problems(done, BRIEF) if "/nowhere" not in problem]
    assert left == []


@pytest.mark.parametrize(
    "pointer",
    ["", "/agent", "/stage", "/user", "/user/role", "/tool/arguments/anything/below", "/history/0/text",
     "/history/*/text", "/labels/any", "/meta/other", "/either/x~1y", "/untold/a/b"],
)  # fmt: skip
def test_fields_that_the_schema_has_or_leaves_open_are_fine(pointer: str) -> None:
    assert field_problem(SCHEMA, pointer) is None


@pytest.mark.parametrize(
    ("pointer", "meant"),
    [
        ("/user/rol", "/user/role"),
        ("/user/role/x", "/user/role"),
        ("/tool/nam", "/tool/name"),
        ("/users", "/user"),
        ("/history/0/txt", "/history/*/text"),
        ("/stages", "/stage"),
        ("/either/z", None),
        ("/meta/other/deeper", None),
    ],
)
def test_unknown_fields_are_named_with_the_one_that_was_meant(pointer: str, meant: str | None) -> None:
    problem = field_problem(SCHEMA, pointer)
    assert problem is not None
    assert f"no field `{pointer}`" in problem
    if meant:
        assert f"did you mean `{meant}`?" in problem


def test_without_a_schema_every_field_may_be_there() -> None:
    assert field_problem({}, "/what/ever") is None


@pytest.mark.parametrize(
    ("pointer", "known"),
    [("/a/x", True), ("/a/y", False), ("/lost/x", True), ("/loop/x", True), ("/rows/0/n", True), ("/rows/0/m", False)],
)
def test_references_are_followed_where_they_lead_somewhere(pointer: str, known: bool) -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"$ref": "#/$defs/list/anyOf/0"},
            "lost": {"$ref": "#/$defs/list/anyOf/7"},
            "loop": {"$ref": "#/properties/loop"},
            "rows": {"$ref": "#/$defs/rows", "description": "with something beside it"},
        },
        "$defs": {
            "list": {"anyOf": [{"type": "object", "properties": {"x": {}}}]},
            "rows": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}},
        },
    }
    assert (field_problem(schema, pointer) is None) == known


def test_a_schema_that_refers_to_itself_is_listed_and_searched_to_an_end() -> None:
    schema = {"properties": {"down": {"$ref": "#"}}, "allOf": [{"$ref": "#"}], "type": "object"}
    assert "/down/down" in set(islice(declared(schema), 100))
    assert field_problem(schema, "/down/down/up") is not None


def test_closed_object_without_any_field_has_none() -> None:
    assert field_problem({"additionalProperties": False}, "/anything") is not None
    assert field_problem({"type": "array", "items": {"additionalProperties": False}}, "/0/anything") is not None
    assert field_problem({"type": "array", "items": {"properties": {"price": {}}}}, "/*/price") is None
    assert field_problem({"type": "array", "items": {"properties": {"price": {}}}}, "/*/prize") is not None
