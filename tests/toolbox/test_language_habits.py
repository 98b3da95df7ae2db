"""The language tax: programs as a strong model writes them are taken as they are, or answered with what to write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from guardagent_toolbox.compiler import Compiled, LoadedProgram, compile_source
from guardagent_toolbox.language import instead
from guardagent_toolbox.registry import functions
from guardagent_toolbox.vocabulary import INSTEAD_OF_NAME

TABLE = Path(__file__).parent.parent / "cases" / "language" / "habits.yaml"
HABITS: dict[str, list[dict[str, Any]]] = yaml.safe_load(TABLE.read_text("utf-8"))
ACCEPTED = {case["name"]: case for case in HABITS["accepted"]}
REFUSED = {case["name"]: case for case in HABITS["refused"]}
TOOLS = functions()


def in_python(source: str, event: dict[str, Any]) -> object:
    """What the program gives when Python itself runs it: the message of its violation, if it has one."""
    scope: dict[str, Any] = {**TOOLS, "violation": lambda message, **_: message, "__name__": "program"}
    exec(source.replace("clause_c1(event):", "clause_c1(event, facts):"), scope)
    return scope["clause_c1"](event, {})


@pytest.mark.parametrize("case", ACCEPTED.values(), ids=ACCEPTED)
def test_a_natural_program_is_taken_and_means_what_it_says(case: dict[str, Any]) -> None:
    compiled = compile_source(case["source"], TOOLS)
    assert isinstance(compiled, Compiled), compiled
    program = LoadedProgram(compiled, TOOLS)
    for event in case["events"]:
        rows = program.run(event, {})
        assert [row[1] for row in rows if row[1] == "error"] == [], rows
        assert (rows[0][3] if rows else None) == in_python(case["source"], event)


@pytest.mark.parametrize("case", ACCEPTED.values(), ids=ACCEPTED)
def test_what_was_rewritten_stays_as_it_is_then(case: dict[str, Any]) -> None:
    compiled = compile_source(case["source"], TOOLS)
    assert isinstance(compiled, Compiled), compiled
    again = compile_source(compiled.source, TOOLS)
    assert isinstance(again, Compiled), again
    assert again.source == compiled.source


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_any_other_is_answered_with_the_line_and_what_to_write(case: dict[str, Any]) -> None:
    errors = compile_source(case["source"], TOOLS)
    assert not isinstance(errors, Compiled), errors.source
    assert any(case["says"] in message for line, message in errors if line == case["line"]), errors


def test_most_habits_cost_nothing() -> None:
    assert len(ACCEPTED) >= 70


def test_every_tool_that_is_advised_exists() -> None:
    named = {name for tools in INSTEAD_OF_NAME.values() for name in tools if name != "datetime"}
    advised = {call.partition("(")[0] for text in instead.CALLS.values() for call in text.split("`")[1::2]}
    known = {name for name in advised if name.isidentifier() and "_" in name}
    assert named | known <= TOOLS.keys()


NESTED = """
def clause_c1(event, facts):
    limit = event["limit"]
    seen = []

    def outer(x, factor=2):
        def inner(y):
            return y * factor + offset(y)
        seen.append(x)
        return inner(x) > limit

    def offset(y):
        return len(seen) + y * 0

    low = lambda s: s.lower()
    hits = [x for x in event["a"] if outer(x)]
    ranked = sorted(event["a"], key=offset)
    found = list(map(outer, ranked))
    if hits or any(found):
        return violation(f"{hits} {low('X')} {len(seen)} {found} {outer(1, factor=9)}")


def clause_c2(event, facts):
    def outer(x):
        return x
    low = lambda s: s.upper()
    return violation(low("b")) if outer(event["limit"]) > 2 else None
"""


@pytest.mark.parametrize("event", [{"limit": 3, "a": [1, 2]}, {"limit": 0, "a": [0]}, {"limit": 90, "a": [1]}])
def test_functions_in_functions_keep_their_meaning(event: dict[str, Any]) -> None:
    compiled = compile_source(NESTED, TOOLS)
    assert isinstance(compiled, Compiled), compiled
    rows = LoadedProgram(compiled, TOOLS).run(event, {})
    assert not any(row[1] == "error" for row in rows), rows
    messages = {row[0]: row[3] for row in rows}
    assert messages.get("c1") == in_python(NESTED, event)
    assert messages.get("c2") == ("B" if event["limit"] > 2 else None)
