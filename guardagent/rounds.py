"""A round: one policy's program judges all events that it applies to."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import NamedTuple

from guardagent.armed import Armed
from guardagent.combine import PolicyVerdict
from guardagent.intake import Job
from guardagent.ports import RunCase, RunResult
from guardagent.resolving import NO_FACTS, ResolvedFacts
from guardagent.types import Event, Failure, FailureCode, Policy


class Round(NamedTuple):
    """One policy with the events that its program has to answer, and their facts."""

    policy: Policy
    jobs: tuple[Job, ...]
    events: tuple[Event, ...]
    facts: tuple[ResolvedFacts, ...]

    @classmethod
    def open(cls, armed: Armed, jobs: Sequence[Job]) -> Round | None:
        """The events that are this policy's business; None when there are none.

        An event that does not fit the policy's schema gets its verdict at once.
        """
        policy = armed.policy
        ready: list[tuple[Job, Event]] = []
        for job in jobs:
            if job.event is None or not policy.applies_to(job.event.agent, job.event.stage):
                continue
            job.uses.append(armed.use)
            failure = _unfit(armed, job.event)
            if failure is None:
                ready.append((job, job.event))
            else:
                job.verdicts.append(PolicyVerdict(policy, RunResult(failure=failure)))
        if not ready:
            return None
        admitted, events = zip(*ready, strict=True)
        return cls(policy, admitted, events, (NO_FACTS,) * len(ready))

    @property
    def cases(self) -> tuple[RunCase, ...]:
        """What the runner is given."""
        return tuple(facts.case(event) for event, facts in zip(self.events, self.facts, strict=True))

    def knowing(self, facts: Sequence[ResolvedFacts], asked: float) -> Round:
        """This round with the facts of its events, which were asked for at `asked`; the jobs bear their cost."""
        share = (perf_counter() - asked) / len(self.jobs)
        for job, found in zip(self.jobs, facts, strict=True):
            job.facts_seconds += share
            job.usage += found.usage
        return self._replace(facts=tuple(facts))

    def close(self, outcome: Sequence[RunResult] | Exception, asked: float) -> None:
        """Adds the verdict on each event to its job: what the runner, asked at `asked`, gave back or raised."""
        share = (perf_counter() - asked) / len(self.jobs)
        for job, facts, result in zip(self.jobs, self.facts, self._results_of(outcome), strict=True):
            job.program_seconds += share
            job.verdicts.append(PolicyVerdict(self.policy, _overruled(facts, result)))

    def _results_of(self, outcome: object) -> Sequence[RunResult]:
        """One result per job; what a runner gives back need not be what it promised."""
        if isinstance(outcome, Exception):
            return [RunResult(failure=internal("running the program", outcome))] * len(self.jobs)
        if not isinstance(outcome, Sequence) or len(outcome) != len(self.jobs):
            wrong = Failure(code="bad_reply", message="the runner answered for another number of events")
            return [RunResult(failure=wrong)] * len(self.jobs)
        return outcome


def _overruled(facts: ResolvedFacts, result: RunResult) -> RunResult:
    try:
        return facts.overrule(result)
    except Exception as error:
        # What a runner gives back need not be what it promised.
        return RunResult(failure=internal("reading the answers", error))


def _unfit(armed: Armed, event: Event) -> Failure | None:
    try:
        problem = armed.schema.problem(event.payload)
    except Exception as error:
        return internal("preparing the event", error)
    return Failure(code="invalid_event", message=f"event: {problem}") if problem else None


def internal(doing: str, error: Exception, code: FailureCode = "internal") -> Failure:
    """The failure that an unexpected exception is, by its type: the text of a foreign one may quote the event."""
    return Failure(code=code, message=f"while {doing}: {type(error).__name__}")


__all__ = ["Round", "internal"]
