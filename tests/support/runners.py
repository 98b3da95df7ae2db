"""A runner that answers by a function of the test, for what no real program would do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from guardagent.ports import Answer, Judgement, Question, RunCase, RunResult
from guardagent.types import Event, FactSpec, FactValue, Inspection, Program, SourceError, TokenUsage

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
    """Implements `FactResolver` with given values, or raises what it is given.

    With `calls`, it has a model tell the values, and asking it counts as so many calls; `asked` tells what about.
    """

    judged_at = "nowhere"

    def __init__(self, values: dict[str, str] | None = None, *, error: Exception | None = None, calls: int = 0) -> None:
        self.asked: list[tuple[Question, ...]] = []
        self._values, self._error, self._calls = values or {}, error, calls

    def resolve(
        self, specs: Sequence[FactSpec], event: Event, *, allow_judgement: bool
    ) -> Mapping[str, FactValue | Question]:
        """The values, or questions where a model tells them."""
        if self._error:
            raise self._error
        texts = {"/text": event.canonical}
        return {s.name: Question(s, texts) if self._calls else self._values[s.name] for s in specs}

    async def judge(self, questions: Sequence[Question]) -> Judgement:
        """The values as the model's answers."""
        self.asked.append(tuple(questions))
        return Judgement(
            answers={q.spec.name: self._values[q.spec.name] for q in questions if q.spec.name in self._values},
            evidence={q.spec.name: tuple(q.texts) for q in questions},
            usage=TokenUsage(calls=self._calls, prompt_tokens=10 * self._calls, completion_tokens=self._calls),
        )
