"""Every shipped demonstration: accepted by the compiler, whole, and right on its own examples."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast

import pytest
from pydantic import JsonValue

from guardagent.combine import PolicyVerdict, combine
from guardagent.facts import Resolver
from guardagent.ports import Judgement, Question, RunCase
from guardagent.request import segment
from guardagent.resolving import resolve_facts
from guardagent.types import Event, Policy, Program, canonical_json
from guardagent_memory.accept import problems_of
from guardagent_memory.demofile import DemonstratedExample, DemonstrationFile
from guardagent_memory.embed import HashingEmbedder
from guardagent_memory.shipped import shipped_files
from guardagent_toolbox.inprocess import InProcessRunner
from guardagent_toolbox.registry import TOOLBOX_VERSION, catalogue

FILES = {file.demonstration.id: file for file in shipped_files()}
EXAMPLES = [(id, example.example.id) for id, file in FILES.items() for example in file.examples]
RUNNER = InProcessRunner()

every_demonstration = pytest.mark.parametrize("id", FILES)


@cache
def program_of(id: str) -> Program:
    return Program.of(RUNNER.inspect(FILES[id].demonstration.source), toolbox_version=TOOLBOX_VERSION)


class ToldJudge:
    """Answers as the example says."""

    place = "this machine"

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers

    async def judge(self, questions: Sequence[Question]) -> Judgement:
        return Judgement({question.spec.name: self._answers[question.spec.name] for question in questions})


def example_of(file: DemonstrationFile, id: str) -> DemonstratedExample:
    return next(one for one in file.examples if one.example.id == id)


def test_there_are_enough_of_them_over_different_domains() -> None:
    assert len(FILES) >= 12
    assert len({file.demonstration.domain for file in FILES.values()}) == len(FILES)
    assert sum("category" in {f.kind for f in program_of(id).facts} for id in FILES) >= 2


@every_demonstration
def test_file_is_named_after_its_id_and_ships(id: str) -> None:
    assert FILES[id].demonstration.origin == "shipped"
    assert FILES[id].demonstration.outcome


@every_demonstration
def test_compiler_accepts_the_source(id: str) -> None:
    assert problems_of(FILES[id].demonstration, RUNNER.inspect) == ()


@every_demonstration
def test_every_rule_of_the_request_is_coded_or_declared_a_gap(id: str) -> None:
    demonstration = FILES[id].demonstration
    clauses = segment(demonstration.request)
    gaps = {gap.clause for gap in demonstration.plan.gaps}
    coded = set(program_of(id).clauses)
    assert {clause.id for clause in clauses if clause.kind == "rule"} == coded | gaps
    planned = {clause for step in demonstration.plan.steps for clause in step.clauses}
    assert planned | gaps == {clause.id for clause in clauses if clause.kind != "context"}


@every_demonstration
def test_plan_names_the_tools_and_facts_that_the_program_uses(id: str) -> None:
    steps = FILES[id].demonstration.plan.steps
    program = program_of(id)
    assert {tool for step in steps for tool in step.tools} == set(program.tools)
    assert set(program.tools) <= set(catalogue())
    assert {fact for step in steps for fact in step.facts} == {fact.name for fact in program.facts}


@every_demonstration
def test_examples_show_every_coded_clause_broken_and_an_event_allowed(id: str) -> None:
    examples = [one.example for one in FILES[id].examples]
    assert {clause for one in examples for clause in one.violated} == set(program_of(id).clauses)
    assert any(one.expect == "allow" and not one.violated for one in examples)
    assert len({one.id for one in examples}) == len(examples)


@pytest.mark.parametrize(("id", "example"), EXAMPLES)
def test_examples_come_out_as_labelled(id: str, example: str) -> None:
    file = FILES[id]
    shown = example_of(file, example)
    program = program_of(id)
    event = Event.of(shown.example.event)
    policy = Policy(
        name=id,
        program=program,
        clauses=segment(file.demonstration.request),
        agent=event.agent,
        allow_judgement=True,
        judge_denied=True,
    )
    resolver = Resolver(HashingEmbedder(), ToldJudge(shown.answers))
    (facts,) = resolve_facts(policy, [event], resolver, lambda _policy, cases: RUNNER.run(program, cases))
    (result,) = RUNNER.run(program, [facts.case(event)])
    outcome = combine([PolicyVerdict(policy, facts.overrule(result))])

    assert outcome.failure is None
    assert outcome.effect == shown.example.expect
    violated = {finding.clause for finding in outcome.findings if finding.outcome == "violation"}
    assert violated == set(shown.example.violated)


ODD_VALUES: tuple[JsonValue, ...] = (
    None,
    True,
    0,
    -1.5,
    10**14,
    "",
    "x",
    "2031-13-45",
    [],
    [None],
    ["x"],
    {},
    {"x": 1},
)


def places_in(value: JsonValue, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where something stands in a JSON value, from the outside in."""
    inner: Iterable[tuple[str | int, JsonValue]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, part in inner:
        yield (*place, key)
        yield from places_in(part, (*place, key))


def with_value(event: dict[str, JsonValue], place: tuple[str | int, ...], value: JsonValue) -> dict[str, JsonValue]:
    changed: Any = copy.deepcopy(event)
    target = changed
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value
    return cast("dict[str, JsonValue]", changed)


@every_demonstration
def test_programs_never_break_whatever_stands_in_a_field(id: str) -> None:
    program = program_of(id)
    facts = {fact.name: fact.default if fact.kind == "category" else fact.choices[0] for fact in program.facts}
    events = [
        with_value(one.example.event, place, value)
        for one in FILES[id].examples[:3]
        for place in places_in(one.example.event)
        if place[0] not in ("agent", "stage")
        for value in ODD_VALUES
    ]
    events.append({"agent": "any", "stage": "tool_call"})
    results = RUNNER.run(program, [RunCase(Event.of(event).canonical, canonical_json(facts)) for event in events])
    broken = [(event, a.failure) for event, r in zip(events, results, strict=True) for a in r.answers if a.failure]
    assert broken == []
    assert [result.failure for result in results if result.failure] == []
