"""What a program reads of the event: followed through names, loops and functions, and silent where that is not sure."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.translation.fields import impossible_field
from guardagent.translation.reads import reads_of
from guardagent.types import PlanStep
from tests.translation.parts import CLOSE, CLOSE_DENIED, EXAMPLES, GOOD, PLAN, REFUND, SCHEMA, vetted


def pointers(body: str, more: str = "") -> list[str]:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    source = f"{more}\n\n\ndef clause_c1(event, facts):\n{lines}\n"
    return sorted({" ".join(read.pointers) for read in reads_of(source)})


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("return event['a']['b']", ["/a", "/a/b"]),
        ("return event.get('a', {}).get('b')", ["/a", "/a/b"]),
        ("return (event.get('a') or {}).get('b')", ["/a", "/a/b"]),
        ("return value_at(event, '/a/b~1c', 0)", ["/a/b~1c"]),
        ("tool = event['a']\nreturn value_at(tool, '/b')", ["/a", "/a/b"]),
        ("tool = event['a']\nif tool is None:\n    tool = {}\nreturn tool.get('b')", ["/a", "/a/b"]),
        ("for item in event['a']:\n    if item['b'] > 1:\n        return None", ["/a", "/a/*/b"]),
        ("return [x['b'] for n, x in enumerate(event['a']) if n]", ["/a", "/a/*/b"]),
        ("return event['a'][-1]['b']", ["/a", "/a/*/b"]),
        ("return [x['b'] for x in sorted(event['a'])[1:]]", ["/a", "/a/*/b"]),
        ("return violation('no', evidence=['/a/b', '/c'])", ["/a/b", "/c"]),
        ("return violation('no', ['/not/evidence'], ['/a'])", ["/a"]),
        ("return redact('no', [['/a/b', 0, 3]])", ["/a/b"]),
        ("return (event['a'] if event else event['b'])['c']", ["/a", "/a/c /b/c", "/b"]),
    ],
)
def test_a_place_that_is_named_is_read(body: str, read: list[str]) -> None:
    assert pointers(body) == sorted(read)


@pytest.mark.parametrize(
    "body",
    [
        "key = 'a'\nkey = str(event)\nreturn event[key]",
        "x = event\nx = other(x)\nreturn x['a']",
        "x = dict(event)\nreturn x['a']",
        "x = event\nx.update(b=1)\nreturn x['a']",
        "x = event\nfor x in [{'a': 1}]:\n    return x['a']",
        "x = x['a']\nreturn x['b']",
        "return any((lambda event: event['a'])(one) for one in [])",
        "return violation('no', evidence=[str(event)])",
    ],
)
def test_what_is_not_sure_is_left_out(body: str) -> None:
    assert pointers(body) == []


def test_functions_are_followed_with_what_they_get() -> None:
    helper = "PLACE = '/b'\n\n\ndef b_of(thing, name='x'):\n    return value_at(thing, PLACE)"
    assert pointers("return b_of(event['a'])", helper) == ["/a", "/a/b"]
    assert pointers("return b_of(name=1, thing=event['a'])", helper) == ["/a", "/a/b"]


def test_a_function_that_gets_several_things_reads_one_of_them() -> None:
    helper = "def b_of(thing):\n    return thing['b']"
    assert pointers("return b_of(event['a']) + b_of(event['c'])", helper) == ["/a", "/a/b /c/b", "/c"]
    assert pointers("return b_of(event['a']) + b_of(str(event))", helper) == ["/a"]
    assert pointers("return b_of(event) + sorted([], key=b_of)", helper) == []


def test_a_chain_of_names_of_any_length_comes_to_an_end() -> None:
    names = [f"x{n + 1} = x{n}['a']" for n in range(2_000)]
    forwards = "\n".join(("x0 = event", *names, "return x2000['b']"))
    backwards = "\n".join(("if x2000['b']:", "    return None", *reversed(names), "x0 = event"))
    assert max(pointer.count("/") for pointer in pointers(forwards)) < 40
    assert pointers(backwards) == []


CLOSED: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "user": {"$ref": "#/$defs/user"},
        "items": {"type": "array", "items": {"$ref": "#/$defs/user"}},
        "pair": {"type": ["array", "null"], "prefixItems": [{"type": "number"}], "items": False},
        "open": {"type": "object", "properties": {"a": {"type": "string"}}},
        "any": True,
        "never": False,
        "more": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/user"}]},
        "both": {"allOf": [{"properties": {"a": {}}}, {"$ref": "#/$defs/user"}]},
        "named": {"type": "object", "patternProperties": {"^x_": {"type": "number"}}, "additionalProperties": False},
        "odd": {"type": "object", "patternProperties": {"(?<wrong": {}}, "additionalProperties": False},
    },
    "$defs": {
        "user": {"type": "object", "properties": {"role": {"type": "string"}}, "additionalProperties": False},
    },
}


@pytest.mark.parametrize(
    "pointer",
    [
        "", "/agent", "/stage", "/user/role", "/items/*/role", "/items/0", "/pair/0", "/open/b/c", "/any/thing/*/else",
        "/more/role", "/both/role", "/named/x_1", "/odd/thing", "/user/role/0", "/items/-/role", "/user/*/x",
    ],
)  # fmt: skip
def test_a_field_that_may_be_there_is_possible(pointer: str) -> None:
    assert impossible_field(CLOSED, pointer) is None


@pytest.mark.parametrize(
    ("pointer", "meant"),
    [
        ("/user/rol", "/user/role"),
        ("/user/role/name", "/user/role"),
        ("/items/*/rolle", "/items/*/role"),
        ("/items/role", "/items/*/role"),
        ("/usr", "/user"),
        ("/pair/0/x", None),
        ("/never", "/never"),
        ("/more/rule", None),
        ("/both/a", None),
        ("/named/y_1", None),
        ("/open/a/b", None),
    ],
)
def test_a_field_that_the_schema_rules_out_is_impossible(pointer: str, meant: str | None) -> None:
    problem = impossible_field(CLOSED, pointer)
    assert problem is not None
    assert f"`{pointer}`" in problem
    assert meant is None or f"did you mean `{meant}`?" in problem


@given(
    st.recursive(
        st.sampled_from([True, False, {}, {"type": "string"}, {"type": "object", "additionalProperties": False}]),
        lambda inner: st.one_of(
            st.fixed_dictionaries({"properties": st.dictionaries(st.sampled_from("ab"), inner)}),
            st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=2)}),
            st.fixed_dictionaries({"type": st.just("array"), "items": inner}),
        ),
        max_leaves=6,
    ),
    st.lists(st.sampled_from(["a", "b", "*", "0"]), max_size=4),
)
def test_every_schema_and_pointer_gets_an_answer(schema: Any, steps: list[str]) -> None:
    found = impossible_field({"properties": {"x": schema}}, "/x" + "".join(f"/{step}" for step in steps))
    assert found is None or "allows no field" in found


def closed() -> dict[str, Any]:
    user = {**SCHEMA["properties"]["user"], "additionalProperties": False}
    arguments = {"type": "object", "properties": {"amount": {"type": "number"}}, "additionalProperties": False}
    tool = {**SCHEMA["properties"]["tool"], "properties": {"name": {}, "arguments": arguments}}
    return {"name": "shop", "event_schema": {**SCHEMA, "properties": {"user": user, "tool": tool}}}


def test_a_program_that_reads_a_field_no_event_can_have_is_to_be_mended_and_not_published() -> None:
    vetting = vetted(GOOD.replace('event["user"]["role"]', 'event["user"].get("rol", "")'), *EXAMPLES, agent=closed())
    told = "`clause_c2`, line 7: the event schema allows no field `/user/rol`; did you mean `/user/role`?"
    assert told in vetting.failures
    assert told in vetting.problems


def test_a_field_that_the_schema_only_does_not_declare_is_a_note() -> None:
    vetting = vetted(GOOD.replace('event["user"]["role"]', 'event["user"].get("rol", "")'), CLOSE_DENIED)
    assert vetting.failures == vetting.problems == ()
    told = "`clause_c2`, line 7: the event schema has no field `/user/rol`; did you mean `/user/role`?"
    assert told in vetting.notes


def test_a_right_program_is_told_nothing_of_its_fields() -> None:
    vetting = vetted(GOOD, *EXAMPLES, agent=closed())
    assert vetting.failures == vetting.problems == ()
    assert len(vetting.notes) == 1


def test_evidence_that_no_event_has_is_found() -> None:
    vetting = vetted(REFUND.replace('amount"]', 'sum"]') + "\n\n" + CLOSE, *EXAMPLES, agent=closed())
    assert len(vetting.problems) == 1
    assert "allows no field `/tool/arguments/sum`" in vetting.problems[0]


def test_a_plan_with_a_field_that_no_event_can_have_is_not_published() -> None:
    plan = PLAN.model_copy(
        update={"steps": (*PLAN.steps, PlanStep(clauses=("c2",), summary="x", fields=("/user/rol",)))}
    )
    vetting = vetted(GOOD, *EXAMPLES, plan=plan, agent=closed())
    assert vetting.failures == ()
    assert vetting.problems == (
        "the plan for `c2`: the event schema allows no field `/user/rol`; did you mean `/user/role`?",
    )
