"""What we want of the confined worker, and whether this run met it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from latency.lifecycle import Respawns
from latency.ours import COROUTINE, WORKER, WORKER_BATCH
from latency.rounds import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A bound, what was measured, and what was measured in quiet bursts where that is another figure."""

    what: str
    unit: str
    at_most: float
    measured: float | None
    quiet: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether all samples together keep the bound; None when it could not be measured."""
        return None if self.measured is None else self.measured <= self.at_most

    @property
    def met_when_quiet(self) -> bool | None:
        """Whether the quiet bursts keep it; None where there are none."""
        return None if self.quiet is None else self.quiet <= self.at_most


def targets(figures: Mapping[str, Figures], respawn: Respawns, private_mb: float | None) -> list[Target]:
    """Every bound beside its figure."""
    worker, batch, coroutine = figures[WORKER], figures[WORKER_BATCH], figures[COROUTINE]
    return [
        Target(what=f"{WORKER}, p50", unit="us", at_most=20, measured=worker.p50_us, quiet=worker.quiet_p50_us),
        Target(what=f"{WORKER}, p99", unit="us", at_most=300, measured=worker.p99_us, quiet=worker.quiet_p99_us),
        Target(what=f"{WORKER_BATCH}, p50", unit="us", at_most=5, measured=batch.p50_us, quiet=batch.quiet_p50_us),
        Target(
            what="asyncio beside synchronous, p50",
            unit="x",
            at_most=1.3,
            measured=coroutine.p50_us / worker.p50_us,
            quiet=coroutine.quiet_p50_us / worker.quiet_p50_us,
        ),
        Target(what="respawn, median", unit="ms", at_most=10, measured=respawn.median_ms, quiet=respawn.quiet_ms),
        Target(what="private memory per worker", unit="MiB", at_most=5, measured=private_mb),
    ]


__all__ = ["Target", "targets"]
