"""A CheckRunner without a sandbox, for tests and development only.

It compiles and runs programs in this very process: the language and its budgets hold, but nothing of the operating
system does, and a program that finds a way round them has the process. Wire the sandbox in production.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from guardagent.ports import RunCase, RunResult
from guardagent.types import Failure, FailureCode, Inspection, Program
from guardagent_toolbox.compiler import Compiled, LoadedProgram, compile_source
from guardagent_toolbox.inspecting import accepted, rejected
from guardagent_toolbox.registry import functions
from guardagent_toolbox.replies import result_of

Tools = Mapping[str, Callable[..., object]]


class InProcessRunner:
    """Compiles and runs programs in this process; holds nothing back but what the language does."""

    def __init__(self, tools: Tools | None = None) -> None:
        self._tools = functions() if tools is None else dict(tools)
        self._closed = False

    @property
    def confinement(self) -> str:
        """Nothing of the operating system holds the program."""
        return "none"

    def inspect(self, source: str, *, tenant: str = "") -> Inspection:  # noqa: ARG002 - nothing is kept
        """What the compiler reads in `source`, or the errors that it found."""
        compiled = compile_source(source, self._tools)
        if not isinstance(compiled, Compiled):
            return rejected(compiled)
        return accepted(compiled)

    def run(
        self,
        program: Program,
        cases: Sequence[RunCase],
        *,
        tenant: str = "",  # noqa: ARG002 - nothing is kept
    ) -> tuple[RunResult, ...]:
        """One result per case, in order."""
        if self._closed:
            return tuple(_failed("unavailable", "the runner is closed") for _case in cases)
        compiled = compile_source(program.source, self._tools)
        if not isinstance(compiled, Compiled):
            line, message = compiled[0]
            return tuple(_failed("rejected_program", f"line {line}: {message}") for _case in cases)
        loaded = LoadedProgram(compiled, self._tools)
        return tuple(_run(loaded, compiled.clauses, case) for case in cases)

    def close(self) -> None:
        """Refuses all further runs."""
        self._closed = True


def _run(loaded: LoadedProgram, clauses: Sequence[str], case: RunCase) -> RunResult:
    try:
        event, facts = json.loads(case.event), json.loads(case.facts)
    except (ValueError, RecursionError):
        return _failed("invalid_event", "event or facts are not JSON")
    if type(event) is not dict or type(facts) is not dict:
        return _failed("invalid_event", "event and facts are JSON objects")
    return result_of(loaded.run(event, facts), clauses)


def _failed(code: FailureCode, message: str) -> RunResult:
    return RunResult(failure=Failure(code=code, message=message))
