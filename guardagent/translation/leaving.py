"""What of an event is shown to a model once a policy is enforced, for the report."""

from __future__ import annotations

from collections.abc import Iterator

from guardagent.types import FactSpec, GuardRequest, Program


def leaving(program: Program, request: GuardRequest, place: str) -> Iterator[str]:
    """One line per question that may go to a model at `place`: the clauses that ask it and the fields that it sends."""
    if not request.allow_judgement:
        return
    for spec in program.facts:
        if spec.kind == "judgement" or spec.question:
            yield (
                f"fact `{spec.name}` is asked of a model for {_clauses(program, spec)}{_when(spec)}: "
                f"sends {_quoted(spec.fields)} to {place}; when it cannot tell: {request.unclear}"
            )


def _clauses(program: Program, spec: FactSpec) -> str:
    return _quoted(tuple(c for c in program.clauses if spec.name in program.facts_read_by(c))) or "no clause"


def _when(spec: FactSpec) -> str:
    return "" if spec.kind == "judgement" else ", where two labels are about as near"


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


__all__ = ["leaving"]
