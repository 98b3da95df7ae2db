"""The author's side: guard request, clauses, agent specification, examples, plan."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from guardagent.types.base import Noun
from guardagent.types.event import Stage

ClauseKind = Literal["rule", "definition", "context"]
Effect = Literal["allow", "deny", "escalate"]
# Who labelled an example; one of the program only says what it does, until the author confirms it.
Origin = Literal["author", "proposed", "program"]
Mode = Literal["enforce", "shadow", "off"]

CLAUSE_ID = r"^c[1-9][0-9]{0,3}$"


class Clause(Noun):
    """One enforceable sentence, list item or table of the request, verbatim."""

    id: str = Field(pattern=CLAUSE_ID)
    text: str = Field(min_length=1)
    start: int = Field(ge=0, description="Offset of the first character in the request.")
    end: int = Field(ge=0, description="Offset after the last character.")
    kind: ClauseKind = "rule"
    heading: str = Field(default="", description="The heading or lead-in sentence under which the clause stands.")


class AgentSpec(Noun):
    """What the guarded agent is, and the JSON Schema (2020-12) of its events."""

    name: str = Field(min_length=1)
    description: str = ""
    event_schema: dict[str, Any] = Field(default_factory=dict)


class Example(Noun):
    """A labelled event: what the guard must say to it."""

    id: str = Field(min_length=1)
    event: dict[str, Any]
    expect: Effect
    violated: tuple[str, ...] = Field(default=(), description="Clause ids that must be violated; empty: any or none.")
    note: str = ""
    origin: Origin = "author"


class GuardRequest(Noun):
    """Prose of the author, agent specification, labelled examples, and where the policy applies."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    text: str = Field(min_length=1)
    agent: AgentSpec
    stages: tuple[Stage, ...] = Field(default=(), description="Stages it applies to; empty: all.")
    mode: Mode = "enforce"
    on_error: Effect = "deny"
    allow_judgement: bool = Field(default=False, description="Whether facts may be asked of a model at check time.")
    unclear: Effect = Field(default="deny", description="What it means that the model cannot tell.")
    judge_denied: bool = Field(default=False, description="Whether it is asked about events that are denied anyway.")
    examples: tuple[Example, ...] = ()


class Revision(Noun):
    """What becomes of a proposed example whose label was wrong; without `expect` it is withdrawn."""

    example: str
    reason: str
    expect: Effect | None = None
    violated: tuple[str, ...] = ()


class Reading(Noun):
    """How words of a clause are read that decide about an event, such as “at most 5”: 5 passes."""

    words: str = Field(description="Verbatim from the clause.")
    means: str


class PlanStep(Noun):
    """One step of a plan: which clauses it serves, and what it needs to decide them."""

    clauses: tuple[str, ...]
    summary: str
    takes_in: tuple[str, ...] = Field(default=(), description="Other clauses that change how these are read.")
    readings: tuple[Reading, ...] = ()
    fields: tuple[str, ...] = Field(default=(), description="Event fields it reads, as JSON pointers.")
    facts: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()


class Gap(Noun):
    """A clause without a function: not translatable, with the reason and a hint how to say it instead.

    One that only changes how others are read (an exception, a default, a way of comparing) names them in `explains`.
    """

    clause: str
    reason: str
    hint: str = ""
    explains: tuple[str, ...] = Field(default=(), description="Enforced clauses whose functions carry it out.")


class Recast(Noun):
    """A clause that is of another kind than the segmenter guessed."""

    clause: str
    kind: ClauseKind
    reason: str


class Join(Noun):
    """Clauses in a row that state one rule together; the first one stands for all of them."""

    clauses: tuple[str, ...]
    reason: str


class Plan(Noun):
    """Ordered steps; every rule clause stands in a step or in a gap."""

    steps: tuple[PlanStep, ...] = ()
    gaps: tuple[Gap, ...] = ()
    recasts: tuple[Recast, ...] = ()
    joins: tuple[Join, ...] = ()
