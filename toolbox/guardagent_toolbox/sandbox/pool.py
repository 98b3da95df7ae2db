"""Sandbox: the CheckRunner of production, with one confined worker per tenant."""

from __future__ import annotations

import asyncio
import os
import time
import weakref
from collections.abc import Callable, Sequence

from guardagent.errors import SandboxError
from guardagent.ports import RunCase, RunResult
from guardagent.types import Failure, Inspection, Program
from guardagent_toolbox.sandbox.confine import Layers
from guardagent_toolbox.sandbox.counters import Counters, Tally
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.quarantine import Quarantine
from guardagent_toolbox.sandbox.seat import Flight, Seat
from guardagent_toolbox.sandbox.seats import Seats
from guardagent_toolbox.sandbox.spawner import ZYGOTE
from guardagent_toolbox.sandbox.supply import Supply

# An answer that is not there by then is worth a turn of the event loop.
_INLINE_MS = 1


class Sandbox:
    """Compiles and runs guard programs in processes that the kernel confines. Safe to share between threads."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        unsafe_no_os_sandbox: bool = False,
        zygote: Sequence[str] = ZYGOTE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Starts the first worker and looks at what confines it.

        Args:
            limits: Bounds of every worker, and of their number.
            unsafe_no_os_sandbox: Accept a machine whose kernel cannot confine workers; `confinement` then says so.
            zygote: The command that starts the zygote; tests start one with other engines.
            clock: The time by which quarantines pass.

        Raises:
            SandboxError: workers cannot be started, or not be confined.
        """
        limits = limits or Limits()
        self._tally = Tally()
        self._supply = Supply(limits, unsafe=unsafe_no_os_sandbox, command=zygote, tally=self._tally)
        self._quarantine = Quarantine(limits, clock, self._tally)
        self._seats = Seats(self._supply, self._quarantine, limits, self._tally)
        self._finalizer = weakref.finalize(self, Supply.close, self._supply)
        _sandboxes.add(self)

    @property
    def confinement(self) -> str:
        """`kernel` when every layer holds; else `language`, which only `unsafe_no_os_sandbox` accepts."""
        return "language" if self.layers.missing else "kernel"

    @property
    def layers(self) -> Layers:
        """The kernel layers that hold every worker."""
        return self._supply.layers

    @property
    def zygote_pid(self) -> int | None:
        """The process that forks workers, for monitoring; None when there is none now."""
        return self._supply.zygote_pid

    def worker_pid(self, tenant: str = "") -> int | None:
        """The process that runs the tenant's programs, for monitoring; None when none is seated now."""
        seat = self._seats.get(tenant)
        return None if seat is None else seat.worker_pid

    def inspect(self, source: str, *, tenant: str = "") -> Inspection:
        """What the compiler reads in `source`, compiled in the tenant's worker.

        Raises:
            SandboxError: no worker can be had.
        """
        seat = self._seats.hold(tenant)
        try:
            return seat.inspect(source)
        finally:
            seat.lock.release()

    def run(self, program: Program, cases: Sequence[RunCase], *, tenant: str = "") -> tuple[RunResult, ...]:
        """One result per case, in order, from the tenant's worker; whatever goes wrong is a failure in the result."""
        try:
            seat = self._seats.hold(tenant)
        except SandboxError as error:
            return self._unavailable(error, len(cases))
        try:
            return seat.run(program, cases)
        finally:
            seat.lock.release()

    async def arun(self, program: Program, cases: Sequence[RunCase], *, tenant: str = "") -> tuple[RunResult, ...]:
        """As `run`, for coroutines: a check that answers at once costs no turn of the event loop."""
        seat = self._seats.get(tenant) if len(cases) == 1 else None
        if seat is not None and seat.lock.acquire(blocking=False):
            outcome = _inline(seat, program, cases[0])
            if isinstance(outcome, Flight):
                return await _late(seat, outcome)
            if outcome is not None:
                return outcome
        return await asyncio.to_thread(self.run, program, cases, tenant=tenant)

    def close(self) -> None:
        """Ends all workers; closing twice is harmless."""
        self._seats.close()
        self._finalizer()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def counters(self) -> Counters:
        """What became of workers and checks so far, for monitoring."""
        return self._tally.snapshot(spares=self._supply.spares, tenants=len(self._seats))

    def _unavailable(self, error: SandboxError, cases: int) -> tuple[RunResult, ...]:
        results = (RunResult(failure=Failure(code="unavailable", message=str(error))),) * cases
        for result in results:
            self._tally.failed(result)
        return results

    def _start_over(self) -> None:
        """In a forked child: workers belong to the parent, and two processes on one channel would mix answers."""
        self._tally.make_lock()
        self._quarantine.make_lock()
        self._seats.abandon()
        self._supply.abandon()


def _inline(seat: Seat, program: Program, case: RunCase) -> tuple[RunResult, ...] | Flight | None:
    """The answer if it comes at once; else the flight, which goes on holding the seat; None if nothing was sent."""
    held: Flight | None = None
    try:
        flight = seat.launch(program, case)
        if flight is None:
            return None
        if flight.worker.answers_within(_INLINE_MS):
            return seat.land(flight)
        held = flight
        return held
    finally:
        if held is None:
            seat.lock.release()


async def _late(seat: Seat, flight: Flight) -> tuple[RunResult, ...]:
    """Waits for the answer in a thread, which releases the seat even if this coroutine is cancelled."""
    try:
        waiting = asyncio.get_running_loop().run_in_executor(None, _land, seat, flight)
    except RuntimeError:  # the loop is shutting down
        return _land(seat, flight)
    return await asyncio.shield(waiting)


def _land(seat: Seat, flight: Flight) -> tuple[RunResult, ...]:
    try:
        return seat.land(flight)
    finally:
        seat.lock.release()


_sandboxes: weakref.WeakSet[Sandbox] = weakref.WeakSet()


def _after_fork() -> None:
    for sandbox in list(_sandboxes):
        sandbox._start_over()


os.register_at_fork(after_in_child=_after_fork)

__all__ = ["Sandbox"]
