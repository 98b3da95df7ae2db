"""What a demonstration must be before it is shown to a coder: whole, and accepted by the compiler."""

from __future__ import annotations

import re
from collections.abc import Callable

from guardagent.types import Demonstration, Inspection

# Ids are typed in commands and printed in tables.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def problems_of(demonstration: Demonstration, inspect: Callable[[str], Inspection]) -> tuple[str, ...]:
    """Why it would mislead whoever learns from it; empty when it is good.

    Args:
        demonstration: What is about to be added.
        inspect: Reads a source, as `CheckRunner.inspect` does.
    """
    needed = {"title": demonstration.title, "request": demonstration.request, "source": demonstration.source}
    found = [f"`{name}` is empty" for name, text in needed.items() if not text.strip()]
    if not _ID.fullmatch(demonstration.id):
        found.append("`id` must be letters, digits, `.`, `_` and `-`, at most 100")
    if found:
        return tuple(found)
    inspection = inspect(demonstration.source)
    if inspection.errors:
        return tuple(f"source {error}" for error in inspection.errors)
    return _plan_problems(demonstration, set(inspection.clauses))


def _plan_problems(demonstration: Demonstration, coded: set[str]) -> tuple[str, ...]:
    planned = {clause for step in demonstration.plan.steps for clause in step.clauses}
    gaps = {gap.clause for gap in demonstration.plan.gaps}
    return (
        *(f"`clause_{clause}` is coded but stands in no step of the plan" for clause in sorted(coded - planned)),
        *(f"clause `{clause}` is a gap of the plan and yet coded" for clause in sorted(coded & gaps)),
    )
