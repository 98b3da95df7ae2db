"""A round: one policy's program judges all events that it applies to."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import NamedTuple

from guardagent.combine import PolicyVerdict
from guardagent.intake import Job
from guardagent.ports import RunCase, RunResult
from guardagent.types import Failure, FailureCode, Policy


class Round(NamedTuple):
    """One policy with the events that its program has to answer."""

    policy: Policy
    jobs: tuple[Job, ...]
    cases: tuple[RunCase, ...]

    def close(self, outcome: Sequence[RunResult] | Exception, asked: float) -> None:
        """Adds the verdict on each event to its job: what the runner, asked at `asked`, gave back or raised."""
        share = (perf_counter() - asked) / len(self.jobs)
        for job, result in zip(self.jobs, self._results_of(outcome), strict=True):
            job.program_seconds += share
            job.verdicts.append(PolicyVerdict(self.policy, result))

    def _results_of(self, outcome: Sequence[RunResult] | Exception) -> Sequence[RunResult]:
        if isinstance(outcome, Exception):
            return [RunResult(failure=internal("running the program", outcome))] * len(self.jobs)
        if len(outcome) != len(self.jobs):
            wrong = Failure(code="bad_reply", message="the runner answered for another number of events")
            return [RunResult(failure=wrong)] * len(self.jobs)
        return outcome


def internal(doing: str, error: Exception, code: FailureCode = "internal") -> Failure:
    """The failure that an unexpected exception is, by its type: the text of a foreign one may quote the event."""
    return Failure(code=code, message=f"while {doing}: {type(error).__name__}")


__all__ = ["Round", "internal"]
