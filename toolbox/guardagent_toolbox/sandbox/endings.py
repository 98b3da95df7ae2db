"""How a worker ends, and what that says of the message that it had."""

from __future__ import annotations

import signal

from guardagent.types import Failure

_TIME_SIGNALS = frozenset({signal.SIGPROF, signal.SIGXCPU})
# What a person, an orderly shutdown or the kernel short of memory sends to a worker that did nothing.
_OUTER_SIGNALS = frozenset({signal.SIGKILL, signal.SIGTERM})


class Ended(Exception):
    """The worker is gone; `failure` is what the message in flight gets."""

    def __init__(self, failure: Failure, *, blame: bool = True, completed: int = 0) -> None:
        super().__init__(failure.code)
        self.failure = failure
        self.completed = completed
        """Events before the one in flight that were done, but whose answers are lost."""
        self.blame = blame
        """Whether the program is the suspect; not so when somebody else ended the worker."""


class Undelivered(Ended):
    """The worker was gone before the message reached it, so that another one may safely have it."""


def cause_of(status: int | None, *, idle: bool) -> tuple[Failure, bool]:
    """The failure that a wait status tells of, and whether the program is to blame for it."""
    if status is None:
        unknown = "the worker ended, and the process that would know how was lost before"
        return Failure(code="crash", message=unknown), not idle
    number = status & 0x7F
    if number == signal.SIGSYS:
        return Failure(code="escape_attempt", message="a forbidden system call; worker killed"), True
    if number in _TIME_SIGNALS:
        return Failure(code="timeout", message="the CPU time of the event is spent; worker killed"), True
    how = f"signal {number}" if number else f"exit code {status >> 8}"
    return Failure(code="crash", message=f"the worker ended with {how}"), not (idle and number in _OUTER_SIGNALS)


__all__ = ["Ended", "Undelivered", "cause_of"]
