"""What a program means in Python itself, without any of our layers: the yardstick for what it answers within them."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from typing import Any, Final

from guardagent_toolbox.runtime.answers import ANSWER_FUNCTIONS, Row, row_of
from tests.fuzz.programs import copied

Tools = Mapping[str, Callable[..., object]]


def _listed(function: Callable[..., Any]) -> Callable[..., list[Any]]:
    return lambda *values, **named: list(function(*values, **named))


# In the guard language these give lists: nothing in a program has a hidden state.
_LISTS: Final = {name: _listed(getattr(builtins, name)) for name in ("enumerate", "zip", "reversed", "map", "filter")}


def answers_in_python(
    source: str, tools: Tools, event: dict[str, Any], facts: dict[str, Any], clauses: tuple[str, ...]
) -> dict[str, Row | None]:
    """The row of each clause, None for a pass; a clause that raises is left out."""
    scope: dict[str, Any] = {**ANSWER_FUNCTIONS, **tools, **_LISTS}
    exec(source, scope)
    found: dict[str, Row | None] = {}
    for clause in clauses:
        try:
            answer = scope[f"clause_{clause}"](copied(event), copied(facts))
            found[clause] = None if answer is None else row_of(clause, answer)
        # Whatever stops a clause in Python says nothing of what it means.
        except Exception:
            continue
    return found
