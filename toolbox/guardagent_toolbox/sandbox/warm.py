"""Uses the compiler and every tool once in the zygote, so that nothing is imported or opened in a confined worker.

A lazy import after confinement would be a forbidden system call: the worker would be killed and the program blamed.
"""

from __future__ import annotations

import inspect
import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from typing import Any

from guardagent_toolbox.registry import catalogue
from guardagent_toolbox.sandbox.engine import GuardEngine
from guardagent_toolbox.sandbox.worker import Engine
from guardagent_toolbox.spec import ToolSpec

_EVENT: dict[str, Any] = {"agent": "warm", "stage": "output", "user": {"role": "Ärztin"}, "amounts": [1, 2.5, "3 EUR"]}

_PROGRAM = '''"""Uses what the language has."""

LIMITS = {"nurse": {"lab": ["name"]}}
FACTS = {"topic": {"kind": "category", "fields": ["/input"], "labels": {"travel": ["fly"]}, "default": "other"}}


def total_of(amounts):
    counts: dict = {}
    for place, amount in enumerate(amounts):
        if isinstance(amount, (int, float)):
            counts[str(place)] = counts.get(str(place), 0) + amount
            counts[str(place)] += 1
    return sum(value for value in counts.values())


def clause_c1(event, facts):
    role = event["user"]["role"].casefold().strip()
    named = sorted({role, "b"}, key=lambda name: len(name))
    if total_of(event["amounts"]) > 1 and facts["topic"] == "travel":
        return violation(f"{role!r:>10} asked: {named}", details={"limits": LIMITS}, evidence=["/user/role"])
    return None


def clause_c2(event, facts):
    return redact("hide", [["/user/role", 0, None]]) if event["stage"] == "output" else not_applicable()


def clause_c3(event, facts):
    return event["absent"]
'''

# What nearly every program needs and no more: a worker keeps the memory of what it uses.
_REHEARSED = """
def clause_c1(event, facts):
    return None if event["user"]["role"] else violation("nobody")
"""

# Python writes into the code of a function until it ran some times; workers should find it written, and share it.
_ROUNDS = 4

_BROKEN = (
    "import os",
    "def clause_c1(event, facts):\n    while True:\n        pass\n",
    "def (",
    "x = 'a' is 'a'",
    "\x00",
)

# Right and wrong arguments alike: what a tool does with a wrong one must be loaded, too.
_VALUES: tuple[Any, ...] = (
    None, "", "a", 1, 2.5, True, [], ["a"], {}, {"a": ["b"]}, {"a": "text", "b": 1},
    "SELECT a.x FROM t AS a WHERE a.y = 'é'", "https://bücher.example:80/ä?q=1", "2024-02-29", "1.234,56 €", "x = (",
)  # fmt: skip


def warmed_engine() -> Engine:
    """The engine of production, ready to be confined."""
    engine = GuardEngine()
    warm(engine)
    return engine


def warm(engine: Engine) -> None:
    """Compiles and runs a program with every construct, rejects broken ones, and calls every tool."""
    for _ in range(_ROUNDS):
        engine.inspect(_PROGRAM)
        _clauses, run = engine.load(_PROGRAM)
        for topic in ("travel", "other"):
            json.dumps(run(json.loads(json.dumps(_EVENT)), {"topic": topic}))
        rehearse(engine)
    for source in _BROKEN:
        engine.inspect(source)
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        for spec in catalogue().values():
            warm_tool(spec)


def rehearse(engine: Engine) -> None:
    """Loads and runs a program once, as every tenant's worker will.

    Done by a worker that nobody waits for yet, it makes those pages of memory the worker's own that it would have to
    copy while somebody does; that is half of the time in which a fresh worker loads its first program.
    """
    _clauses, run = engine.load(_REHEARSED)
    json.dumps(run(json.loads(json.dumps(_EVENT)), {}))


def warm_tool(spec: ToolSpec) -> None:
    """Runs the examples of a tool's docstring, and calls it with values of every kind."""
    for example in _examples(spec.doc):
        with suppress(Exception):
            exec(example, {spec.name: spec.function})
    parameters = inspect.signature(spec.function).parameters
    for value in _VALUES:
        with suppress(Exception):
            spec.function(*[value] * len(parameters))


def _examples(doc: str) -> Iterator[str]:
    """The statements after `>>>`, with their continuation lines."""
    for match in re.finditer(r"^ *>>> (.*(?:\n *\.\.\. .*)*)", doc, re.MULTILINE):
        yield re.sub(r"\n *\.\.\. ", "\n", match.group(1))


__all__ = ["rehearse", "warm", "warm_tool", "warmed_engine"]
