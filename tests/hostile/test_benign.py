"""Benign twins of the hostile corpus: realistic policies, all of which are accepted and answer right in the sandbox."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardagent.ports import RunCase
from guardagent.types import Program
from guardagent_toolbox.registry import TOOLBOX_VERSION
from guardagent_toolbox.sandbox import Sandbox
from tests.hostile.arena import LIMITS
from tests.hostile.scoreboard import Scoreboard

FOLDER = Path(__file__).parent.parent / "cases" / "language" / "benign"
CASES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))
}
PASSES = {"pass", "not_applicable"}


@pytest.fixture(scope="module")
def sandbox() -> Any:
    with Sandbox(LIMITS) as sandbox:
        yield sandbox


@pytest.mark.parametrize("name", CASES)
def test_benign_program_is_accepted_and_answers_right(name: str, sandbox: Sandbox, scores: Scoreboard) -> None:
    case = CASES[name]
    scores.benign.add(name)
    inspection = sandbox.inspect(case["source"])
    assert inspection.errors == ()
    scores.accepted.add(name)
    program = Program.of(inspection, toolbox_version=TOOLBOX_VERSION)
    events = [RunCase(json.dumps(run["event"]), json.dumps(run.get("facts", {}))) for run in case["runs"]]
    for run, result in zip(case["runs"], sandbox.run(program, events), strict=True):
        assert result.failure is None
        assert {answer.clause: answer.outcome for answer in result.answers} == run["want"]
        said = {answer.clause: answer.message for answer in result.answers}
        assert {clause: said[clause] for clause in run.get("message", {})} == run.get("message", {})
    scores.right.add(name)


def test_there_are_sixty_and_each_has_an_event_that_passes_and_one_that_violates() -> None:
    assert len(CASES) >= 60
    for name, case in CASES.items():
        outcomes = [set(run["want"].values()) for run in case["runs"]]
        assert any(found <= PASSES for found in outcomes), name
        assert any("violation" in found for found in outcomes), name
