"""A demonstration written by a person: the YAML form, and what is refused."""

from __future__ import annotations

import pytest

from guardagent.errors import MemoryStoreError
from guardagent.types import Gap, Inspection, Plan, PlanStep
from guardagent_memory.accept import problems_of
from guardagent_memory.demofile import parse
from guardagent_toolbox.inprocess import InProcessRunner
from tests.memory.builders import demonstration

GOOD = """
id: yard
title: A yard
domain: parking
request: |
  Cars may stay two hours.
specification: A gate keeper.
plan:
  steps:
    - {clauses: [c1], summary: Compare the hours.}
source: |
  def clause_c1(event, facts):
      return None
examples:
  - {id: short, event: &short {agent: gate, stage: input, hours: 1}, expect: allow}
  - {id: long, event: {<<: *short, hours: 3}, expect: deny, violated: [c1], answers: {kind: "yes"}}
"""


def test_demonstration_and_examples_are_read() -> None:
    file = parse(GOOD, name="yard.yaml")
    assert file.demonstration.id == "yard"
    assert file.demonstration.origin == "imported"
    assert file.demonstration.request == "Cars may stay two hours.\n"
    assert [one.example.event["hours"] for one in file.examples] == [1, 3]
    assert [one.answers for one in file.examples] == [{}, {"kind": "yes"}]


def test_examples_may_be_left_out() -> None:
    assert parse(GOOD[: GOOD.index("examples:")], name="yard.yaml").examples == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be a mapping"),
        ("- a\n- b", "must be a mapping"),
        ("id: [", "line 1"),
        ("a: b: c", "line 1"),
        ("id: x\nid: y", "a key stands twice"),
        ("id: !!python/object/apply:os.getcwd []", "could not determine a constructor"),
        ("? [a]\n: b", "`yard.yaml`"),
        ("id: x", "`/title`"),
        (GOOD.replace("id: yard", "id: 2031-05-04"), "`/id`"),
        (GOOD.replace("domain: parking", "domain: parking\ncolour: red"), "`/colour`"),
        (GOOD.replace("expect: allow", "expect: perhaps"), "`/expect`"),
        (GOOD[: GOOD.index("examples:")] + "examples: 7", "`/examples`"),
        (GOOD[: GOOD.index("examples:")] + "examples: [7]", "`yard.yaml`"),
        (GOOD.replace('answers: {kind: "yes"}', "answers: [1]"), "`/answers`"),
        ("[" * 1_200, "nested too deep"),
    ],
)
def test_wrong_file_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(MemoryStoreError) as caught:
        parse(text, name="yard.yaml")
    assert said in str(caught.value)
    assert "yard.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


RUNNER = InProcessRunner()


def test_good_demonstration_has_no_problems() -> None:
    assert problems_of(demonstration(), RUNNER.inspect) == ()


def _never(_source: str) -> Inspection:
    raise AssertionError("must not be asked")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": "two words"}, "`id`"),
        ({"id": "../up"}, "`id`"),
        ({"id": "a\x1b[2J"}, "`id`"),
        ({"id": "x" * 101}, "`id`"),
        ({"title": " "}, "`title` is empty"),
        ({"request": "\n"}, "`request` is empty"),
        ({"source": ""}, "`source` is empty"),
    ],
)
def test_what_no_compiler_needs_to_read_is_refused_first(changes: dict[str, str], said: str) -> None:
    (problem, *_) = problems_of(demonstration().model_copy(update=changes), _never)
    assert said in problem


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"source": "import os\n"}, "source line 1"),
        ({"source": "def clause_c1(event, facts):\n    return missing_tool(event)\n"}, "missing_tool"),
        ({"plan": Plan()}, "`clause_c1` is coded but stands in no step"),
        (
            {"plan": Plan(steps=(PlanStep(clauses=("c1",), summary=""),), gaps=(Gap(clause="c1", reason="taste"),))},
            "clause `c1` is a gap of the plan and yet coded",
        ),
    ],
)
def test_what_the_compiler_or_the_plan_contradicts_is_refused(changes: dict[str, object], said: str) -> None:
    problems = problems_of(demonstration().model_copy(update=changes), RUNNER.inspect)
    assert any(said in problem for problem in problems)
