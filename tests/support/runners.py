"""A runner that answers by a function of the test, for what no real program would do."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from guardagent.ports import Answer, RunCase, RunResult
from guardagent.types import Inspection, Program, SourceError

Answers = Callable[[Program, RunCase], RunResult]

_CLAUSE = re.compile(r"^def clause_(c\d+)\(", re.MULTILINE)


def all_pass(_program: Program, _case: RunCase) -> RunResult:
    """Every clause passes."""
    return RunResult()


def violates(clause: str = "c1", remedy: str = "deny") -> Answers:
    """The clause is violated by every event."""
    return lambda _program, _case: RunResult((Answer(clause, "violation", remedy, "no"),))


class ScriptedRunner:
    """Implements `CheckRunner`; reads the clause functions of a source by their names and runs nothing."""

    def __init__(self, answers: Answers = all_pass, *, confinement: str = "kernel") -> None:
        self.confinement = confinement
        self.batches: list[int] = []
        self.tenants: list[str] = []
        self._answers = answers

    def inspect(self, source: str, *, tenant: str = "") -> Inspection:
        """The clauses of `source`; one with the word `import` is rejected."""
        if "import" in source:
            return Inspection(errors=(SourceError(line=1, message="no imports"),))
        return Inspection(source=source, clauses=tuple(_CLAUSE.findall(source)))

    def run(self, program: Program, cases: Sequence[RunCase], *, tenant: str = "") -> tuple[RunResult, ...]:
        """What the function answers, case by case."""
        self.batches.append(len(cases))
        self.tenants.append(tenant)
        return tuple(self._answers(program, case) for case in cases)

    def close(self) -> None:
        """Nothing to end."""


class ScriptedFacts:
    """Implements `FactResolver` with given values, or raises what it is given."""

    def __init__(self, values: dict[str, str] | None = None, *, error: Exception | None = None, calls: int = 0) -> None:
        self.model_calls = 0
        self._values, self._error, self._calls = values or {}, error, calls

    def resolve(self, specs: object, event: object, *, allow_judgement: bool) -> dict[str, str]:
        """The values."""
        self.model_calls += self._calls
        if self._error:
            raise self._error
        return self._values
