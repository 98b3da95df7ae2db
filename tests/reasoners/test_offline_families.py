"""The tables of `tests/cases/offline`, one per family: what a request forbids, what it allows, and what it leaves open.

`schema` and `specification` describe the agent; each entry of `requests` has a `text` with the events that it denies
(`denied`) and allows (`allowed`); the sentences under `gaps` must not be translated.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardagent.ports import RunCase
from guardagent.reasoners.offline.emit import program_source
from guardagent.reasoners.offline.examples import broken_by, propose
from guardagent.reasoners.offline.translate import translate
from guardagent.request import segment
from guardagent.types import AgentSpec, GuardRequest, Program
from guardagent_toolbox.inprocess import InProcessRunner
from guardagent_toolbox.registry import functions

TABLES = sorted((Path(__file__).parents[1] / "cases" / "offline").glob("*.yaml"))
LOADED = [(path.stem, yaml.safe_load(path.read_text("utf-8"))) for path in TABLES]
REQUESTS = [(name, table, entry) for name, table in LOADED for entry in table["requests"]]
GAPS = [(name, table, text) for name, table in LOADED for text in table.get("gaps", ())]


@pytest.fixture(scope="module")
def runner() -> Iterator[InProcessRunner]:
    made = InProcessRunner()
    yield made
    made.close()


def request_of(table: dict[str, Any], text: str) -> GuardRequest:
    agent = AgentSpec(name="a", description=table.get("specification", ""), event_schema=table["schema"])
    return GuardRequest(name="table", text=text, agent=agent)


@pytest.mark.parametrize(("family", "table", "entry"), REQUESTS, ids=[f"{n}-{e['text'][:60]}" for n, _, e in REQUESTS])
def test_request_denies_and_allows(
    runner: InProcessRunner, family: str, table: dict[str, Any], entry: dict[str, Any]
) -> None:
    request = request_of(table, entry["text"])
    found = translate(request, segment(request.text), functions())
    assert found.rules, found.gaps
    assert not [gap for gap in found.gaps if not gap.explains and "asks nothing" not in gap.reason], found.gaps
    inspection = runner.inspect(program_source(request, found))
    assert inspection.errors == ()
    program = Program.of(inspection, toolbox_version="test")
    proposed = [example.event for example in propose(request, found, lambda _event: True)]
    given = [*entry.get("denied", ()), *entry.get("allowed", ())]
    events = [{"agent": "a", "stage": "tool_call"} | event for event in [*given, *proposed]]
    results = runner.run(program, [RunCase(json.dumps(event)) for event in events])
    fired = [any(answer.outcome == "violation" for answer in result.answers) for result in results]
    assert all(answer.failure is None for result in results for answer in result.answers)
    wanted = [True] * len(entry.get("denied", ())) + [False] * len(entry.get("allowed", ()))
    assert fired[: len(given)] == wanted
    # The program and the reasoner's own evaluation agree on every event that it made.
    own = [any(broken_by(rule, event) for rule in found.rules) for event in events[len(given) :]]
    assert fired[len(given) :] == own
    assert set(own) == {True, False}


@pytest.mark.parametrize(("family", "table", "text"), GAPS, ids=[f"{name}-{text[:60]}" for name, _, text in GAPS])
def test_sentence_is_not_guessed(family: str, table: dict[str, Any], text: str) -> None:
    request = request_of(table, text)
    found = translate(request, segment(request.text), functions())
    assert not found.rules
    assert all(gap.reason and gap.hint for gap in found.gaps)
