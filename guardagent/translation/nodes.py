"""The steps of a compile, each from state to an update of it and a line that says what it found.

They know nothing of the graph that calls them; `graph.py` puts them in order, saves the state between them and bounds
their time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from guardagent.ports import CheckRunner, DemonstrationStore, FactResolver, Reasoner
from guardagent.request import segment
from guardagent.translation import state as states
from guardagent.translation.addressing import addressing_notes
from guardagent.translation.confirming import carried_out, confirmations
from guardagent.translation.counted import CountedFacts
from guardagent.translation.examples import merge, revised
from guardagent.translation.mutation import LIMITS
from guardagent.translation.planning import MAX_ASKED_AGAIN, covered, plan_problems, settled
from guardagent.translation.recasting import recast
from guardagent.translation.report import build_report, nothing_coded, summary
from guardagent.translation.second import Second
from guardagent.translation.state import State, dump, dump_all
from guardagent.translation.vet import Material, Vetting, vet
from guardagent.types import GuardRequest, TokenUsage, ToolDoc

MAX_REPAIRS = 3

# What a node gives: the keys of the state that it sets, and one line for the progress display.
Update = tuple[State, str]


class Nodes(NamedTuple):
    """The steps, with the outside that they need."""

    reasoner: Reasoner
    runner: CheckRunner
    facts: FactResolver
    demonstrations: DemonstrationStore
    tools: tuple[ToolDoc, ...]
    toolbox_version: str
    k: int
    second: Second | None = None

    async def segment(self, state: State) -> Update:
        """Cuts the request into clauses."""
        request = states.request_of(state)
        clauses = segment(request.text)
        rules = sum(clause.kind == "rule" for clause in clauses)
        notes = [*state["notes"], *addressing_notes(request, clauses)]
        return State(clauses=dump_all(clauses), notes=notes), f"{len(clauses)} clauses, {rules} of them rules"

    async def retrieve(self, state: State) -> Update:
        """Finds the demonstrations that are nearest to the request."""
        request = states.request_of(state)
        found = await asyncio.to_thread(self.demonstrations.search, request.text, specification_of(request), k=self.k)
        names = ", ".join(hit.demonstration.id for hit in found)
        return State(demonstrations=dump_all(hit.demonstration for hit in found)), names or "no demonstrations"

    async def plan(self, state: State) -> Update:
        """Asks for a plan, again with what was wrong in the one before."""
        brief = states.brief_of(state, self.tools)
        rounds = state["plan_rounds"]
        spent = _Meter(self.reasoner, state)
        previous = states.plan_of(state) if "plan" in state else None
        plan = await self.reasoner.plan(brief, problems=state.get("plan_problems", []), previous=previous)
        problems = plan_problems(plan, brief)
        update = State(plan_rounds=rounds + 1, plan_problems=list(problems), usage=spent.total())
        unchanged = dump(plan) == state.get("plan")
        if problems and rounds < MAX_ASKED_AGAIN and not unchanged:
            return update | State(plan=dump(plan)), f"to be asked again: {problems[0]}"
        notes = [*state["notes"], *(f"plan: {problem}" for problem in problems)]
        plan = settled(plan, brief)
        clauses = dump_all(recast(brief.clauses, plan, brief.request.text))
        detail = f"{len(plan.steps)} steps, {len(plan.gaps)} gaps"
        return update | State(plan=dump(plan), clauses=clauses, plan_problems=[], notes=notes), detail

    async def propose_examples(self, state: State) -> Update:
        """Asks for examples and keeps those that can be used beside the author's."""
        brief = states.brief_of(state, self.tools)
        spent = _Meter(self.reasoner, state)
        proposed = await self.reasoner.examples(brief, states.plan_of(state))
        merged = merge(brief.request, brief.clauses, proposed)
        kept = len(merged.examples) - len(brief.request.examples)
        update = State(examples=dump_all(merged.examples), notes=[*state["notes"], *merged.notes], usage=spent.total())
        return update, f"{len(brief.request.examples)} of the author, {kept} proposed, {len(merged.notes)} dropped"

    async def code(self, state: State) -> Update:
        """Asks for the source."""
        spent = _Meter(self.reasoner, state)
        brief = states.brief_of(state, self.tools)
        source = (await self.reasoner.code(brief, states.plan_of(state), states.examples_of(state))).source
        return State(source=source, usage=spent.total()), f"{len(source.splitlines())} lines"

    async def vet(self, state: State) -> Update:
        """Finds out what is wrong with the source."""
        material = Material(
            states.request_of(state),
            states.clauses_of(state),
            states.plan_of(state),
            states.examples_of(state),
            self.toolbox_version,
        )
        facts = CountedFacts(self.facts)
        vetting = await asyncio.to_thread(
            vet,
            material,
            state["source"],
            runner=self.runner,
            facts=facts,
            second=self.second,
            mutants=LIMITS,
        )
        # A repair may make things worse; the report is about the best source that was seen.
        best = Vetting.model_validate(state["best"]) if "best" in state else vetting
        update = State(vetting=dump(vetting), usage=dump(states.usage_of(state) + facts.usage))
        if vetting.rank <= best.rank:
            update |= State(best=dump(vetting), best_examples=dump_all((*material.examples, *vetting.offered)))
        return update, _first(vetting.failures) or "nothing to mend"

    async def repair(self, state: State) -> Update:
        """Asks for a mended source, with everything that vetting found."""
        vetting = Vetting.model_validate(state["vetting"])
        spent = _Meter(self.reasoner, state)
        brief, examples = states.brief_of(state, self.tools), states.examples_of(state)
        coded = await self.reasoner.code(
            brief, states.plan_of(state), examples, source=state["source"], failures=vetting.failures
        )
        disputed = {result.id for result in vetting.examples if result.problem}
        changed = revised(examples, coded.revisions, disputed, brief.clauses)
        stuck = coded.source == state["source"] and changed.examples == examples
        update = State(source=coded.source, repairs=state["repairs"] + 1, stuck=stuck, usage=spent.total())
        update |= State(examples=dump_all(changed.examples), notes=[*state["notes"], *changed.notes])
        return update, "the source came back unchanged" if stuck else f"{len(coded.source.splitlines())} lines"

    async def report(self, state: State) -> Update:
        """Writes down what became of every clause."""
        request, clauses, plan = states.request_of(state), states.clauses_of(state), states.plan_of(state)
        examples = states.vetted_examples_of(state)
        if "best" in state:
            vetting = Vetting.model_validate(state["best"])
        else:
            vetting = nothing_coded(request, clauses, plan, examples)
        vetting = vetting.model_copy(update={"clauses": carried_out(vetting.clauses, plan)})
        read = confirmations(plan, clauses, segment(request.text), examples, vetting.examples)
        report = build_report(
            vetting,
            reasoner=self.reasoner.name,
            notes=[*state["notes"], *read],
            repairs=state["repairs"],
            usage=states.usage_of(state),
        )
        return State(report=dump(report), examples=dump_all(examples)), summary(report)


def after_plan(state: State) -> str:
    """Which node follows a plan: itself while problems are left to mend, none of the rest when it covers no clause."""
    if state["plan_problems"]:
        return "plan"
    return "propose_examples" if covered(states.plan_of(state), states.clauses_of(state)) else "report"


def after_vet(state: State) -> str:
    """Which node follows a vetting: a repair while there is something to mend and a round left."""
    failures = Vetting.model_validate(state["vetting"]).failures
    return "repair" if failures and state["repairs"] < MAX_REPAIRS else "report"


def after_repair(state: State) -> str:
    """Which node follows a repair: an unchanged source was vetted already."""
    return "report" if state["stuck"] else "vet"


def specification_of(request: GuardRequest) -> str:
    """The text of the agent specification by which demonstrations are found."""
    return f"{request.agent.name}\n{request.agent.description}".strip()


def _first(failures: Sequence[str]) -> str:
    return f"{len(failures)} failures, first: {failures[0]}" if failures else ""


class _Meter:
    """Adds what one node spends to what the state has spent, so that an interrupted compile counts everything."""

    def __init__(self, reasoner: Reasoner, state: State) -> None:
        self._reasoner, self._before, self._spent = reasoner, reasoner.usage, states.usage_of(state)

    def total(self) -> dict[str, int]:
        """The usage of the compile so far."""
        now, before = self._reasoner.usage, self._before
        new = TokenUsage(
            calls=now.calls - before.calls,
            prompt_tokens=now.prompt_tokens - before.prompt_tokens,
            completion_tokens=now.completion_tokens - before.completion_tokens,
        )
        return dump(self._spent + new)
