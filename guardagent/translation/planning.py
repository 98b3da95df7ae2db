"""Whether a plan holds together, and what is made of one that still does not after it was asked again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from guardagent.ports import Brief
from guardagent.translation.fields import field_problem, impossible_field
from guardagent.translation.recasting import recast, recasting_problems, usable
from guardagent.types import Clause, Gap, Plan, PlanStep, Reading

# How often a plan is asked for again with what is wrong in it.
MAX_ASKED_AGAIN = 2


def plan_problems(plan: Plan, brief: Brief) -> tuple[str, ...]:
    """What is wrong with `plan`, each in one line that says what to write instead."""
    recastings = recasting_problems(plan, brief.clauses, brief.request)
    known = brief.clauses
    plan = usable(plan, known, brief.request)
    clauses = recast(known, plan, brief.request.text)
    found = [
        *recastings,
        *_left_out(plan, clauses),
        *_contradictions(plan),
        *_idle_explanations(plan, clauses),
        *_unknown_clauses(plan, known),
        *_misquoted_readings(plan, brief.request.text),
        *_unknown_tools(plan, [tool.name for tool in brief.tools]),
        *_unknown_fields(plan, brief),
    ]
    return tuple(dict.fromkeys(found))


def covered(plan: Plan, clauses: Sequence[Clause]) -> tuple[str, ...]:
    """The rule clauses that the plan promises to enforce, in the order of the request."""
    planned = {clause for step in plan.steps for clause in step.clauses} - {gap.clause for gap in plan.gaps}
    return tuple(clause.id for clause in clauses if clause.kind == "rule" and clause.id in planned)


def impossible_fields(plan: Plan, schema: dict[str, Any]) -> tuple[str, ...]:
    """The fields of a settled plan that no event of the schema has, each with the clauses that were to read it."""
    found = [
        f"the plan for {', '.join(f'`{clause}`' for clause in step.clauses) or 'a step'}: {problem}"
        for step in plan.steps
        for field in step.fields
        if (problem := impossible_field(schema, field))
    ]
    return tuple(dict.fromkeys(found))


def settled(plan: Plan, brief: Brief) -> Plan:
    """The plan without what cannot be used; a rule that stands nowhere becomes a gap and so stays in sight.

    Its clauses are those of `recast`.
    """
    plan = usable(plan, brief.clauses, brief.request)
    clauses = recast(brief.clauses, plan, brief.request.text)
    known = {clause.id for clause in clauses}
    tools = {tool.name for tool in brief.tools}
    gaps = [gap for gap in plan.gaps if gap.clause in known]
    missing = {gap.clause for gap in gaps}
    steps = [_usable(step, known - missing, known, tools, brief.request.text) for step in plan.steps]
    kept = tuple(new for old, new in zip(plan.steps, steps, strict=True) if new.clauses or not old.clauses)
    enforced = covered(Plan(steps=kept), clauses)
    gaps = [gap.model_copy(update={"explains": tuple(c for c in gap.explains if c in enforced)}) for gap in gaps]
    mended = plan.model_copy(update={"steps": _with_explanations(kept, gaps), "gaps": tuple(gaps)})
    left_out = [clause for clause, _ in _uncovered(mended, clauses)]
    return mended.model_copy(update={"gaps": (*gaps, *map(_gap, left_out))})


def _usable(
    step: PlanStep, clauses: Collection[str], known: Collection[str], tools: Collection[str], text: str
) -> PlanStep:
    kept = tuple(clause for clause in step.clauses if clause in clauses)
    return step.model_copy(
        update={
            "clauses": kept,
            "takes_in": tuple(clause for clause in step.takes_in if clause in known and clause not in kept),
            "tools": tuple(tool for tool in step.tools if tool in tools),
            "readings": tuple(reading for reading in step.readings if _stands_in(reading, text)),
        }
    )


def _with_explanations(steps: Sequence[PlanStep], gaps: Sequence[Gap]) -> tuple[PlanStep, ...]:
    """The steps, each of which also takes in the gaps that explain its clauses."""
    made = []
    for step in steps:
        explaining = [gap.clause for gap in gaps if set(gap.explains) & set(step.clauses)]
        made.append(step.model_copy(update={"takes_in": tuple(dict.fromkeys((*step.takes_in, *explaining)))}))
    return tuple(made)


def _stands_in(reading: Reading, text: str) -> bool:
    """Whether the words that are read stand in the request, whatever the spaces between them."""
    words = " ".join(reading.words.split()).casefold()
    return bool(words) and words in " ".join(text.split()).casefold()


def _gap(clause: Clause) -> Gap:
    return Gap(
        clause=clause.id,
        reason="the plan left this sentence out, also when it was asked again",
        hint="say it in one plain sentence that names the event field and the value it is about",
    )


def _uncovered(plan: Plan, clauses: Sequence[Clause]) -> Iterator[tuple[Clause, str]]:
    stand = {clause for step in plan.steps for clause in step.clauses} | {gap.clause for gap in plan.gaps}
    for clause in clauses:
        if clause.kind == "rule" and clause.id not in stand:
            yield clause, clause.text


def _left_out(plan: Plan, clauses: Sequence[Clause]) -> Iterator[str]:
    for clause, text in _uncovered(plan, clauses):
        yield f"clause `{clause.id}` stands in no step and in no gap; cover it or declare it a gap: {text}"


def _contradictions(plan: Plan) -> Iterator[str]:
    planned = {clause for step in plan.steps for clause in step.clauses}
    for gap in plan.gaps:
        if gap.clause in planned:
            yield f"clause `{gap.clause}` stands in a step and in a gap; keep one of them"


def _idle_explanations(plan: Plan, clauses: Sequence[Clause]) -> Iterator[str]:
    enforced = covered(plan, clauses)
    for gap in plan.gaps:
        for clause in gap.explains:
            if clause not in enforced:
                yield f"clause `{gap.clause}` is said to explain `{clause}`, which no step enforces"


def _unknown_clauses(plan: Plan, clauses: Sequence[Clause]) -> Iterator[str]:
    known = [clause.id for clause in clauses]
    named = [clause for step in plan.steps for clause in (*step.clauses, *step.takes_in)]
    named += [gap.clause for gap in plan.gaps]
    for clause in named:
        if clause not in known:
            yield f"there is no clause `{clause}`; the request has {', '.join(known) or 'none'}"


def _misquoted_readings(plan: Plan, text: str) -> Iterator[str]:
    for number, step in enumerate(plan.steps, 1):
        for reading in step.readings:
            if not _stands_in(reading, text):
                yield f"step {number}: “{reading.words}” stands nowhere in the clauses; copy the words that you read"


def _unknown_tools(plan: Plan, known: Sequence[str]) -> Iterator[str]:
    for number, step in enumerate(plan.steps, 1):
        for tool in step.tools:
            if tool not in known:
                near = get_close_matches(tool, known, n=1)
                yield f"step {number}: there is no tool `{tool}`" + (f"; did you mean `{near[0]}`?" if near else "")


def _unknown_fields(plan: Plan, brief: Brief) -> Iterator[str]:
    schema = brief.request.agent.event_schema
    for number, step in enumerate(plan.steps, 1):
        for field in step.fields:
            problem = field_problem(schema, field)
            if problem:
                yield f"step {number}: {problem}"
