"""Whether a plan holds together, and what is made of one that still does not after it was asked again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches

from guardagent.ports import Brief
from guardagent.translation.fields import field_problem
from guardagent.types import Clause, Gap, Plan, PlanStep

# How often a plan is asked for again with what is wrong in it.
MAX_ASKED_AGAIN = 2


def plan_problems(plan: Plan, brief: Brief) -> tuple[str, ...]:
    """What is wrong with `plan`, each in one line that says what to write instead."""
    found = [
        *_left_out(plan, brief.clauses),
        *_contradictions(plan),
        *_idle_explanations(plan, brief.clauses),
        *_unknown_clauses(plan, brief.clauses),
        *_unknown_tools(plan, [tool.name for tool in brief.tools]),
        *_unknown_fields(plan, brief),
    ]
    return tuple(dict.fromkeys(found))


def covered(plan: Plan, clauses: Sequence[Clause]) -> tuple[str, ...]:
    """The rule clauses that the plan promises to enforce, in the order of the request."""
    planned = {clause for step in plan.steps for clause in step.clauses} - {gap.clause for gap in plan.gaps}
    return tuple(clause.id for clause in clauses if clause.kind == "rule" and clause.id in planned)


def settled(plan: Plan, brief: Brief) -> Plan:
    """The plan without what cannot be used; a rule that stands nowhere becomes a gap and so stays in sight."""
    known = {clause.id for clause in brief.clauses}
    tools = {tool.name for tool in brief.tools}
    gaps = [gap for gap in plan.gaps if gap.clause in known]
    missing = {gap.clause for gap in gaps}
    steps = [_usable(step, known - missing, tools) for step in plan.steps]
    kept = tuple(new for old, new in zip(plan.steps, steps, strict=True) if new.clauses or not old.clauses)
    enforced = covered(Plan(steps=kept), brief.clauses)
    gaps = [gap.model_copy(update={"explains": tuple(c for c in gap.explains if c in enforced)}) for gap in gaps]
    mended = Plan(steps=kept, gaps=tuple(gaps))
    left_out = [clause for clause, _ in _uncovered(mended, brief.clauses)]
    return mended.model_copy(update={"gaps": (*gaps, *map(_gap, left_out))})


def _usable(step: PlanStep, clauses: Collection[str], tools: Collection[str]) -> PlanStep:
    return step.model_copy(
        update={
            "clauses": tuple(clause for clause in step.clauses if clause in clauses),
            "tools": tuple(tool for tool in step.tools if tool in tools),
        }
    )


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
    named = [clause for step in plan.steps for clause in step.clauses] + [gap.clause for gap in plan.gaps]
    for clause in named:
        if clause not in known:
            yield f"there is no clause `{clause}`; the request has {', '.join(known) or 'none'}"


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
