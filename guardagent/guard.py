"""Guard: asks every policy that applies about an event, and decides.

`check` and `acheck` never raise. Whatever goes wrong on the way is a *failed* decision, and a failed decision denies
unless the policy that it concerns says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from time import perf_counter
from typing import ParamSpec, Protocol, TypeVar

from guardagent.armed import armed
from guardagent.clock import SystemClock, new_id
from guardagent.combine import NO_POLICY, Outcome, combine
from guardagent.errors import PolicyError
from guardagent.intake import Checkable, Job, open_job
from guardagent.ports import AsyncCheckRunner, CheckRunner, Clock, DecisionLog, FactResolver, RunCase, RunResult
from guardagent.resolving import aresolve_facts, resolve_facts
from guardagent.rounds import Round, internal
from guardagent.types import (
    Decision,
    Draft,
    Failure,
    GuardRequest,
    Policy,
    Timings,
)

UNRECORDED = "this decision could not be recorded"

_Given = ParamSpec("_Given")
_Back = TypeVar("_Back")


class Compiles(Protocol):
    """What turns a guard request into a draft; `guardagent.translation.translator` has the real one."""

    async def compile(self, request: GuardRequest) -> Draft:
        """The draft of `request`; raises ReasonerError when the reasoner cannot do its part."""
        ...


class Guard:
    """Judges events by the policies it holds."""

    def __init__(
        self,
        *,
        policies: Iterable[Policy],
        runner: CheckRunner,
        facts: FactResolver,
        log: DecisionLog | None = None,
        clock: Clock | None = None,
        ids: Callable[[datetime], str] = new_id,
        notes: Sequence[str] = (),
        translator: Compiles | None = None,
        tenant: str = "",
    ) -> None:
        """Arms the policies; their programs run beside no other tenant's than `tenant`."""
        self._armed = armed(policies)
        self._runner = runner
        self._async_runner = runner if isinstance(runner, AsyncCheckRunner) else None
        self._tenant = tenant
        self._facts = facts
        self._log = log
        self._clock = clock or SystemClock()
        self._new_id = ids
        self._notes = (*notes, *confinement_notes(runner.confinement))
        self._translator = translator

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies in force; those in mode `off` are left out."""
        return tuple(each.policy for each in self._armed)

    async def compile(self, request: GuardRequest) -> Draft:
        """The draft of `request`; nothing of it is in force before someone publishes it."""
        if self._translator is None:
            raise PolicyError("this guard has no translator: give it one (`translator=`) to compile requests")
        return await self._translator.compile(request)

    def check(self, event: Checkable) -> Decision:
        """The decision on one event, recorded before it is returned."""
        return self.check_many((event,))[0]

    def check_many(self, events: Iterable[Checkable]) -> tuple[Decision, ...]:
        """One decision per event, in order; each policy's program is run on all of its events at once."""
        started = perf_counter()
        jobs = [open_job(event) for event in events]
        for each in self._armed:
            if (turn := Round.open(each, jobs)) is not None:
                turn = self._resolve(turn)
                asked = perf_counter()
                turn.close(self._run(turn.policy, turn.cases), asked)
        return self._decide_all(jobs, started)

    async def acheck(self, event: Checkable) -> Decision:
        """As `check`, for coroutines: what may take long leaves the event loop free."""
        return (await self.acheck_many((event,)))[0]

    async def acheck_many(self, events: Iterable[Checkable]) -> tuple[Decision, ...]:
        """As `check_many`, for coroutines."""
        started = perf_counter()
        jobs = [open_job(event) for event in events]
        for each in self._armed:
            if (turn := Round.open(each, jobs)) is not None:
                turn = await self._aresolve(turn)
                asked = perf_counter()
                turn.close(await self._arun(turn.policy, turn.cases), asked)
        # A log writes to a disk; without one, deciding takes no longer than a turn of the event loop.
        return self._decide_all(jobs, started) if self._log is None else await _away(self._decide_all, jobs, started)

    def _resolve(self, turn: Round) -> Round:
        if not turn.policy.program.facts:
            return turn
        asked = perf_counter()
        return turn.knowing(resolve_facts(turn.policy, turn.events, self._facts, self._run), asked)

    async def _aresolve(self, turn: Round) -> Round:
        if not turn.policy.program.facts:
            return turn
        asked = perf_counter()
        return turn.knowing(await aresolve_facts(turn.policy, turn.events, self._facts, self._arun), asked)

    def _run(self, policy: Policy, cases: Sequence[RunCase]) -> Sequence[RunResult] | Exception:
        try:
            return self._runner.run(policy.program, cases, tenant=self._tenant)
        except Exception as error:
            return error

    async def _arun(self, policy: Policy, cases: Sequence[RunCase]) -> Sequence[RunResult] | Exception:
        if self._async_runner is None:
            return await _away(self._run, policy, cases)
        try:
            return await self._async_runner.arun(policy.program, cases, tenant=self._tenant)
        except Exception as error:
            return error

    def _decide_all(self, jobs: Sequence[Job], started: float) -> tuple[Decision, ...]:
        return tuple(self._decide(job, (perf_counter() - started) / len(jobs)) for job in jobs)

    def _decide(self, job: Job, seconds: float) -> Decision:
        decision = self._decision(job, self._outcome(job), seconds)
        if self._log is None:
            return decision
        try:
            self._log.append(decision)
        except Exception as error:
            return _unrecorded(decision, error)
        return decision

    def _outcome(self, job: Job) -> Outcome:
        if job.failure is not None:
            return _denied(job.failure)
        try:
            return combine(job.verdicts)
        except Exception as error:
            return _denied(internal("combining the findings", error))

    def _decision(self, job: Job, outcome: Outcome, seconds: float) -> Decision:
        now = self._clock.now()
        return Decision(
            id=self._new_id(now),
            effect=outcome.effect,
            failed=outcome.failed,
            failure=self._explained(outcome.failure, job),
            findings=outcome.findings,
            obligations=outcome.obligations,
            policies=tuple(job.uses),
            agent=job.agent,
            stage=job.stage,
            event_digest=job.digest,
            at=now,
            timings=Timings(
                total_us=seconds * 1e6, facts_us=job.facts_seconds * 1e6, program_us=job.program_seconds * 1e6
            ),
            notes=self._notes,
            model_calls=job.usage.calls,
            model_tokens=job.usage.prompt_tokens + job.usage.completion_tokens,
        )

    def _explained(self, failure: Failure | None, job: Job) -> Failure | None:
        """`no_policy` with the agents that policies are for; every other failure as it is."""
        if failure != NO_POLICY:
            return failure
        known = ", ".join(sorted({f"`{each.policy.agent}`" for each in self._armed})) or "none"
        message = f"no policy applies to this agent at stage `{job.stage}`; policies are for agents: {known}"
        return Failure(code="no_policy", message=message)


async def _away(function: Callable[_Given, _Back], *given: _Given.args, **named: _Given.kwargs) -> _Back:
    """What the function gives back, called in a thread."""
    from asyncio import to_thread  # `check` needs no event loop, and a command starts faster without one

    return await to_thread(function, *given, **named)


def confinement_notes(confinement: str) -> Iterator[str]:
    """What a decision says of programs that no kernel held; nothing when it did."""
    if confinement != "kernel":
        yield f"programs run without kernel confinement (`{confinement}`)"


def _denied(failure: Failure) -> Outcome:
    return Outcome("deny", True, failure, (), ())


def _unrecorded(decision: Decision, error: Exception) -> Decision:
    """The decision that stands when the log refused it: what is not recorded is not allowed."""
    notes = (*decision.notes, UNRECORDED)
    if decision.effect == "deny" and not decision.failed:
        return decision.model_copy(update={"notes": notes})
    failure = internal("recording the decision", error, "unavailable")
    return decision.model_copy(
        update={"effect": "deny", "failed": True, "failure": failure, "obligations": (), "notes": notes}
    )
