"""The paper's way of guarding: for every event a plan, a program, and one run, with a model asked each time.

Slow and costly beside a compiled policy; it exists so that both can be measured on the same events.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from guardagent.combine import Outcome, PolicyVerdict, combine
from guardagent.errors import GuardAgentError
from guardagent.ports import (
    Answer,
    Brief,
    CheckRunner,
    DemonstrationStore,
    FactResolver,
    Reasoner,
    RunResult,
)
from guardagent.request import segment
from guardagent.resolving import resolve_facts
from guardagent.translation.examples import event_problem
from guardagent.translation.failures import misplaced, missing_functions
from guardagent.translation.judging import draft_policy, failure_text
from guardagent.translation.nodes import MAX_REPAIRS, specification_of
from guardagent.translation.planning import MAX_ASKED_AGAIN, covered, plan_problems, settled
from guardagent.translation.recasting import recast
from guardagent.types import Event, Failure, GuardRequest, Plan, Policy, Program, TokenUsage, ToolDoc


class PerEventVerdict(NamedTuple):
    """What was made for one event, and what came of it; `policy` is None where no program could be run."""

    outcome: Outcome
    result: RunResult
    plan: Plan
    policy: Policy | None
    repairs: int
    # What judging facts took; the reasoner counts its own.
    usage: TokenUsage = TokenUsage()


class _Attempt(NamedTuple):
    """One source on one event; `failures` are for the coder, and empty when every clause answered."""

    result: RunResult
    policy: Policy | None
    failures: tuple[str, ...]
    usage: TokenUsage = TokenUsage()


class PerEventGuard:
    """Judges events by programs that are written for each of them."""

    def __init__(
        self,
        *,
        reasoner: Reasoner,
        runner: CheckRunner,
        facts: FactResolver,
        demonstrations: DemonstrationStore,
        tools: Sequence[ToolDoc],
        toolbox_version: str,
        k: int = 4,
    ) -> None:
        self._reasoner = reasoner
        self._runner = runner
        self._facts = facts
        self._demonstrations = demonstrations
        self._tools = tuple(tools)
        self._toolbox_version = toolbox_version
        self._k = k

    async def check(self, request: GuardRequest, event: Event) -> PerEventVerdict:
        """The verdict on `event`; whatever fails on the way makes a failed one, with the policy's `on_error`."""
        problem = event_problem(event.payload, request)
        if problem:
            return _failed(request, Failure(code="invalid_event", message=f"event: {problem}"), Plan())
        plan = Plan()
        try:
            brief = await self._brief(request, event)
            plan = await self._plan(brief)
            return await self._judge(brief, event, plan)
        except GuardAgentError as error:
            return _failed(request, Failure(code="unavailable", message=str(error)), plan)

    async def _brief(self, request: GuardRequest, event: Event) -> Brief:
        found = await asyncio.to_thread(self._demonstrations.search, request.text, specification_of(request), k=self._k)
        shown = tuple(hit.demonstration for hit in found)
        return Brief(request, segment(request.text), self._tools, shown, event)

    async def _plan(self, brief: Brief) -> Plan:
        plan = await self._reasoner.plan(brief)
        for _again in range(MAX_ASKED_AGAIN):
            problems = plan_problems(plan, brief)
            if not problems:
                break
            plan = await self._reasoner.plan(brief, problems=problems, previous=plan)
        return settled(plan, brief)

    async def _judge(self, brief: Brief, event: Event, plan: Plan) -> PerEventVerdict:
        brief = brief._replace(clauses=recast(brief.clauses, plan, brief.request.text))
        if not covered(plan, brief.clauses):
            return _failed(brief.request, Failure(code="rejected_program", message="the plan covers no clause"), plan)
        source = (await self._reasoner.code(brief, plan, brief.request.examples)).source
        attempt = await asyncio.to_thread(self._attempt, brief, event, plan, source)
        repairs, usage = 0, attempt.usage
        while attempt.failures and repairs < MAX_REPAIRS:
            repairs += 1
            coded = await self._reasoner.code(
                brief, plan, brief.request.examples, source=source, failures=attempt.failures
            )
            source = coded.source
            attempt = await asyncio.to_thread(self._attempt, brief, event, plan, source)
            usage += attempt.usage
        if attempt.policy is None:
            failure = attempt.result.failure or Failure(code="rejected_program", message="no program was accepted")
            return _failed(brief.request, failure, plan, repairs, usage)
        outcome = combine([PolicyVerdict(attempt.policy, attempt.result)])
        return PerEventVerdict(outcome, attempt.result, plan, attempt.policy, repairs, usage)

    def _attempt(self, brief: Brief, event: Event, plan: Plan, source: str) -> _Attempt:
        """Reads and runs one source; what is missing in it counts as an error of that clause."""
        inspection = self._runner.inspect(source)
        if inspection.errors:
            return _rejected([str(error) for error in inspection.errors])
        program = Program.of(inspection, toolbox_version=self._toolbox_version)
        missing = missing_functions(program, plan, brief.clauses)
        wrong = (*missing, *misplaced(program, plan, brief.clauses, brief.request))
        if wrong:
            return _rejected(wrong)
        policy = draft_policy(brief.request, brief.clauses, _with_gaps(program, plan))
        result, usage = self._run(program, policy, event)
        broken = [answer for answer in result.answers if answer.failure]
        failures = [f"clause `{answer.clause}` broke on the event: {failure_text(answer.failure)}" for answer in broken]
        if result.failure:
            failures.append(f"the program broke on the event: {failure_text(result.failure)}")
        return _Attempt(_with_gap_errors(result, plan), policy, tuple(failures), usage)

    def _run(self, program: Program, policy: Policy, event: Event) -> tuple[RunResult, TokenUsage]:
        """The result, and what judging its facts took."""
        as_written = policy.model_copy(update={"program": program})
        (facts,) = resolve_facts(
            as_written, [event], self._facts, lambda asked, cases: self._runner.run(asked.program, cases)
        )
        results = self._runner.run(program, [facts.case(event)])
        if len(results) != 1:
            wrong = Failure(code="bad_reply", message="the runner gave no answer for the event")
            return RunResult(failure=wrong), facts.usage
        return facts.overrule(results[0]), facts.usage


def _rejected(failures: Sequence[str]) -> _Attempt:
    failure = Failure(code="rejected_program", message=failures[0])
    return _Attempt(RunResult(failure=failure), None, tuple(failures))


def _with_gaps(program: Program, plan: Plan) -> Program:
    """The program as a policy must name it: with the clauses that it ought to enforce and does not."""
    missing = (gap.clause for gap in plan.gaps if not gap.explains)
    return program.model_copy(update={"clauses": (*program.clauses, *missing)})


def _with_gap_errors(result: RunResult, plan: Plan) -> RunResult:
    """The result in which a rule that was not translated is an error, so that it cannot pass for one that held."""
    errors = tuple(
        Answer(gap.clause, "error", failure=Failure(code="rejected_program", message=f"not translated: {gap.reason}"))
        for gap in plan.gaps
        if not gap.explains
    )
    return result if result.failure else RunResult(answers=(*result.answers, *errors))


def _failed(
    request: GuardRequest, failure: Failure, plan: Plan, repairs: int = 0, usage: TokenUsage = TokenUsage()
) -> PerEventVerdict:
    outcome = Outcome(request.on_error, True, failure, (), ())
    return PerEventVerdict(outcome, RunResult(failure=failure), plan, None, repairs, usage)
