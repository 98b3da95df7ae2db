"""The shapes in which a model answers; no object in them is open, as strict schemas demand."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from guardagent.ports import Coded
from guardagent.types import ClauseKind, Example, Gap, Join, Plan, PlanStep, Recast, Revision

ExampleKind = Literal["violating", "compliant", "boundary"]

# An id with a space round it would name no clause.
_Said = Annotated[str, StringConstraints(strip_whitespace=True)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReadingAnswer(_Shape):
    """How words of a clause are read."""

    words: _Said = Field(description="Copied letter by letter from the clause.")
    means: _Said


class StepAnswer(_Shape):
    """One step of a plan."""

    clauses: list[_Said]
    summary: _Said
    fields: list[_Said] = Field(description="JSON pointers into the event.")
    facts: list[_Said]
    tools: list[_Said]
    takes_in: list[_Said] = Field(
        default_factory=list, description="Ids of the other clauses that change how these rules are read."
    )
    readings: list[ReadingAnswer] = Field(default_factory=list, description="The words that decide, and how.")


class GapAnswer(_Shape):
    """A clause without a function."""

    clause: _Said
    reason: _Said
    hint: _Said = Field(description="How the author could say it so that it can be enforced.")
    explains: list[_Said] = Field(
        default_factory=list, description="Ids of enforced clauses that this one only changes the reading of."
    )


class RecastAnswer(_Shape):
    """A clause whose kind was guessed wrong."""

    clause: _Said
    kind: ClauseKind
    reason: _Said


class JoinAnswer(_Shape):
    """Clauses in a row that state one rule together."""

    clauses: list[_Said]
    reason: _Said


class PlanAnswer(_Shape):
    """The planner's answer."""

    recasts: list[RecastAnswer] = Field(default_factory=list)
    joins: list[JoinAnswer] = Field(default_factory=list)
    steps: list[StepAnswer]
    gaps: list[GapAnswer]

    def to_plan(self) -> Plan:
        """The same plan as the noun."""
        return Plan(
            steps=tuple(PlanStep.model_validate(step.model_dump()) for step in self.steps),
            gaps=tuple(Gap.model_validate(gap.model_dump()) for gap in self.gaps),
            recasts=tuple(Recast.model_validate(recast.model_dump()) for recast in self.recasts),
            joins=tuple(Join.model_validate(join.model_dump()) for join in self.joins),
        )


class ExampleAnswer(_Shape):
    """One proposed event. The event is JSON in a string, because strict schemas allow no open object."""

    clause: _Said
    kind: ExampleKind
    note: _Said
    event_json: str = Field(description="The whole event as JSON text.")
    expect: Literal["allow", "deny", "escalate"]
    violated: list[_Said]

    @field_validator("event_json")
    @classmethod
    def _is_an_object(cls, value: str) -> str:
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            raise ValueError("must be the JSON text of one event") from None
        if not isinstance(found, dict):
            raise ValueError("must be the JSON text of an object")
        return value


class ExamplesAnswer(_Shape):
    """The examiner's answer."""

    examples: list[ExampleAnswer]

    def to_examples(self, *, taken: frozenset[str] = frozenset()) -> tuple[Example, ...]:
        """The same examples as nouns of origin `proposed`, with readable ids, none of them `taken`."""
        used = set(taken)
        made = []
        for said in self.examples:
            name = _unused(f"{said.clause}-{said.kind}", used)
            used.add(name)
            event: dict[str, Any] = json.loads(said.event_json)
            made.append(
                Example(
                    id=name,
                    event=event,
                    expect=said.expect,
                    violated=tuple(said.violated),
                    note=said.note,
                    origin="proposed",
                )
            )
        return tuple(made)


class RevisionAnswer(_Shape):
    """A proposed event whose label is wrong: with its right label, or withdrawn."""

    example: _Said
    reason: _Said
    expect: Literal["allow", "deny", "escalate", "withdrawn"]
    violated: list[_Said] = Field(default_factory=list)

    def to_revision(self) -> Revision:
        """The same revision as the noun."""
        expect = None if self.expect == "withdrawn" else self.expect
        return Revision(example=self.example, reason=self.reason, expect=expect, violated=tuple(self.violated))


class RevisionsAnswer(_Shape):
    """What a coder says of the proposed events beside a mended program."""

    revisions: list[RevisionAnswer] = Field(default_factory=list)


class CodeAnswer(RevisionsAnswer):
    """The coder's answer."""

    source: str = Field(description="The whole module in the guard language.")

    def to_coded(self) -> Coded:
        """The same answer as the noun."""
        return Coded(self.source, tuple(one.to_revision() for one in self.revisions))


def _unused(name: str, used: set[str]) -> str:
    stem, number = f"proposed-{name}", 1
    found = stem
    while found in used:
        number += 1
        found = f"{stem}-{number}"
    return found
