"""The seats: who of the tenants has a place for a worker, and whose place goes to the next one."""

from __future__ import annotations

import threading
import time

from guardagent.errors import SandboxError
from guardagent_toolbox.sandbox.counters import Tally
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.quarantine import Quarantine
from guardagent_toolbox.sandbox.seat import Seat
from guardagent_toolbox.sandbox.supply import Supply

_LOOK_AGAIN_SECONDS = 0.002


class Seats:
    """Gives tenants their seats, and takes them back from those that were idle for longest; for many threads."""

    def __init__(self, supply: Supply, quarantine: Quarantine, limits: Limits, tally: Tally) -> None:
        self._supply = supply
        self._quarantine = quarantine
        self._limits = limits
        self._tally = tally
        self._lock = threading.Lock()
        self._seats: dict[str, Seat] = {}
        self._closed = False

    def __len__(self) -> int:
        return len(self._seats)

    def get(self, tenant: str) -> Seat | None:
        """The tenant's seat, which nobody holds for the caller; None when it has none now."""
        return self._seats.get(tenant)

    def hold(self, tenant: str) -> Seat:
        """The tenant's seat with its lock held, for the caller to release.

        Raises:
            SandboxError: the sandbox is closed, or all seats were in use for too long.
        """
        while True:
            seat = self._seats.get(tenant) or self._place(tenant)
            seat.lock.acquire()
            if not seat.retired:
                return seat
            seat.lock.release()

    def _place(self, tenant: str) -> Seat:
        """The tenant's seat, a new one if it has none; another tenant gives up its own if there is no more room."""
        until = time.monotonic() + self._limits.tenant_wait_ms / 1000
        while True:
            with self._lock:
                if self._closed:
                    raise SandboxError("the sandbox is closed")
                if (seat := self._seats.get(tenant)) is not None:
                    return seat
                if len(self._seats) < self._limits.tenants or self._evict():
                    seat = Seat(self._supply, self._quarantine.of(tenant), self._tally)
                    self._seats[tenant] = seat
                    return seat
            if time.monotonic() > until:
                raise SandboxError(f"all {self._limits.tenants} workers are in use for other tenants")
            time.sleep(_LOOK_AGAIN_SECONDS)

    def _evict(self) -> bool:
        """Whether a tenant that is idle gave up its seat: of those, the one that was asked something longest ago."""
        for tenant, seat in sorted(self._seats.items(), key=lambda item: item[1].used_at):
            if not seat.lock.acquire(blocking=False):
                continue
            try:
                seat.retire()
            finally:
                seat.lock.release()
            del self._seats[tenant]
            self._tally.count("evicted")
            return True
        return False

    def abandon(self) -> None:
        """In a forked child: lets go of the parent's workers."""
        self._lock = threading.Lock()
        for seat in self._seats.values():
            seat.abandon()
        self._seats = {}

    def close(self) -> None:
        """Ends the workers of all tenants once they have answered; then nobody gets a seat."""
        with self._lock:
            self._closed = True
            seats, self._seats = list(self._seats.values()), {}
        for seat in seats:
            with seat.lock:
                seat.retire()


__all__ = ["Seats"]
