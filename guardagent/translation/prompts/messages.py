"""The conversations: what each step of a translation says to a model.

Stable parts come first (language and tools, then the policy, then the task), so that endpoints can reuse the prefix
from one step of a compile to the next.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from guardagent.ports import Brief
from guardagent.translation.prompts import sections
from guardagent.translation.prompts.template import fence, render
from guardagent.types import Example, Plan


class Message(NamedTuple):
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


def planner_messages(brief: Brief, problems: Sequence[str] = ()) -> list[Message]:
    """Asks for a plan; `problems` are those of the last one."""
    again = "\n" + render("planner_problems", problems=sections.findings(problems)) if problems else ""
    if brief.event is None:
        return _talk(brief, render("planner", problems=again))
    return _talk(brief, render("per_event_planner", event=sections.event(brief.event), problems=again))


def example_messages(brief: Brief, plan: Plan) -> list[Message]:
    """Asks for test events."""
    stages = brief.request.stages
    task = render(
        "examples",
        plan=sections.plan(plan),
        agent=json.dumps(brief.request.agent.name, ensure_ascii=False),
        stages=f" out of {', '.join(f'`{stage}`' for stage in stages)}" if stages else "",
    )
    return _talk(brief, task)


def coder_messages(
    brief: Brief, plan: Plan, examples: Sequence[Example], source: str = "", failures: Sequence[str] = ()
) -> list[Message]:
    """Asks for a program; with `failures`, for a mended `source`."""
    parts = {"plan": sections.plan(plan)}
    if brief.event is None:
        proposed = [e for e in examples if e.origin == "proposed"]
        parts["examples"] = sections.examples(proposed, "proposed events")
    else:
        parts["event"] = sections.event(brief.event)
    if failures:
        parts |= {"source": sections.source(source), "failures": sections.findings(failures)}
    name = "repair" if failures else "coder"
    return _talk(brief, render(name if brief.event is None else f"per_event_{name}", **parts))


def judgement_messages(question: str, choices: Sequence[str], texts: Sequence[str]) -> list[Message]:
    """Asks a closed question about `texts`."""
    asked = render(
        "judgement",
        question=question.strip(),
        choices="\n".join(f"- {json.dumps(choice, ensure_ascii=False)}" for choice in choices),
        material="\n\n".join(fence(text, f"text {number}") for number, text in enumerate(texts, 1)),
    )
    return [Message("system", render("judgement_system")), Message("user", asked)]


def correction_message(problem: str) -> Message:
    """Asks for the whole answer again, saying what was wrong with it."""
    return Message("user", render("correction", problem=problem))


def with_schema(messages: Sequence[Message], schema: dict[str, Any]) -> list[Message]:
    """The messages with the wanted form of the answer at their end, for endpoints that can't be told otherwise."""
    *before, last = messages
    form = render("schema", schema=json.dumps(schema, ensure_ascii=False))
    return [*before, Message(last.role, last.content + form)]


def _talk(brief: Brief, task: str) -> list[Message]:
    system = render("system", language=render("language"), tools=sections.tools(brief.tools))
    return [Message("system", system), Message("user", f"{_material(brief)}\n\n{task}")]


def _material(brief: Brief) -> str:
    request = brief.request
    stages = ", ".join(f"`{stage}`" for stage in request.stages)
    return render(
        "material",
        name=request.name,
        agent=sections.agent(request.agent),
        stages=f"The policy applies at the stages {stages}." if stages else "The policy applies at every stage.",
        schema=sections.schema(request.agent),
        clauses=sections.clauses(brief.clauses),
        examples=sections.examples(request.examples, "author's examples"),
        judgement=render("judgement_allowed" if request.allow_judgement else "judgement_forbidden"),
        demonstrations=sections.demonstrations(brief.demonstrations),
    )
