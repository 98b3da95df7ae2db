"""What a compile gives back: a draft with its report, and the demonstrations it may become."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from guardagent.types.base import Noun
from guardagent.types.program import Program
from guardagent.types.request import Clause, Effect, Example, GuardRequest, Plan

ClauseStatus = Literal[
    "ENFORCED", "NOT_TRANSLATABLE", "DEFINITION", "UNTESTED", "ALWAYS_ALLOW", "ALWAYS_DENY", "CONFLICT"
]


class ExampleResult(Noun):
    """What the program said to one example, beside what was expected."""

    id: str
    origin: Literal["author", "proposed"]
    expect: Effect
    expect_violated: tuple[str, ...] = ()
    effect: Effect
    failed: bool
    violated: tuple[str, ...] = ()
    problem: str = Field(default="", description="Empty when the example passed.")


class ClauseReport(Noun):
    """What became of one clause."""

    clause: str
    text: str
    status: ClauseStatus
    reason: str = ""
    hint: str = ""
    examples: tuple[str, ...] = Field(default=(), description="Ids of the examples that exercise it.")


class TokenUsage(Noun):
    """Model calls and tokens of one compile or run."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: TokenUsage) -> TokenUsage:
        return TokenUsage(
            calls=self.calls + other.calls,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
        )


class Report(Noun):
    """Clause by clause what is enforced and what is not, and how the program was tested."""

    reasoner: str
    clauses: tuple[ClauseReport, ...]
    examples: tuple[ExampleResult, ...] = ()
    problems: tuple[str, ...] = Field(default=(), description="What vetting found that no clause owns.")
    notes: tuple[str, ...] = Field(default=(), description="What a reader should know; nothing stands in the way.")
    repairs: int = 0
    usage: TokenUsage = TokenUsage()

    @property
    def publishable(self) -> bool:
        """Whether every rule clause is enforced and every example right."""
        good = all(c.status in ("ENFORCED", "DEFINITION") for c in self.clauses)
        return good and not self.problems and not any(e.problem for e in self.examples)


class Draft(Noun):
    """A proposed policy: request, clauses, plan, program (none when nothing could be coded), examples and report."""

    request: GuardRequest
    clauses: tuple[Clause, ...]
    plan: Plan
    program: Program | None
    examples: tuple[Example, ...]
    report: Report


class Demonstration(Noun):
    """A translated request worth showing to the planner and coder again."""

    id: str = Field(min_length=1)
    title: str
    domain: str
    request: str
    specification: str
    plan: Plan
    source: str
    outcome: str = Field(default="", description="What the program was seen to do.")
    origin: Literal["shipped", "learned", "imported"] = "imported"


class Retrieved(Noun):
    """A demonstration with its similarity to the query, from 0 to 1."""

    demonstration: Demonstration
    score: float


class ToolDoc(Noun):
    """What a coder is shown of a tool: its call and its docstring."""

    name: str
    signature: str
    doc: str
    group: str = ""
