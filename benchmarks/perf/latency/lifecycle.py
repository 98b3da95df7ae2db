"""How soon a tenant is served again when its worker dies, and what memory a worker holds for itself."""

from __future__ import annotations

import os
import signal
import statistics
import time
from dataclasses import dataclass
from itertools import islice
from random import Random

from guardagent.errors import SandboxError
from guardagent.types import Program
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits
from latency.events import Case, endless_cases
from latency.ours import program_of, verdict_of
from latency.rounds import percentile

_TENANT = "respawn"
# A spare gets ready meanwhile, as it does in a service whose workers seldom die.
_PAUSE_SECONDS = 0.1
_PATIENCE_SECONDS = 10.0
_MOST_ATTEMPTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Respawns:
    """From SIGKILL of the seated worker to the next good answer of the same tenant."""

    kills: int
    median_ms: float
    max_ms: float
    quiet_ms: float
    """The fastest tenth took no longer."""
    failed_checks: int
    """Checks that a kill cost: they reached the worker in its last moment, and were denied."""


def respawns(kills: int, *, pause: float = _PAUSE_SECONDS) -> Respawns:
    """Kills the worker so often, with a pause in seconds before each, and times the recovery."""
    cases = list(islice(endless_cases(Random(7), violating=0.0), kills + 1))
    times, failed = [], 0
    with Sandbox(Limits(kills=10**6)) as sandbox:
        program = program_of(sandbox)
        _until_good(sandbox, program, cases[0])
        for case in cases[1:]:
            time.sleep(pause)
            pid = sandbox.worker_pid(_TENANT)
            if pid is None:
                raise SandboxError("no worker is seated where one just answered")
            started = time.perf_counter()
            os.kill(pid, signal.SIGKILL)
            failed += _until_good(sandbox, program, case)
            times.append((time.perf_counter() - started) * 1000)
    return Respawns(
        kills=kills,
        median_ms=round(statistics.median(times), 2),
        max_ms=round(max(times), 2),
        quiet_ms=round(percentile(sorted(times), 0.1), 2),
        failed_checks=failed,
    )


def _until_good(sandbox: Sandbox, program: Program, case: Case) -> int:
    """Asks until there is an answer; how many checks failed before it."""
    until = time.monotonic() + _PATIENCE_SECONDS
    for failed in range(_MOST_ATTEMPTS):
        (result,) = sandbox.run(program, [case.ready], tenant=_TENANT)
        if verdict_of(result) == case.verdict:
            return failed
        if time.monotonic() > until:
            break
    raise SandboxError("a tenant whose worker was killed is not served again")


def private_mb(sandbox: Sandbox, tenant: str = "") -> float | None:
    """Memory in MiB that the tenant's worker shares with nobody; None where the system does not let us look."""
    try:
        with open(f"/proc/{sandbox.worker_pid(tenant)}/smaps_rollup") as rollup:
            lines = [line.split() for line in rollup]
    except OSError:
        return None
    kilobytes = sum(int(line[1]) for line in lines if line[0] in ("Private_Dirty:", "Private_Clean:"))
    return round(kilobytes / 1024, 2)


__all__ = ["Respawns", "private_mb", "respawns"]
