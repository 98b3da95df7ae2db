"""Guard: asks every policy that applies about an event, and decides.

`check` never raises. Whatever goes wrong on the way is a *failed* decision, and a failed decision denies unless the
policy that it concerns says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from time import perf_counter
from typing import NamedTuple, Protocol

from guardagent.clock import SystemClock, new_id
from guardagent.combine import NO_POLICY, Outcome, PolicyVerdict, combine
from guardagent.errors import FactError, PolicyError
from guardagent.intake import Checkable, Job, open_job
from guardagent.ports import CheckRunner, Clock, DecisionLog, FactResolver, RunCase, RunResult
from guardagent.schema import EventSchema
from guardagent.types import (
    Decision,
    Draft,
    Event,
    Failure,
    FailureCode,
    GuardRequest,
    Policy,
    PolicyUse,
    Timings,
    canonical_json,
)

UNRECORDED = "this decision could not be recorded"


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
    ) -> None:
        self._armed = tuple(_arm(policy) for policy in policies if policy.mode != "off")
        _refuse_twins(self._armed)
        self._runner = runner
        self._facts = facts
        self._log = log
        self._clock = clock or SystemClock()
        self._new_id = ids
        self._notes = (*notes, *_confinement_notes(runner.confinement))
        self._translator = translator

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies in force; those in mode `off` are left out."""
        return tuple(armed.policy for armed in self._armed)

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
        for armed in self._armed:
            self._judge(armed, jobs)
        return tuple(self._decide(job, (perf_counter() - started) / len(jobs)) for job in jobs)

    def _judge(self, armed: _Armed, jobs: Sequence[Job]) -> None:
        """Adds this policy's verdict to every job that it applies to."""
        policy = armed.policy
        ready: list[tuple[Job, RunCase]] = []
        for job in jobs:
            if job.event is None or not policy.applies_to(job.event.agent, job.event.stage):
                continue
            job.uses.append(armed.use)
            case = self._prepare(armed, job, job.event)
            if isinstance(case, Failure):
                job.verdicts.append(PolicyVerdict(policy, RunResult(failure=case)))
            else:
                ready.append((job, case))
        if not ready:
            return
        started = perf_counter()
        results = self._run(policy, [case for _, case in ready])
        share = (perf_counter() - started) / len(ready)
        for (job, _), result in zip(ready, results, strict=True):
            job.program_seconds += share
            job.verdicts.append(PolicyVerdict(policy, result))

    def _prepare(self, armed: _Armed, job: Job, event: Event) -> RunCase | Failure:
        """What the runner needs of this event, or why the policy cannot judge it."""
        try:
            problem = armed.schema.problem(event.payload)
            if problem:
                return Failure(code="invalid_event", message=f"event: {problem}")
            return RunCase(event.canonical, self._resolve(armed.policy, job, event))
        except FactError as error:
            return Failure(code="fact_failed", message=str(error))
        except Exception as error:
            return _internal("preparing the event", error)

    def _resolve(self, policy: Policy, job: Job, event: Event) -> str:
        if not policy.program.facts:
            return "{}"
        started, calls = perf_counter(), self._facts.model_calls
        try:
            values = self._facts.resolve(policy.program.facts, event, allow_judgement=policy.allow_judgement)
            return canonical_json(dict(values))
        finally:
            job.facts_seconds += perf_counter() - started
            job.model_calls += self._facts.model_calls - calls

    def _run(self, policy: Policy, cases: Sequence[RunCase]) -> Sequence[RunResult]:
        try:
            results = self._runner.run(policy.program, cases)
        except Exception as error:
            return [RunResult(failure=_internal("running the program", error))] * len(cases)
        if len(results) != len(cases):
            wrong = Failure(code="bad_reply", message="the runner answered for another number of events")
            return [RunResult(failure=wrong)] * len(cases)
        return results

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
            return _denied(_internal("combining the findings", error))

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
            model_calls=job.model_calls,
        )

    def _explained(self, failure: Failure | None, job: Job) -> Failure | None:
        """`no_policy` with the agents that policies are for; every other failure as it is."""
        if failure != NO_POLICY:
            return failure
        known = ", ".join(sorted({f"`{armed.policy.agent}`" for armed in self._armed})) or "none"
        message = f"no policy applies to this agent at stage `{job.stage}`; policies are for agents: {known}"
        return Failure(code="no_policy", message=message)


class _Armed(NamedTuple):
    """A policy with what is made of it once."""

    policy: Policy
    use: PolicyUse
    schema: EventSchema


def _arm(policy: Policy) -> _Armed:
    if not policy.program.clauses:
        raise PolicyError(f"policy `{policy.name}`: its program has no clause, so it would allow everything")
    use = PolicyUse(name=policy.name, revision=policy.revision, mode=policy.mode, waivers=policy.waivers)
    return _Armed(policy, use, EventSchema.of(policy.event_schema_json))


def _refuse_twins(armed: Sequence[_Armed]) -> None:
    names = [each.policy.name for each in armed]
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise PolicyError(f"policy `{twins[0]}` is given twice; a decision could not say which one decided")


def _confinement_notes(confinement: str) -> Iterator[str]:
    if confinement != "kernel":
        yield f"programs run without kernel confinement (`{confinement}`)"


def _internal(doing: str, error: Exception, code: FailureCode = "internal") -> Failure:
    # Only the type: the text of a foreign exception may quote the event.
    return Failure(code=code, message=f"while {doing}: {type(error).__name__}")


def _denied(failure: Failure) -> Outcome:
    return Outcome("deny", True, failure, (), ())


def _unrecorded(decision: Decision, error: Exception) -> Decision:
    """The decision that stands when the log refused it: what is not recorded is not allowed."""
    notes = (*decision.notes, UNRECORDED)
    if decision.effect == "deny" and not decision.failed:
        return decision.model_copy(update={"notes": notes})
    failure = _internal("recording the decision", error, "unavailable")
    return decision.model_copy(
        update={"effect": "deny", "failed": True, "failure": failure, "obligations": (), "notes": notes}
    )
