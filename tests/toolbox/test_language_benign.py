"""Programs as people and models write them: all are accepted, and give the answers that plain Python gives."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardagent_toolbox.compiler import Compiled, LoadedProgram, compile_source
from guardagent_toolbox.registry import functions
from guardagent_toolbox.runtime.answers import ANSWER_FUNCTIONS, row_of

FOLDER = Path(__file__).parent.parent / "cases" / "language" / "benign"
CASES = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}
TOOLS = functions()


def compiled(source: str) -> Compiled:
    result = compile_source(source, TOOLS)
    assert isinstance(result, Compiled), result
    return result


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_program_is_accepted_and_answers(case: dict[str, Any]) -> None:
    program = compiled(case["source"])
    loaded = LoadedProgram(program, TOOLS)
    for run in case["runs"]:
        rows = {row[0]: row for row in loaded.run(run["event"], run.get("facts", {}))}
        outcomes = {clause: rows[clause][1] if clause in rows else "pass" for clause in program.clauses}
        assert outcomes == run["want"], rows
        assert {clause: rows[clause][3] for clause in run.get("message", {})} == run.get("message", {})


# Plain Python has no order for sets, so there is nothing to compare with.
COMPARABLE = {name: case for name, case in CASES.items() if not case.get("loops_over_sets")}


@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")
@pytest.mark.parametrize("case", COMPARABLE.values(), ids=COMPARABLE)
def test_answers_are_those_of_plain_python(case: dict[str, Any]) -> None:
    program = compiled(case["source"])
    loaded = LoadedProgram(program, TOOLS)
    for run in case["runs"]:
        scope: dict[str, Any] = {**TOOLS, **ANSWER_FUNCTIONS}
        exec(program.source, scope)
        plain = [
            row_of(clause, answer)
            for clause in program.clauses
            if (answer := scope[f"clause_{clause}"](copy.deepcopy(run["event"]), run.get("facts", {}))) is not None
        ]
        assert loaded.run(run["event"], run.get("facts", {})) == plain


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_was_normalised_is_left_alone_the_next_time(case: dict[str, Any]) -> None:
    once = compiled(case["source"])
    again = compiled(once.source)
    assert again.source == once.source
    assert (again.clauses, again.helpers, again.tools) == (once.clauses, once.helpers, once.tools)
    assert again.facts == once.facts


def test_there_is_a_broad_sample() -> None:
    assert len(CASES) >= 25
