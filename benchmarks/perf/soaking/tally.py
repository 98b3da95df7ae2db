"""What became of the checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from guardagent.ports import RunResult
from latency.events import Case
from latency.ours import verdict_of


@dataclass(slots=True)
class Tally:
    """The checks, and those that did not end as they should."""

    checks: int = 0
    wrong: int = 0
    """Allowed what had to be denied, or denied by a rule what had to be allowed."""
    expected_failures: int = 0
    unexpected_failures: Counter[str] = field(default_factory=Counter)
    """By code: denied only because the worker was late or gone, not by a rule."""
    events: Counter[str] = field(default_factory=Counter)
    """How often each trouble came up."""

    def note(self, cases: Sequence[Case], results: Sequence[RunResult]) -> None:
        """Counts the results of some cases."""
        self.checks += len(cases)
        for case, result in zip(cases, results, strict=True):
            said = verdict_of(result)
            if said == case.verdict:
                self.expected_failures += said == "failed"
            elif said == "failed":
                self.unexpected_failures[code_of(result)] += 1
            else:
                self.wrong += 1


def code_of(result: RunResult) -> str:
    """Why the result is a failure; empty when it is none."""
    failures = [result.failure, *(answer.failure for answer in result.answers)]
    return next((failure.code for failure in failures if failure is not None), "")


__all__ = ["Tally", "code_of"]
