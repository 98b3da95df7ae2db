"""Which programs may not run for now, because they keep ending their workers."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from guardagent_toolbox.sandbox.limits import Limits


@dataclass(slots=True)
class _Record:
    kills: list[float] = field(default_factory=list)
    quarantines: int = 0
    until: float = -math.inf


class Quarantine:
    """Counts the workers that each program ended; programs are told apart by their source."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._records: dict[str, _Record] = {}

    def holds(self, source: str) -> bool:
        """Whether the program may not run now."""
        if not self._records:
            return False
        record = self._records.get(source)
        return record is not None and self._clock() < record.until

    def count_kill(self, source: str) -> None:
        """Notes that the program ended a worker; the third within a minute quarantines it, each time for longer."""
        limits = self._limits
        with self._lock:
            now = self._clock()
            record = self._records.setdefault(source, _Record())
            record.kills = [at for at in record.kills if at > now - limits.kill_window_s]
            record.kills.append(now)
            if len(record.kills) >= limits.kills:
                pause = limits.quarantine_s * 2 ** min(record.quarantines, 32)
                record.until = max(record.until, now + min(pause, limits.quarantine_max_s))
                record.quarantines += 1
                record.kills.clear()

    def condemn(self, source: str) -> None:
        """Quarantines the program for as long as this sandbox lives."""
        with self._lock:
            self._records.setdefault(source, _Record()).until = math.inf


__all__ = ["Quarantine"]
