"""Which processor a worker runs on: that of the thread that asks it.

The two take turns, and waking a sleeping processor takes several times as long as the check itself. The worker follows
its host; but a host that waits may be woken on whichever processor is idle, again and again, with the worker after it.
Where that happens the host stays where the worker is while it waits, for so many turns.
"""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from typing import Final, TypeVar

from guardagent_toolbox.sandbox.libc import current_cpu

# A worker that moves again after fewer turns chases its host.
_CHASE: Final = 8
_TURNS: Final = 256

_Got = TypeVar("_Got")


class Placement:
    """Keeps one worker beside the thread that asks it; where that is not permitted, the kernel decides."""

    def __init__(self, *, follows: bool) -> None:
        self._follows = follows
        self._cpu = -1
        self._turns = 0
        self._moved_at = -_CHASE
        self._turns_to_stay = 0

    def follow(self, pid: int, answers: select.poll) -> None:
        """Puts the worker `pid` on this thread's processor, unless it has hung up or is there."""
        if not self._follows:
            return
        self._turns += 1
        cpu = current_cpu()
        if cpu == self._cpu:
            return
        if self._turns - self._moved_at < _CHASE:
            self._turns_to_stay = _TURNS
        self._cpu, self._moved_at = cpu, self._turns
        try:
            if not answers.poll(0):  # else its id may be somebody else's by now
                os.sched_setaffinity(pid, {cpu})
        except (OSError, ValueError):
            self._follows = False

    def wait(self, get: Callable[[], _Got]) -> _Got:
        """What `get` waits for; in a chase this thread stays on the worker's processor until it has come."""
        if not self._turns_to_stay:
            return get()
        self._turns_to_stay -= 1
        usual = os.sched_getaffinity(0)
        try:
            os.sched_setaffinity(0, {self._cpu})
        except (OSError, ValueError):
            self._turns_to_stay = 0
            return get()
        try:
            return get()
        finally:
            os.sched_setaffinity(0, usual)


__all__ = ["Placement"]
