"""Programs that fail when they run: by their budget, by changing what is not theirs, by slips. None of it is a pass."""

from __future__ import annotations

import copy
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardagent_toolbox.compiler import Compiled, LoadedProgram, compile_source
from guardagent_toolbox.registry import functions
from tests.toolbox.runner_contract import clause

TABLE = Path(__file__).parent.parent / "cases" / "language" / "failures.yaml"
GROUPS: dict[str, list[dict[str, Any]]] = yaml.safe_load(TABLE.read_text("utf-8"))
CASES = {f"{group}: {case['name']}": case for group, cases in GROUPS.items() for case in cases}
TOOLS = functions()
EVENT: dict[str, Any] = {"n": 7, "user": {"role": "nurse"}, "list": [{"a": 1}], "long": ["a"] * 3_000}


def loaded(source: str) -> LoadedProgram:
    result = compile_source(source, TOOLS)
    assert isinstance(result, Compiled), result
    return LoadedProgram(result, TOOLS)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_clause_fails_with_a_code_and_nothing_changes(case: dict[str, Any]) -> None:
    program = loaded(case["source"] if "source" in case else clause(case["body"]))
    event, facts = copy.deepcopy(EVENT), {"known": "yes"}
    started = time.perf_counter()
    (row,) = program.run(event, facts)
    assert row[:3] == ["c1", "error", case["code"]], row
    assert case.get("says", "") in row[3]
    assert len(row) == 4
    assert (event, facts) == (EVENT, {"known": "yes"})
    # A budget is no use if it takes as long as the deadline that it is to come before; generous for a busy machine.
    assert time.perf_counter() - started < 1.0
    # The same again: nothing of the first run was kept.
    assert program.run(event, facts) == [row]
