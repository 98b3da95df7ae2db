"""The program that is emitted says what the condition says, on the events that the sentences are about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from guardagent.ports import RunCase
from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.emit import program_source
from guardagent.reasoners.offline.fields import Fields
from guardagent.reasoners.offline.reader import Reader
from guardagent.reasoners.offline.rules import ConditionRule
from guardagent.reasoners.offline.translate import Translation
from guardagent.types import AgentSpec, Clause, GuardRequest, Program
from guardagent_toolbox.inprocess import InProcessRunner
from tests.reasoners.test_offline_grammar import MEANINGS, SCHEMA, call


@pytest.fixture(scope="module")
def runner() -> Iterator[InProcessRunner]:
    made = InProcessRunner()
    yield made
    made.close()


def program_of(runner: InProcessRunner, sentence: str) -> tuple[Condition, Program]:
    condition = Reader(Fields(SCHEMA)).rule(sentence)
    assert condition is not None
    clause = Clause(id="c1", text=sentence, start=0, end=len(sentence))
    request = GuardRequest(name="one", text=sentence, agent=AgentSpec(name="a", event_schema=SCHEMA))
    source = program_source(request, Translation((ConditionRule(clause, condition, condition.says()),), ()))
    inspection = runner.inspect(source)
    assert inspection.errors == ()
    return condition, Program.of(inspection, toolbox_version="test")


def fires(runner: InProcessRunner, program: Program, event: dict[str, Any]) -> bool:
    (result,) = runner.run(program, [RunCase(json.dumps(event))])
    assert result.failure is None
    assert all(answer.failure is None for answer in result.answers)
    return [answer.outcome for answer in result.answers if answer.outcome == "violation"] == ["violation"]


@pytest.mark.parametrize(("sentence", "event", "violated"), MEANINGS)
def test_program_means_the_sentence(
    runner: InProcessRunner, sentence: str, event: dict[str, Any], violated: bool
) -> None:
    _, program = program_of(runner, sentence)
    assert fires(runner, program, event) is violated


@pytest.mark.parametrize("sentence", sorted({sentence for sentence, _, _ in MEANINGS}))
def test_program_and_condition_agree_on_every_made_event(runner: InProcessRunner, sentence: str) -> None:
    condition, program = program_of(runner, sentence)
    base = call(
        "get_balance", amount=20, currency="EUR", subject="hello", path="/tmp/x.csv", url="https://example.com/"
    )
    made = [base, *condition.make(base, True), *condition.make(base, False)]
    assert {condition.holds(event) for event in made} == {True, False}
    assert [fires(runner, program, event) for event in made] == [condition.holds(event) for event in made]


UNREADABLE = [
    ("The amount may not exceed 500.", call(amount="a lot")),
    ("The amount may not exceed 500.", call(amount=[1])),
    ("The amount must be at least 5.", call(amount="some")),
    ("The amount must be between 1 and 500.", call(amount={"sum": 3})),
    ("The amount must not exceed 500 unless user.verified is true.", {**call(amount=501), "user": {"verified": "yes"}}),
    ("The currency must not be USD.", call(currency=["USD"])),
    ("The currency must be USD, EUR or GBP.", call(currency=7)),
    ("The subject must have at most 2 words.", call(subject=12345)),
    ("The host of url must not be ads.example.com.", call(url="http://[broken")),
    ('The path must not end in ".exe" or ".msi".', call(path=["a.exe"])),
    ("send_email may be called at most 3 times per session.", {**call("send_email"), "history": "none"}),
]


@pytest.mark.parametrize(("sentence", "event"), UNREADABLE)
def test_a_value_that_cannot_be_read_counts_against_the_event(
    runner: InProcessRunner, sentence: str, event: dict[str, Any]
) -> None:
    _, program = program_of(runner, sentence)
    assert fires(runner, program, event)
