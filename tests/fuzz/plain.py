"""What a program means in Python itself, without any of our layers: the yardstick for what it answers within them."""

from __future__ import annotations

import builtins
from collections.abc import Callable, ItemsView, KeysView, Mapping, ValuesView
from copy import deepcopy
from typing import Any, Final

from guardagent_toolbox.runtime.answers import ANSWER_FUNCTIONS, Row, row_of
from tests.fuzz.programs import copied

Tools = Mapping[str, Callable[..., object]]


def _listed(function: Callable[..., Any]) -> Callable[..., list[Any]]:
    return lambda *values, **named: list(function(*values, **named))


def _apart(tool: Callable[..., object]) -> Callable[..., object]:
    """The tool as the language has it: it is given lists for ranges and views, and its result shares nothing."""

    def call(*values: Any, **named: Any) -> object:
        return deepcopy(tool(*map(_as_data, values), **{name: _as_data(value) for name, value in named.items()}))

    return call


def _as_data(value: Any) -> Any:
    return list(value) if isinstance(value, range | KeysView | ValuesView | ItemsView) else value


# In the guard language these give lists: nothing in a program has a hidden state.
_LISTS: Final = {name: _listed(getattr(builtins, name)) for name in ("enumerate", "zip", "reversed", "map", "filter")}


def answers_in_python(
    source: str, tools: Tools, event: dict[str, Any], facts: dict[str, Any], clauses: tuple[str, ...]
) -> dict[str, Row | None]:
    """The row of each clause, None for a pass; a clause that raises is left out."""
    own_tools = {name: _apart(tool) for name, tool in tools.items()}
    scope: dict[str, Any] = {**ANSWER_FUNCTIONS, **own_tools, **_LISTS}
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
