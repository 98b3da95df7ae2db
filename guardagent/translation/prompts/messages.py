"""The conversations: what each step of a translation says to a model.

Stable parts come first (language and tools, then the policy, then the task), so that endpoints can reuse the prefix
from one step of a compile to the next.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from guardagent.ports import Brief
from guardagent.translation.prompts import sections
from guardagent.translation.prompts.template import render
from guardagent.types import Example, Plan

_CALL = re.compile(r"\b([a-z_]\w*)\(")


class Message(NamedTuple):
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


def planner_messages(brief: Brief, problems: Sequence[str] = (), previous: Plan | None = None) -> list[Message]:
    """Asks for a plan; `problems` are those of the `previous` one."""
    again = ""
    if problems:
        before = sections.plan(previous or Plan())
        again = "\n" + render("planner_problems", problems=sections.findings(problems), previous=before)
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
    known = _called_in(source) | {name for shown in brief.demonstrations for name in _called_in(shown.source)}
    named = {name for step in plan.steps for name in step.tools} | known
    parts = {
        "plan": sections.plan(plan),
        "tools": sections.tool_pages([doc for doc in brief.tools if doc.name in named]),
        "form": render("program_form"),
    }
    if brief.event is None:
        proposed = [e for e in examples if e.origin == "proposed"]
        parts["examples"] = sections.examples(proposed, "proposed events")
    else:
        parts["event"] = sections.event(brief.event)
    if failures:
        parts |= {"source": sections.source(source), "failures": sections.findings(failures)}
        if brief.event is None:
            parts["revisions"] = render("revisions_form")
    name = "repair" if failures else "coder"
    return _talk(brief, render(name if brief.event is None else f"per_event_{name}", **parts))


class Asked(NamedTuple):
    """One closed question as a model is to see it; `key` is what its answer is filed under."""

    key: str
    question: str
    places: Sequence[str]
    answers: Sequence[str]
    rules: Sequence[str] = ()


def judgement_messages(asked: Sequence[Asked], data: str, *, unquoted: Sequence[str]) -> list[Message]:
    """Asks closed questions about `data`, one line of JSON; answers that are `unquoted` need no evidence.

    What stands before and after the data depends on the questions alone, and all of it that is long stands before.
    """
    system = render(
        "judgement_system",
        questions="\n\n".join(map(_question, asked)),
        unquoted=" or ".join(f"`{answer}`" for answer in unquoted),
    )
    keys = ", ".join(f"`{each.key}`" for each in asked)
    return [Message("system", system), Message("user", render("judgement", data=data, asked=keys))]


def _question(asked: Asked) -> str:
    return render(
        "judgement_question",
        key=asked.key,
        places=", ".join(f"`{place}`" for place in asked.places),
        question=asked.question.strip(),
        rules="\n".join(f"- {' '.join(rule.split())}" for rule in asked.rules) or "- (not named)",
        answers=", ".join(json.dumps(answer, ensure_ascii=False) for answer in asked.answers),
    )


def correction_message(problem: str) -> Message:
    """Asks for the whole answer again, saying what was wrong with it."""
    return Message("user", render("correction", problem=problem))


def program_correction_message(problem: str) -> Message:
    """Asks for the whole program again, saying what was wrong with the answer."""
    return Message("user", render("program_correction", problem=problem))


def with_schema(messages: Sequence[Message], schema: dict[str, Any]) -> list[Message]:
    """The messages with the wanted form of the answer at their end, for endpoints that can't be told otherwise."""
    *before, last = messages
    form = render("schema", schema=json.dumps(schema, ensure_ascii=False))
    return [*before, Message(last.role, last.content + form)]


def _called_in(source: str) -> set[str]:
    """The names that a source calls, tools among them."""
    return set(_CALL.findall(source))


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
