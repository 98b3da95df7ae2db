"""Which programs may not run for now, because they keep ending their workers.

Records belong to a tenant: what the events of one tenant do to a program says nothing about the same program of
another, who would otherwise be shut out by a neighbour's attacker. They outlive the tenant's worker, and they are
bounded: kills are forgotten, oldest first; an attempt to escape never is, and a tenant with too many of them is held
back as a whole.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from guardagent_toolbox.sandbox.counters import Tally
from guardagent_toolbox.sandbox.limits import Limits

_MOST_TENANTS = 4_096


@dataclass(slots=True)
class _Record:
    kills: list[float] = field(default_factory=list)
    quarantines: int = 0
    until: float = -math.inf


class Standing:
    """Counts the workers that each program of one tenant ended; programs are told apart by their source."""

    def __init__(self, owner: Quarantine, tenant: str) -> None:
        self._owner = owner
        self._tenant = tenant
        # By hash: a source has up to 128 KB, and Python keeps the hash of a text with it.
        self._records: dict[int, _Record] = {}
        self._condemned: set[int] = set()
        self._blemished = False

    def holds(self, source: str) -> bool:
        """Whether the program may not run now."""
        if not self._blemished:
            return False
        key = hash(source)
        if key in self._condemned or len(self._condemned) > self._owner.limits.condemned:
            return True
        record = self._records.get(key)
        return record is not None and self._owner.clock() < record.until

    def count_kill(self, source: str) -> None:
        """Notes that the program ended a worker; the third within a minute quarantines it, each time for longer."""
        limits = self._owner.limits
        with self._owner.writing(self, self._tenant):
            now = self._owner.clock()
            record = self._record_of(hash(source))
            record.kills = [at for at in record.kills if at > now - limits.kill_window_s]
            record.kills.append(now)
            if len(record.kills) >= limits.kills:
                pause = limits.quarantine_s * 2 ** min(record.quarantines, 32)
                record.until = max(record.until, now + min(pause, limits.quarantine_max_s))
                record.quarantines += 1
                record.kills.clear()
                self._owner.tally.count("quarantines")
        self._blemished = True

    def condemn(self, source: str) -> None:
        """Holds the program back for as long as this sandbox lives."""
        with self._owner.writing(self, self._tenant):
            key = hash(source)
            if key not in self._condemned and len(self._condemned) <= self._owner.limits.condemned:
                self._condemned.add(key)
                self._owner.tally.count("condemned")
            self._records.pop(key, None)
        self._blemished = True

    @property
    def remembered(self) -> int:
        """Programs of which anything is remembered."""
        return len(self._records) + len(self._condemned)

    def forgettable(self) -> bool:
        """Whether no program of the tenant is held back now."""
        now = self._owner.clock()
        return not self._condemned and all(record.until <= now for record in self._records.values())

    def _record_of(self, key: int) -> _Record:
        """The record of a program, as the youngest; one too many pushes out an old one, first of those not in force."""
        record = self._records.pop(key, None) or _Record()
        if len(self._records) >= self._owner.limits.records:
            del self._records[min(self._records, key=lambda other: self._records[other].until)]
        self._records[key] = record
        return record


class Quarantine:
    """The standings of all tenants that have ended a worker."""

    def __init__(self, limits: Limits, clock: Callable[[], float], tally: Tally) -> None:
        self.limits = limits
        self.clock = clock
        self.tally = tally
        self.make_lock()
        self._standings: dict[str, Standing] = {}

    def make_lock(self) -> None:
        """In a forked child: the lock of the parent may be held for ever."""
        self._lock = threading.Lock()

    def of(self, tenant: str) -> Standing:
        """The tenant's standing, which its seat holds; a clean one is kept by nobody else."""
        return self._standings.get(tenant) or Standing(self, tenant)

    @property
    def tenants(self) -> int:
        """Tenants of which anything is remembered."""
        return len(self._standings)

    def writing(self, standing: Standing, tenant: str) -> threading.Lock:
        """Keeps the standing, and gives the lock under which it is written."""
        with self._lock:
            if tenant not in self._standings and len(self._standings) >= _MOST_TENANTS:
                self._forget()
            self._standings[tenant] = standing
        return self._lock

    def _forget(self) -> None:
        for tenant in [name for name, standing in self._standings.items() if standing.forgettable()]:
            del self._standings[tenant]


__all__ = ["Quarantine", "Standing"]
