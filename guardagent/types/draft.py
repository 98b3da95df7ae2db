"""What a compile gives back: a draft with its report, and the demonstrations it may become."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from guardagent.types.base import Noun
from guardagent.types.program import Program
from guardagent.types.request import Clause, Effect, Example, GuardRequest, Origin, Plan

ClauseStatus = Literal[
    "ENFORCED", "NOT_TRANSLATABLE", "DEFINITION", "UNTESTED", "ALWAYS_ALLOW", "ALWAYS_DENY", "CONFLICT"
]


class ExampleResult(Noun):
    """What the program said to one example, beside what was expected."""

    id: str
    origin: Origin
    expect: Effect
    expect_violated: tuple[str, ...] = ()
    effect: Effect
    failed: bool
    violated: tuple[str, ...] = ()
    problem: str = Field(default="", description="Empty when the example passed.")


class MutantCount(Noun):
    """What came of the small faults that were put into a clause on purpose."""

    killed: int = Field(default=0, description="An example would be wrong with it.")
    weak: int = Field(default=0, description="Some event is answered otherwise, and every example stays right.")
    same: int = Field(default=0, description="No event was found that is answered otherwise.")
    untried: int = Field(default=0, description="Left out: there are too many, or no time.")

    def __add__(self, other: MutantCount) -> MutantCount:
        names = ("killed", "weak", "same", "untried")
        return MutantCount(**{name: getattr(self, name) + getattr(other, name) for name in names})


class ClauseReport(Noun):
    """What became of one clause."""

    clause: str
    text: str
    status: ClauseStatus
    reason: str = ""
    hint: str = ""
    examples: tuple[str, ...] = Field(default=(), description="Ids of the examples that exercise it.")
    weak: tuple[str, ...] = Field(default=(), description="Faults in its function that no example would notice.")
    mutants: MutantCount | None = Field(default=None, description="None where no faults were tried.")
    facts: tuple[str, ...] = Field(default=(), description="Facts that its function may read.")
    lines: tuple[int, int] | None = Field(default=None, description="First and last line of its function.")


class Conflict(Noun):
    """Two clauses that cannot both have their way, with an event that shows it."""

    kind: Literal["overridden", "irreconcilable", "exhaustive"]
    clauses: tuple[str, str]
    event: dict[str, Any]
    text: str = Field(description="What is wrong, with both sentences.")


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
    conflicts: tuple[Conflict, ...] = ()
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
