"""Limits: how much time, memory and patience a worker gets."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

MAX_REPLY = 131_072
_MOST_SPARES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of every worker; the defaults suit checks of some 20 lines on events up to 64 KB."""

    cpu_ms: int = 20
    """CPU time of one event; the kernel kills the worker when it is spent."""
    wall_ms: int = 50
    """How long the host waits for the answer to one event."""
    compile_cpu_ms: int = 1_500
    compile_wall_ms: int = 4_000
    start_ms: int = 15_000
    """How long the zygote may take to import and warm everything."""
    worker_start_ms: int = 3_000
    """How long a worker may take until it is confined and ready."""
    memory_mb: int = 64
    """What a worker may allocate on top of the interpreter and the toolbox."""
    worker_cpu_s: int = 60
    """CPU time of a worker's whole life; it is replaced when half of it may be spent."""
    reply_bytes: int = 65_536
    """Longest answer to one event."""
    recycle_after: int = 10_000
    """Events after which a worker is replaced."""
    same_core: bool = True
    """Keep a worker on the processor of the thread that asks it: the two take turns, and waking a sleeping processor
    takes several times as long as the check itself."""
    programs: int = 32
    """Programs that a worker keeps loaded."""
    tenants: int = 64
    """Tenants that have a worker at once; a further one gets the place of the tenant that was idle for longest."""
    tenant_wait_ms: int = 1_000
    """How long a check waits for a place when every tenant's worker is in use."""
    spares: int = field(default_factory=lambda: min(os.cpu_count() or 1, _MOST_SPARES))
    """Workers that are kept ready for the next tenant, or for one whose worker ended."""
    kills: int = 3
    """A program that ends this many workers within `kill_window_s` is quarantined."""
    kill_window_s: float = 60.0
    quarantine_s: float = 60.0
    """The first quarantine; each further one of the same program is twice as long."""
    quarantine_max_s: float = 3_600.0
    records: int = 1_024
    """Programs of one tenant whose kills are remembered; the oldest are forgotten first."""
    condemned: int = 1_024
    """Programs of one tenant that may be held back for good; with more of them the tenant itself is held back."""

    def __post_init__(self) -> None:
        """Refuses what no worker could keep to."""
        for name in self.__slots__:
            if getattr(self, name) <= 0 and name != "same_core":
                raise ValueError(f"limit `{name}` must be above 0")
        if self.reply_bytes > MAX_REPLY:
            raise ValueError(f"limit `reply_bytes` must be at most {MAX_REPLY}")


__all__ = ["MAX_REPLY", "Limits"]
