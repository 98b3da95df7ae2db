"""Runs a soak: the load, a sample now and then, and the count of what is left when all is closed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from random import Random

from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits
from soaking.report import SoakReport
from soaking.sampling import Sample, sample, worker_pids
from soaking.workload import Rates, Workload

_SEED = 5
_SAMPLES_WANTED = 400
_LEAST_INTERVAL = 0.05
_MOST_INTERVAL = 2.0
_GONE_SECONDS = 5.0


def soak(
    checks: int, *, seconds: float, tenants: int, rates: Rates, wall_ms: int, on_sample: Callable[[Sample], object]
) -> SoakReport:
    """What so many checks came to, or those that could be made in the time; a Ctrl-C ends it early."""
    load = os.getloadavg()[0]
    started = time.monotonic()
    samples: list[Sample] = []
    before = _descriptors()
    with Sandbox(Limits(wall_ms=wall_ms)) as sandbox:
        with closing(Workload(sandbox, Random(_SEED), rates, tenants=tenants)) as work:
            tally = work.tally
            due = started
            try:
                while tally.checks < checks and (now := time.monotonic()) < started + seconds:
                    work.step()
                    if now >= due:
                        samples.append(sample(sandbox, tenants, checks=tally.checks, started=started))
                        on_sample(samples[-1])
                        due = now + _interval(now - started, tally.checks / checks)
            except KeyboardInterrupt:
                pass
            samples.append(sample(sandbox, tenants, checks=tally.checks, started=started))
        last = worker_pids(sandbox, tenants) | {sandbox.zygote_pid or 0}
    return SoakReport(
        tally=tally,
        samples=samples,
        seconds=time.monotonic() - started,
        tenants=tenants,
        left_processes=_still_there(last - {0}),
        left_descriptors=_descriptors() - before,
        load=(round(load, 2), round(os.getloadavg()[0], 2)),
    )


def _interval(spent: float, done: float) -> float:
    """Seconds until the next sample, so that there are some hundred in the end."""
    return min(_MOST_INTERVAL, max(_LEAST_INTERVAL, spent / done / _SAMPLES_WANTED))


def _still_there(pids: Iterable[int]) -> int:
    """How many of the processes do not end in good time."""
    until = time.monotonic() + _GONE_SECONDS
    left = list(pids)
    while left and time.monotonic() < until:
        left = [pid for pid in left if os.path.exists(f"/proc/{pid}")]
        time.sleep(0.01)
    return len(left)


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


__all__ = ["soak"]
