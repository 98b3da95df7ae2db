"""The parts of a prompt, each made from one of the nouns; what an author or an agent wrote stands in a fence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from guardagent.translation.prompts.template import fence
from guardagent.types import AgentSpec, Clause, Demonstration, Event, Example, Plan, ToolDoc

_NONE = "None."
_WIDTH = 110
_END = "\n"


def tools(docs: Sequence[ToolDoc]) -> str:
    """Every tool in one line, its call and what it gives back, by group."""
    ordered = sorted(docs, key=lambda doc: (doc.group, doc.name))
    parts: list[str] = []
    for group, members in groupby(ordered, key=lambda doc: doc.group):
        lines = "\n".join(f"- `{_short(doc.signature)}`: {doc.doc.strip().partition(_END)[0]}" for doc in members)
        parts.append(f"## {group}\n\n{lines}" if group else lines)
    return "\n\n".join(parts) or _NONE


def tool_pages(docs: Sequence[ToolDoc]) -> str:
    """The whole pages of some tools: call, docstring and example."""
    ordered = sorted(docs, key=lambda doc: (doc.group, doc.name))
    return "\n\n".join(f"`{doc.signature}`\n{doc.doc.strip()}" for doc in ordered) or _NONE


def _short(signature: str) -> str:
    """A signature without what every event and entry is."""
    return signature.replace("dict[str, object]", "dict")


def agent(spec: AgentSpec) -> str:
    """Name and description of the guarded agent."""
    return fence(f"name: {json.dumps(spec.name, ensure_ascii=False)}\n{spec.description.strip()}".strip(), "agent")


def schema(spec: AgentSpec) -> str:
    """The JSON Schema of the agent's events."""
    return fence(_json(spec.event_schema), "event schema")


def clauses(found: Iterable[Clause]) -> str:
    """The clauses verbatim, each under its id, kind and heading."""
    return fence("\n\n".join(map(_clause, found)), "clauses")


def examples(found: Iterable[Example], name: str) -> str:
    """Labelled events, one JSON object per line."""
    lines = [
        _json_line({"id": e.id, "event": e.event, "expect": e.expect, "violated": list(e.violated), "note": e.note})
        for e in found
    ]
    return fence("\n".join(lines), name) if lines else _NONE


def plan(made: Plan) -> str:
    """A plan in the shape in which planners write it."""
    return fence(_json(_spoken(made.model_dump(mode="json"))), "plan")


def event(shown: Event) -> str:
    """The event as JSON; its texts stand escaped, so they hold no line of their own."""
    return fence(_json(shown.payload), "event")


def source(code: str) -> str:
    """A program with line numbers, because findings name lines and models count them badly."""
    return fence("\n".join(f"{n:>4} | {line}" for n, line in enumerate(code.rstrip("\n").split("\n"), 1)), "program")


def findings(found: Iterable[str]) -> str:
    """What was wrong, one finding per line; a finding may quote what a program or an event said."""
    return fence("\n".join("- " + line.replace("\n", "\n  ") for line in found), "findings")


def demonstrations(found: Sequence[Demonstration]) -> str:
    """Earlier translations, each with its request, plan and program."""
    return "\n\n".join(map(_demonstration, found)) or _NONE


def _spoken(made: dict[str, Any]) -> dict[str, Any]:
    """A plan without its empty lists of what few plans need."""
    steps = [
        {key: value for key, value in step.items() if value or key not in ("takes_in", "readings")}
        for step in made["steps"]
    ]
    kept = {key: value for key, value in made.items() if value or key not in ("recasts", "joins")}
    return kept | {"steps": steps}


def _clause(clause: Clause) -> str:
    under = f", under {json.dumps(clause.heading, ensure_ascii=False)}" if clause.heading else ""
    return f"{clause.id} ({clause.kind}{under}):\n{clause.text}"


def _demonstration(shown: Demonstration) -> str:
    parts = [
        f"title: {' '.join(shown.title.split())}",
        f"agent: {shown.specification.strip()}",
        f"request:\n{shown.request.strip()}",
        f"plan:\n{_json(_spoken(shown.plan.model_dump(mode='json')))}",
        f"program:\n{shown.source.strip()}",
    ]
    return fence("\n\n".join(parts), "earlier translation")


def _json(value: Any, indent: str = "") -> str:
    """JSON in which whatever fits on a line stands on one."""
    inline = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(inline) <= _WIDTH or not isinstance(value, dict | list):
        return inline
    inner = indent + " "
    if isinstance(value, dict):
        rows = [f"{inner}{json.dumps(key, ensure_ascii=False)}: {_json(below, inner)}" for key, below in value.items()]
    else:
        rows = [inner + _json(below, inner) for below in value]
    left, right = "{}" if isinstance(value, dict) else "[]"
    return "\n".join([left, ",\n".join(rows), indent + right])


def _json_line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
