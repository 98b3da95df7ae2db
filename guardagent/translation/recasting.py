"""Clauses as the plan reads them: of another kind than the segmenter guessed, or several that are one rule."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from guardagent.types import Clause, GuardRequest, Join, Plan, PlanStep, Recast

# More sentences than this are no one rule; joining them would hide which of them was broken.
MAX_JOINED = 4

# What forbids or obliges. A sentence with one of these is never read as an explanation on the plan's word alone.
_BINDING = re.compile(
    r"\b(?:must(?:n't)?|never|may (?:not|only)|can ?not|can't|shall(?: not)?|not (?:be )?(?:allowed|permitted)"
    r"|forbidden|prohibited|only|nobody|at most|no more than|at least|(?:is|are|be|gets?) (?:denied|refused|rejected"
    r"|blocked|required))\b|^\W*(?:deny|refuse|reject|block|do not|don't)\b",
    re.IGNORECASE,
)


def recast(clauses: Sequence[Clause], plan: Plan, text: str) -> tuple[Clause, ...]:
    """The clauses as the plan reads them, spans still verbatim and ids unchanged; only usable readings count."""
    known = {clause.id: clause for clause in clauses}
    kinds = {change.clause: change.kind for change in plan.recasts}
    ends = {join.clauses[0]: known[join.clauses[-1]].end for join in plan.joins}
    absorbed = {clause for join in plan.joins for clause in join.clauses[1:]}
    return tuple(
        clause.model_copy(
            update={
                "kind": "rule" if clause.id in ends else kinds.get(clause.id, clause.kind),
                "end": (end := ends.get(clause.id, clause.end)),
                "text": text[clause.start : end],
            }
        )
        for clause in clauses
        if clause.id not in absorbed
    )


def usable(plan: Plan, clauses: Sequence[Clause], request: GuardRequest) -> Plan:
    """The plan with the recasts and joins that can be carried out, and joined clauses named by their first one."""
    recasts = tuple(one for one in plan.recasts if not recast_problem(one, clauses, request))
    joins: list[Join] = []
    for join in plan.joins:
        taken = {clause for other in joins for clause in other.clauses} | {one.clause for one in recasts}
        if not join_problem(join, clauses, request) and not taken & set(join.clauses):
            joins.append(join)
    first = {clause: join.clauses[0] for join in joins for clause in join.clauses}
    steps = tuple(_renamed(step, first) for step in plan.steps)
    gaps = tuple(
        gap.model_copy(update={"explains": _names(gap.explains, first)})
        for gap in plan.gaps
        if first.get(gap.clause, gap.clause) == gap.clause
    )
    return plan.model_copy(update={"recasts": recasts, "joins": tuple(joins), "steps": steps, "gaps": gaps})


def recasting_problems(plan: Plan, clauses: Sequence[Clause], request: GuardRequest) -> Iterator[str]:
    """What is wrong with the recasts and joins of `plan`."""
    for change in plan.recasts:
        yield from filter(None, [recast_problem(change, clauses, request)])
    for join in plan.joins:
        yield from filter(None, [join_problem(join, clauses, request)])


def recast_problem(change: Recast, clauses: Sequence[Clause], request: GuardRequest) -> str:
    """Why a clause cannot be read as the plan says; empty when it can."""
    found = next((clause for clause in clauses if clause.id == change.clause), None)
    if found is None:
        return f"`recasts` names `{change.clause}`, and there is no such clause"
    if change.kind == "rule" or found.kind != "rule":
        return ""
    if change.clause in _labelled(request):
        return f"clause `{change.clause}` is a rule: an example of the author says that it can be broken"
    binding = _BINDING.search(found.text)
    if binding:
        return (
            f"clause `{change.clause}` says “{binding.group()}”, so it stays a rule: put it in a step, or make it a "
            "gap whose `explains` names the rules that it changes"
        )
    return ""


def join_problem(join: Join, clauses: Sequence[Clause], request: GuardRequest) -> str:
    """Why clauses cannot be read as one; empty when they can."""
    ids = [clause.id for clause in clauses]
    names = ", ".join(join.clauses)
    if not 2 <= len(join.clauses) <= MAX_JOINED:
        return f"`joins` of {names}: two to {MAX_JOINED} clauses can be one rule"
    if join.clauses[0] not in ids:
        return f"`joins` names `{join.clauses[0]}`, and there is no such clause"
    begin = ids.index(join.clauses[0])
    if tuple(ids[begin : begin + len(join.clauses)]) != join.clauses:
        return f"`joins` of {names}: only clauses that follow each other can be one rule"
    parts = clauses[begin : begin + len(join.clauses)]
    if any(request.text[a.end : b.start].strip() for a, b in pairwise(parts)):
        return f"`joins` of {names}: other text stands between them"
    if _labelled(request) & set(join.clauses[1:]):
        return f"`joins` of {names}: an example of the author names one of them by itself"
    return ""


def _labelled(request: GuardRequest) -> set[str]:
    """The clauses that the author's examples say are broken."""
    return {clause for example in request.examples for clause in example.violated}


def _renamed(step: PlanStep, first: dict[str, str]) -> PlanStep:
    clauses = _names(step.clauses, first)
    takes_in = tuple(name for name in _names(step.takes_in, first) if name not in clauses)
    return step.model_copy(update={"clauses": clauses, "takes_in": takes_in})


def _names(clauses: Collection[str], first: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(first.get(clause, clause) for clause in clauses))
