"""One way to run the check, and how its time is taken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, NamedTuple, Protocol

from latency.events import Case, Verdict

BATCH = 100

Read = Callable[[Any], Verdict]
"""What an answer says; the clock has stopped by then."""


Takes = Literal["few", "many", "denied"]
"""What a burst consists of: events like any other, enough of them for several batches, or denied ones only."""


class Burst(NamedTuple):
    """Some events in a row: microseconds per event, and what was answered, in order."""

    micros: list[float]
    verdicts: list[Verdict]


class Variant(Protocol):
    """One way to run the check."""

    name: str
    takes: Takes

    def burst(self, cases: Sequence[Case]) -> Burst:
        """The time and the verdict of each case."""
        ...


class OneByOne:
    """Asks about one event at a time."""

    def __init__(self, name: str, ask: Callable[[Case], Any], read: Read, *, takes: Takes = "few") -> None:
        self.name = name
        self.takes = takes
        self._ask = ask
        self._read = read

    def burst(self, cases: Sequence[Case]) -> Burst:
        """The time and the verdict of each case."""
        ask, clock, micros, answers = self._ask, time.perf_counter_ns, [], []
        for case in cases:
            started = clock()
            answer = ask(case)
            micros.append((clock() - started) / 1000)
            answers.append(answer)
        return Burst(micros, list(map(self._read, answers)))


class Awaited:
    """Asks about one event at a time from a coroutine."""

    def __init__(self, name: str, ask: Callable[[Case], Awaitable[Any]], read: Read, runner: asyncio.Runner) -> None:
        self.name = name
        self.takes: Takes = "few"
        self._ask = ask
        self._read = read
        self._runner = runner

    def burst(self, cases: Sequence[Case]) -> Burst:
        """The time and the verdict of each case."""
        return self._runner.run(self._burst(cases))

    async def _burst(self, cases: Sequence[Case]) -> Burst:
        ask, clock, micros, answers = self._ask, time.perf_counter_ns, [], []
        for case in cases:
            started = clock()
            answer = await ask(case)
            micros.append((clock() - started) / 1000)
            answers.append(answer)
        return Burst(micros, list(map(self._read, answers)))


class Batched:
    """Asks about up to 100 events at once; each counts with its share of the time."""

    def __init__(self, name: str, ask: Callable[[Sequence[Case]], Sequence[Any]], read: Read) -> None:
        self.name = name
        self.takes: Takes = "many"
        self._ask = ask
        self._read = read

    def burst(self, cases: Sequence[Case]) -> Burst:
        """The share and the verdict of each case."""
        found = Burst([], [])
        for first in range(0, len(cases), BATCH):
            batch = cases[first : first + BATCH]
            started = time.perf_counter_ns()
            answers = self._ask(batch)
            share = (time.perf_counter_ns() - started) / 1000 / len(batch)
            found.micros.append(share)
            found.verdicts.extend(map(self._read, answers))
        return found


__all__ = ["BATCH", "Awaited", "Batched", "Burst", "OneByOne", "Read", "Takes", "Variant"]
