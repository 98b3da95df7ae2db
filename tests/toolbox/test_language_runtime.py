"""What a program shares with its tools, its other clauses and its other events: nothing that it could change."""

from __future__ import annotations

import gc
import math
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from guardagent_toolbox.compiler import Compiled, LoadedProgram, compile_source
from tests.toolbox.runner_contract import clause

Tools = dict[str, Callable[..., object]]


def loaded(source: str, tools: Tools | None = None) -> LoadedProgram:
    result = compile_source(source, tools or {})
    assert isinstance(result, Compiled), result
    return LoadedProgram(result, tools or {})


def message_of(source: str, tools: Tools, event: dict[str, Any] | None = None) -> str:
    (row,) = loaded(source, tools).run(event or {}, {})
    return str(row[3])


CACHE = {"words": ["a", ["b"]], "seen": {"x"}}


def test_program_cannot_get_at_what_a_tool_keeps() -> None:
    source = clause(
        'kept = cached()\nkept["words"].append("c")\nkept["words"][1].append("d")\nkept["seen"].add("y")\n'
        'return violation(f"{kept}")'
    )
    assert message_of(source, {"cached": lambda: CACHE}) == "{'words': ['a', ['b', 'd'], 'c'], 'seen': {'x', 'y'}}"
    assert {"words": ["a", ["b"]], "seen": {"x"}} == CACHE


def test_part_of_the_event_that_a_tool_hands_back_stays_protected() -> None:
    source = clause('part = pick(event)\npart[0].append(1)\nreturn violation("changed")')
    event = {"list": [1]}
    assert "cannot be changed" in message_of(source, {"pick": lambda e: [e["list"]]}, event)
    assert event == {"list": [1]}


def _fails() -> object:
    raise ValueError("secret path /home/x")


STRANGE: dict[str, tuple[Callable[[], object], str]] = {
    "an exception": (_fails, "tool `odd` failed on its arguments (ValueError)"),
    "an object": (object, "tool `odd` gave a value of type `object`, which is not plain data"),
    "an object inside": (lambda: [1, {"a": object()}], "which is not plain data"),
    "bytes": (lambda: b"a", "which is not plain data"),
    "a generator": (lambda: (x for x in [1]), "which is not plain data"),
    "a function": (lambda: len, "which is not plain data"),
    "a subclass of str": (lambda: type("Text", (str,), {})("a"), "which is not plain data"),
    "NaN": (lambda: math.nan, "(NaN)"),
    "NaN in a list": (lambda: [math.nan], "(NaN)"),
    "NaN inside": (lambda: {"a": [1, {"b": math.nan}]}, "(NaN)"),
}


@pytest.mark.parametrize(("function", "says"), STRANGE.values(), ids=STRANGE)
def test_tool_that_gives_no_plain_data_fails_the_clause(function: Callable[[], object], says: str) -> None:
    (row,) = loaded(clause("x = odd()\nreturn None"), {"odd": function}).run({}, {})
    assert row[:3] == ["c1", "error", "program_error"]
    assert says in row[3]
    assert "secret" not in row[3]


def test_tool_gets_lists_for_views_and_ranges() -> None:
    given: list[object] = []
    source = clause("x = take({'a': 1}.keys(), range(2), more={'b': 2}.items())\nreturn None")

    def take(first: object, second: object, more: object = None) -> None:
        given.extend([first, second, more])

    assert loaded(source, {"take": take}).run({}, {}) == []
    assert given == [["a"], [0, 1], [("b", 2)]]


def test_clause_cannot_leave_anything_to_the_next() -> None:
    source = (
        "BASE = ['a']\n\n\n"
        + clause("names = BASE\nnames += ['b']\nreturn violation(f'{names}')", number=1)
        + clause("return violation(f'{BASE}')", number=2)
    )
    assert [row[3] for row in loaded(source).run({}, {})] == ["['a', 'b']", "['a']"]


def test_runs_leave_no_garbage_to_collect() -> None:
    source = "def f(x):\n    return [x]\n\n\n" + clause("return violation(f'{f(event)}')")
    program = loaded(source)
    program.run({"a": 1}, {})
    gc.collect()
    gc.disable()
    try:
        for _ in range(50):
            program.run({"a": 1}, {})
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_memory_that_runs_out_is_a_failure_of_its_own_kind() -> None:
    def hungry() -> None:
        raise MemoryError

    (row,) = loaded(clause("x = hungry()\nreturn None"), {"hungry": hungry}).run({}, {})
    assert row[:3] == ["c1", "error", "memory"]


def test_program_without_events_holds_none() -> None:
    class Marked(dict[str, Any]):
        """An event that can be watched."""

    program = loaded(clause("kept = [event]\nreturn None"))
    event = Marked(a=1)
    program.run(event, {})
    assert not [holder for holder in gc.get_referrers(event) if type(holder) in (list, dict)]


def test_tools_that_are_called_or_given_as_keys_are_listed() -> None:
    tools: Tools = dict.fromkeys(("first", "second", "third"), len)
    source = clause('x = sorted(event, key=first)\ny = [second(z) for z in x]\nthird = y\nreturn violation(f"{third}")')
    compiled = compile_source(source, tools)
    assert isinstance(compiled, Compiled)
    assert compiled.tools == ("first", "second")


def test_errors_of_facts_and_of_clauses_are_told_together() -> None:
    errors = compile_source("FACTS = {'x': 1}\n" + clause("import os\nreturn facts['x']"), {})
    assert isinstance(errors, list)
    assert [line for line, _ in errors] == [1, 3]


def test_compiler_is_light_enough_for_the_worker() -> None:
    script = "import sys, guardagent_toolbox.compiler; print(*sorted(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    loaded_modules = set(shown.split())
    assert "RestrictedPython.transformer" in loaded_modules
    assert not {name.partition(".")[0] for name in loaded_modules} & {"pydantic", "guardagent", "socket", "asyncio"}
