"""What a compiler in the host's reach has read, as the host speaks of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from guardagent.types import FactSpec, Inspection, SourceError


class ReadProgram(Protocol):
    """What compilers of every engine tell of a program."""

    @property
    def source(self) -> str:
        """The normalised source."""
        ...

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clause ids."""
        ...

    @property
    def helpers(self) -> tuple[str, ...]:
        """The other functions."""
        ...

    @property
    def tools(self) -> tuple[str, ...]:
        """The tools that it calls."""
        ...

    @property
    def facts(self) -> Mapping[str, dict[str, Any]]:
        """The facts that it declares."""
        ...

    @property
    def facts_of(self) -> Mapping[str, Sequence[str]]:
        """The facts that each clause may read."""
        ...


def accepted(program: ReadProgram) -> Inspection:
    """The inspection of a program without errors."""
    return Inspection(
        source=program.source,
        clauses=program.clauses,
        helpers=program.helpers,
        tools=program.tools,
        facts=tuple(FactSpec(name=name, **spec) for name, spec in program.facts.items()),
        facts_of={clause: tuple(names) for clause, names in program.facts_of.items()},
    )


def rejected(errors: Sequence[tuple[int, str]]) -> Inspection:
    """The inspection of a source with errors, each a line and what to write instead."""
    return Inspection(errors=tuple(SourceError(line=line, message=message) for line, message in errors))


__all__ = ["ReadProgram", "accepted", "rejected"]
