"""Every tool works inside a confined worker: nothing is imported or opened there for the first time."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from guardagent.ports import RunCase
from guardagent.types import Program
from guardagent_toolbox.registry import TOOLBOX_VERSION, catalogue
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.warm import warm_tool
from guardagent_toolbox.spec import spec_of
from tests.support.sandboxes import code_of

VALUES: tuple[Any, ...] = (
    None, False, 0, -7, 3.5, "", " ", "word", "Ünïcode ß ﬁ 中文 🙂", "a@b.example", "x" * 5_000, "(a+)+$", "[", "(?=x)",
    "$1,234.50", "twelve hundred euros", "EUR 3", "2024-02-29", "29 Feb 2024", "tomorrow", "2024-03-31T02:30:00+02:00",
    "https://пример.испытание/путь?q=%zz#f", "http://[::1]:99999/", "//x", "xn--mnchen-3ya.de", "file:///etc/passwd",
    "SELECT a, b AS c FROM t JOIN u USING (id) WHERE x IN (SELECT y FROM v)", "WITH q AS (SELECT 1) SELECT * FROM q",
    "SELECT `a` FROM `p.d.t` LIMIT 1", "DROP TABLE t; --", "SELECT", "import os\nos.system('x')", "def f(:",
    "db = LoadDB('t')\nr = FilterDB(db, 'a=1')\nanswer = GetValue(r, 'b')", "SQLInterpreter('SELECT a FROM t')",
    [], ["a", 1, None], [["a"]], {}, {"a": ["b"]}, {"t": ["a", "b"], "u": ["id"]}, {"a": {"b": {"c": 1}}}, {"": None},
)  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(cpu_ms=2_000, wall_ms=10_000)) as sandbox:
        yield sandbox


def late_import(text: str) -> str:
    """Imports on its first good call, and on its first bad one.

    >>> late_import(
    ...     "good")
    'good'
    """
    if text == "good":
        import stringprep

        return stringprep.__name__
    import sched

    return sched.__name__


def test_warming_does_what_a_tool_puts_off() -> None:
    for module in ("stringprep", "sched"):
        sys.modules.pop(module, None)
    warm_tool(spec_of(late_import, group="text", origin="test"))
    assert {"stringprep", "sched"} <= sys.modules.keys()


def caller_of(sandbox: Sandbox, name: str) -> tuple[Program, int]:
    """A program that calls a tool with what the event holds, and how many arguments it passes."""
    parameters = inspect.signature(catalogue()[name].function).parameters
    arguments = ", ".join(f"event['arguments'][{place}]" for place in range(len(parameters)))
    source = f"def clause_c1(event, facts):\n    if not {name}({arguments}):\n        return not_applicable()\n"
    inspection = sandbox.inspect(source)
    assert not inspection.errors, inspection.errors
    return Program.of(inspection, toolbox_version=TOOLBOX_VERSION), len(parameters)


@pytest.mark.parametrize("name", catalogue())
def test_tool_answers_whatever_it_is_given(sandbox: Sandbox, name: str) -> None:
    program, count = caller_of(sandbox, name)
    rotations = range(0, len(VALUES), 5) if count > 1 else range(1)
    calls = [
        [VALUES[(start + place * shift) % len(VALUES)] for place in range(count)]
        for shift in rotations
        for start in range(len(VALUES))
    ]
    results = sandbox.run(program, [RunCase(json.dumps({"arguments": arguments})) for arguments in calls])
    broken = {code_of(r): arguments for r, arguments in zip(results, calls, strict=True) if r.failure is not None}
    assert broken == {}
