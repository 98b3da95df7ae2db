"""What is enforced: facts, programs, policies."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field

from guardagent.types.base import Noun, canonical_json, digest_of
from guardagent.types.event import Stage
from guardagent.types.request import Clause, Effect, Mode

FactValue = str | bool | int | float | None

# A model may always say so; what follows is the policy's business, so no program ever sees it.
UNCLEAR = "unclear"


class FactSpec(Noun):
    """A fact that the host resolves before the program runs.

    `category`: the nearest of labelled exemplar phrases, `default` when none is near. With a `question`, a model that
    the policy allows decides where two labels are about as near.
    `judgement`: a closed question to a model; the answer is one of `choices`, or `unclear`.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")
    kind: Literal["category", "judgement"]
    fields: tuple[str, ...] = Field(min_length=1, description="JSON pointers of the event text it reads.")
    labels: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="category: label to exemplars.")
    default: str = Field(default="other", description="category: the label when no exemplar is near enough.")
    question: str = ""
    choices: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """The values that a program may see."""
        named = (*self.labels, self.default) if self.kind == "category" else self.choices
        return tuple(dict.fromkeys(value for value in named if value != UNCLEAR))

    @cached_property
    def digest(self) -> str:
        """The sha256 of the spec: two specs that ask the same have the same."""
        return digest_of(canonical_json(self.model_dump(mode="json")))


class SourceError(Noun):
    """Why a source was rejected: the line, and what to write instead."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


class Inspection(Noun):
    """What the compiler read in a source; `errors` empty means that it can run."""

    errors: tuple[SourceError, ...] = ()
    source: str = Field(default="", description="The normalised source that will run.")
    clauses: tuple[str, ...] = Field(default=(), description="Clause ids that have a function.")
    helpers: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    facts: tuple[FactSpec, ...] = ()
    facts_of: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="The facts that a clause may read.")


class Program(Noun):
    """Source in the guard language, one function per clause, with its digest and declared facts."""

    source: str
    digest: str
    clauses: tuple[str, ...]
    tools: tuple[str, ...] = ()
    facts: tuple[FactSpec, ...] = ()
    facts_of: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="The facts that a clause may read.")
    toolbox_version: str

    def facts_read_by(self, clause: str) -> frozenset[str]:
        """The names of the facts on which the answer of `clause` may rest; all of them where nothing is known."""
        return frozenset(self.facts_of.get(clause, tuple(spec.name for spec in self.facts)))

    @classmethod
    def of(cls, inspection: Inspection, *, toolbox_version: str) -> Program:
        """The program of an inspection without errors; raises ValueError if it has some."""
        if inspection.errors:
            raise ValueError(f"source was rejected: {inspection.errors[0]}")
        return cls(
            source=inspection.source,
            digest=digest_of(f"{toolbox_version}\n{inspection.source}"),
            clauses=inspection.clauses,
            tools=inspection.tools,
            facts=inspection.facts,
            facts_of=inspection.facts_of,
            toolbox_version=toolbox_version,
        )


class Waiver(Noun):
    """A clause that is knowingly published without enforcement, and why."""

    clause: str
    reason: str = Field(min_length=1)


class Policy(Noun):
    """One immutable revision of a translated guard request."""

    name: str
    program: Program
    clauses: tuple[Clause, ...]
    agent: str
    stages: tuple[Stage, ...] = ()
    mode: Mode = "enforce"
    on_error: Effect = "deny"
    allow_judgement: bool = False
    unclear: Effect = "deny"
    judge_denied: bool = False
    event_schema_json: str = Field(default="{}", description="Canonical JSON Schema of the agent's events.")
    waivers: tuple[Waiver, ...] = ()

    @property
    def revision(self) -> str:
        """The sha256 of everything that the policy decides with."""
        return digest_of(canonical_json(self.model_dump(mode="json")))

    def quote(self, clause: str) -> str:
        """The author's words of a clause id; the empty text for an unknown one."""
        return next((c.text for c in self.clauses if c.id == clause), "")

    def applies_to(self, agent: str, stage: Stage) -> bool:
        """Whether an event of this agent and stage is this policy's business."""
        return agent == self.agent and (not self.stages or stage in self.stages)
