"""Where confined workers come from: some are always prepared ahead, and a lost zygote is started again."""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Sequence

from guardagent.errors import SandboxError, UnconfinedError
from guardagent_toolbox.sandbox.confine import Layers
from guardagent_toolbox.sandbox.counters import Tally
from guardagent_toolbox.sandbox.endings import Ended
from guardagent_toolbox.sandbox.handle import WorkerHandle
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.spawner import ZYGOTE, Spawner, ZygoteLost

_ATTEMPTS = 3
# Whoever takes a worker asks for so many new ones at most: asking takes some 0.1 ms, and they wait for nothing else.
_AT_ONCE = 2


class Supply:
    """Gives out workers that are confined as required and have never seen anything."""

    def __init__(
        self, limits: Limits, *, unsafe: bool, command: Sequence[str] = ZYGOTE, tally: Tally | None = None
    ) -> None:
        """Starts the zygote and a first worker.

        Raises:
            SandboxError: the system cannot run or cannot confine them, and `unsafe` does not accept that.
        """
        self._limits = limits
        self._command = tuple(command)
        self._tally = tally or Tally()
        self._closed = False
        self._spawner: Spawner | None = None
        self._spares: deque[WorkerHandle] = deque()
        self._taken: weakref.WeakSet[WorkerHandle] = weakref.WeakSet()
        self._orphaned: list[Spawner] = []
        self._accepted: frozenset[str] = frozenset()
        self._make_locks()
        try:
            self._layers = self._look_at_first_worker(unsafe=unsafe)
        except SandboxError:
            self.close()
            raise

    def _make_locks(self) -> None:
        # Both may be asked for again by the thread that has them: the garbage collector may close a sandbox anywhere.
        self._lock = threading.RLock()
        """Held for moments: guards what this object holds."""
        self._starting = threading.RLock()
        """Held while a zygote starts, which takes as long as thousands of checks."""
        self._refilling = threading.Lock()
        self._recovering = False

    @property
    def layers(self) -> Layers:
        """The kernel layers that hold every worker."""
        return self._layers

    @property
    def zygote_pid(self) -> int | None:
        """The process that forks workers; None when there is none now."""
        spawner = self._spawner
        return None if spawner is None else spawner.pid

    @property
    def spares(self) -> int:
        """How many workers are kept ready."""
        with self._lock:
            return sum(not spare.hung_up for spare in self._spares)

    def _look_at_first_worker(self, *, unsafe: bool) -> Layers:
        """Its layers; the worker stays as a spare."""
        worker = self._fork()
        self._spares.append(worker)
        try:
            worker.await_ready()
        except Ended as ended:
            raise SandboxError(f"the first worker did not start: {ended.failure.message}") from None
        if worker.layers.missing and not unsafe:
            missing = ", ".join(worker.layers.missing)
            raise UnconfinedError(
                f"this machine cannot confine guard programs by the kernel: no {missing}; run on Linux 5.13 or later "
                "with Landlock and seccomp, or accept the risk with `unsafe_no_os_sandbox`",
                missing=worker.layers.missing,
            )
        self._accepted = frozenset(worker.layers.missing)
        return worker.layers

    def take(self) -> WorkerHandle:
        """A confined worker; raises SandboxError when none can be had.

        Whoever takes one calls `refill` when it has answered: new workers need a processor, as does the one taken.
        """
        for _ in range(_ATTEMPTS):
            worker = self._live_spare() or self._fork()
            try:
                if not worker.ready:
                    worker.await_ready()
            except Ended:
                self._tally.count("spares_lost")
                continue
            if self._accepted.issuperset(worker.layers.missing):
                with self._lock:
                    self._taken.add(worker)
                return worker
            worker.close()
        raise SandboxError("no worker could be started and confined")

    def _live_spare(self) -> WorkerHandle | None:
        """The oldest spare that has not ended meanwhile; None when there is none."""
        while True:
            with self._lock:
                worker = self._spares.popleft() if self._spares else None
            if worker is None or not worker.hung_up:
                return worker
            worker.close()
            self._tally.count("spares_lost")

    def refill(self) -> None:
        """Asks for the spares that are missing, without waiting for any of them."""
        if not self._refilling.acquire(blocking=False):
            return
        try:
            for _ in range(min(_AT_ONCE, self._limits.spares - len(self._spares))):
                spawner = self._spawner
                if spawner is None or spawner.lost:
                    break
                self._keep(self._ask(spawner))
        except ZygoteLost:
            pass
        except SandboxError:  # without a spare the next one only takes longer
            return
        finally:
            self._refilling.release()
        if self._spawner is not None and self._spawner.lost and not self._closed and not self._recovering:
            # The taker may hold a spare that outlived its zygote, and need not wait for the next one.
            self._recovering = True
            try:
                threading.Thread(target=self._recover, name="guardagent-zygote", daemon=True).start()
            except RuntimeError:  # the interpreter is ending
                self._recovering = False

    def _recover(self) -> None:
        try:
            self._running()
            self.refill()
        except SandboxError:  # whoever finds no spare tries again, and says why it cannot be
            pass
        finally:
            self._recovering = False

    def _keep(self, worker: WorkerHandle) -> None:
        with self._lock:
            if not self._closed:
                self._spares.append(worker)
                return
        worker.close()

    def _fork(self) -> WorkerHandle:
        """A new worker; one zygote may be found lost on the way."""
        try:
            return self._ask(self._running())
        except ZygoteLost:
            return self._ask(self._running())

    def _ask(self, spawner: Spawner) -> WorkerHandle:
        worker = WorkerHandle(spawner, self._limits)
        self._tally.count("workers_started")
        return worker

    def _running(self) -> Spawner:
        """The zygote; a new one when there is none, or it was lost."""
        with self._starting:
            if self._closed:
                raise SandboxError("the sandbox is closed")
            if self._spawner is None or self._spawner.lost:
                lost, new = self._spawner, Spawner(self._limits, self._command)
                self._tally.count("zygotes_started")
                if self._closed:  # meanwhile, by this very thread; see `_make_locks`
                    new.close()
                    raise SandboxError("the sandbox is closed")
                self._spawner = new
                self._leave_behind(lost)
            return self._spawner

    def _leave_behind(self, lost: Spawner | None) -> None:
        """Has the workers of a lost zygote replaced as soon as they are idle: nobody could tell how they end."""
        with self._lock:
            if lost is not None:
                self._orphaned = [each for each in (*self._orphaned, lost) if each.workers]
            for worker in self._taken:
                if worker.orphaned:
                    worker.wear_out("orphaned")
            old = [spare for spare in self._spares if spare.orphaned]
            self._spares = deque(spare for spare in self._spares if not spare.orphaned)
        for spare in old:
            spare.close()
            self._tally.recycled("orphaned")

    def abandon(self) -> None:
        """In a forked child: lets go of the parent's workers, so that the next `take` starts a zygote of its own."""
        self._make_locks()
        for spare in self._spares:
            spare.abandon()
        self._spares.clear()
        for spawner in (*self._orphaned, self._spawner):
            if spawner is not None:
                spawner.abandon()
        self._spawner, self._orphaned = None, []
        self._taken.clear()

    def close(self) -> None:
        """Ends the zygote and every worker of it; closing twice is harmless."""
        self._closed = True
        with self._starting, self._lock:
            while self._spares:
                self._spares.popleft().close()
            for spawner in (*self._orphaned, self._spawner):
                if spawner is not None:
                    spawner.close()
            self._spawner, self._orphaned = None, []


__all__ = ["Supply"]
