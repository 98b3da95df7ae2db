"""What the host, the zygote and the workers hold at one moment, read from /proc."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from guardagent_toolbox.sandbox import Sandbox

_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / (1 << 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One moment; memory in MiB. What the system does not let us read is 0."""

    checks: int
    seconds: float
    host_rss: float
    workers_pss: float
    zygote_rss: float
    host_descriptors: int
    zygote_descriptors: int
    workers: int
    threads: int


MEASURES = {
    "host_rss": "memory of the host, MiB",
    "workers_pss": "memory of all workers (PSS), MiB",
    "zygote_rss": "memory of the zygote, MiB",
    "host_descriptors": "open descriptors of the host",
    "zygote_descriptors": "open descriptors of the zygote",
    "workers": "worker processes, spares included",
    "threads": "threads of the host",
}


def sample(sandbox: Sandbox, tenants: int, *, checks: int, started: float) -> Sample:
    """The state now, after so many checks; `started` is by the monotonic clock."""
    zygote = sandbox.zygote_pid
    workers = worker_pids(sandbox, tenants)
    return Sample(
        checks=checks,
        seconds=round(time.monotonic() - started, 2),
        host_rss=_rss("self"),
        workers_pss=round(sum(map(_pss, workers)), 2),
        zygote_rss=_rss(str(zygote)),
        host_descriptors=_count(Path("/proc/self/fd")),
        zygote_descriptors=_count(Path(f"/proc/{zygote}/fd")),
        workers=len(workers),
        threads=_count(Path("/proc/self/task")),
    )


def worker_pids(sandbox: Sandbox, tenants: int) -> set[int]:
    """All workers: the zygote's children, and those that are seated, whoever is their parent."""
    zygote = sandbox.zygote_pid
    seated = {sandbox.worker_pid(f"tenant-{number}") for number in range(tenants)}
    try:
        children = Path(f"/proc/{zygote}/task/{zygote}/children").read_text().split()
    except OSError:
        children = []
    return {pid for pid in seated if pid is not None} | set(map(int, children))


def _rss(process: str) -> float:
    try:
        return round(int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE_MB, 2)
    except OSError:
        return 0.0


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it ended a moment ago
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def _count(folder: Path) -> int:
    try:
        return len(os.listdir(folder))
    except OSError:
        return 0


__all__ = ["MEASURES", "Sample", "sample", "worker_pids"]
