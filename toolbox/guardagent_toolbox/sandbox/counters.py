"""Counters: what became of workers and checks since the sandbox was opened, for monitoring."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from guardagent.ports import RunResult
from guardagent.types import FailureCode

FAILURES: tuple[FailureCode, ...] = (
    "timeout", "crash", "escape_attempt", "budget", "memory", "bad_reply", "bad_answer", "program_error",
    "quarantined", "rejected_program", "unavailable", "invalid_event",
)  # fmt: skip
"""Every way in which the sandbox fails to answer, by its code; the labels of the counter `failures`."""

RECYCLED = ("events", "seconds", "tainted", "orphaned")
"""Why a worker was replaced before it ended: enough events, enough time, something that may have left traces in it, or
the loss of its zygote. The labels of the counter `recycled`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """The counters at one moment."""

    zygotes_started: int
    workers_started: int
    recycled: Mapping[str, int]
    """Workers replaced before they ended, by reason."""
    killed: int
    """Workers that ended while they served a tenant: by a deadline, the kernel, themselves, or for their reply."""
    spares_lost: int
    """Workers that ended before any tenant had them."""
    evicted: int
    """Workers that made place for another tenant's."""
    quarantines: int
    """Times that a program was held back for having ended too many workers."""
    condemned: int
    """Programs that are held back for good."""
    failures: Mapping[str, int]
    """Answers that failed, by code: of a clause, or of an event as a whole."""
    spares: int
    """Workers that are ready for whoever needs one next, or on their way."""
    tenants: int
    """Tenants that have a place now."""


Count = Literal["zygotes_started", "workers_started", "killed", "spares_lost", "evicted", "quarantines", "condemned"]


class Tally:
    """Counts; safe to share between threads. Nothing is counted for a check that passes."""

    def __init__(self) -> None:
        self.make_lock()
        self._counts: Counter[str] = Counter()
        self._recycled: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()

    def make_lock(self) -> None:
        """In a forked child: the lock of the parent may be held for ever."""
        self._lock = threading.Lock()

    def count(self, what: Count) -> None:
        """Counts one more of these."""
        with self._lock:
            self._counts[what] += 1

    def recycled(self, reason: str) -> None:
        """Counts a worker that was replaced before it ended."""
        with self._lock:
            self._recycled[reason] += 1

    def failed(self, result: RunResult) -> None:
        """Counts the failure of a result, or those of its answers; nothing for a result without any."""
        if result.failure is not None:
            codes = [result.failure.code]
        else:
            codes = [answer.failure.code for answer in result.answers if answer.failure is not None]
        if codes:
            with self._lock:
                self._failures.update(codes)

    def snapshot(self, *, spares: int, tenants: int) -> Counters:
        """The counters now; labels that never counted stand at 0."""
        with self._lock:
            counts = {name: self._counts[name] for name in get_args(Count)}
            recycled = {reason: self._recycled[reason] for reason in RECYCLED}
            failures = {code: self._failures[code] for code in sorted({*FAILURES, *self._failures})}
        return Counters(
            recycled=MappingProxyType(recycled),
            failures=MappingProxyType(failures),
            spares=spares,
            tenants=tenants,
            **counts,
        )


__all__ = ["FAILURES", "RECYCLED", "Count", "Counters", "Tally"]
