"""Sessions for tests, with programs as no compiler writes them: the language is assumed to have been escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from textwrap import indent
from typing import Any

from guardagent_toolbox.monty.limits import MontyLimits
from guardagent_toolbox.monty.program import MontyProgram
from guardagent_toolbox.monty.session import Session
from guardagent_toolbox.monty.sessions import Sessions

QUICK = MontyLimits(wall_ms=500, memory_mb=32)


def forged(body: str, *, head: str = "", make: str = "") -> MontyProgram:
    """A program whose clause c1 has the body, straight in Monty's Python."""
    lines = [head, "def _make_():", make and indent(make, "    "), "    def clause_c1(event, facts):"]
    text = "\n".join([*filter(None, lines), indent(body, "        "), "    return [[clause_c1], []]", ""])
    text = "violation = _words_of_([])['violation']\n" + text
    return MontyProgram(source=text, text=text, clauses=("c1",), helpers=(), tools=(), facts={}, places=())


@contextmanager
def session(
    tools: Mapping[str, Callable[..., object]] | None = None, limits: MontyLimits = QUICK
) -> Iterator[Callable[..., Any]]:
    """Runs forged programs: `run(program)` gives the rows of an event."""
    sessions = Sessions(limits, tools or {})

    def run(program: MontyProgram, event: dict[str, Any] | None = None) -> Any:
        seated: Session = sessions.of("")
        seated.load(program)
        return seated.run(program, event or {}, {})

    try:
        yield run
    finally:
        sessions.close()
