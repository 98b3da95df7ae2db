from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from guardagent.facts.judge import shape_for
from guardagent.ports import Question
from guardagent.reasoners.answers import CodeAnswer, ExamplesAnswer, PlanAnswer
from guardagent.reasoners.parsing import parse_answer, strict_schema
from guardagent.types import FactSpec, Gap, Plan, PlanStep

ASKED = Question(
    FactSpec(name="x", kind="judgement", fields=("/a",), question="Is it?", choices=("yes", "no")), {"/a": "text"}
)
SHAPES: list[type[BaseModel]] = [PlanAnswer, ExamplesAnswer, CodeAnswer, shape_for([ASKED, ASKED])]

# What strict structured outputs know; another keyword makes some endpoints refuse the whole request.
KEYWORDS = {
    "$defs", "$ref", "additionalProperties", "description", "enum", "items", "properties", "required", "title", "type",
}  # fmt: skip


def objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "properties" in node:
            yield node
        for value in node.values():
            yield from objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from objects(value)


def keywords(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(keywords, node))
    if not isinstance(node, dict):
        return set()
    own = set(node)
    for key in ("properties", "$defs"):
        own |= set().union(*map(keywords, node.get(key, {}).values()))
    return own | set().union(*(keywords(v) for k, v in node.items() if k not in ("properties", "$defs")))


@pytest.mark.parametrize("shape", SHAPES)
def test_schema_is_one_that_strict_endpoints_take(shape: type[BaseModel]) -> None:
    schema = strict_schema(shape)
    for node in objects(schema):
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])
    assert keywords(schema) <= KEYWORDS


def test_plan_becomes_the_noun() -> None:
    said = """{"steps": [{"clauses": [" c1 "], "summary": "s", "fields": ["/a"], "facts": [], "tools": ["words"]}],
               "gaps": [{"clause": "c2", "reason": "r", "hint": "h", "explains": ["c1"]},
                        {"clause": "c3", "reason": "r", "hint": "h"}]}"""
    assert parse_answer(said, PlanAnswer).to_plan() == Plan(
        steps=(PlanStep(clauses=("c1",), summary="s", fields=("/a",), tools=("words",)),),
        gaps=(Gap(clause="c2", reason="r", hint="h", explains=("c1",)), Gap(clause="c3", reason="r", hint="h")),
    )
