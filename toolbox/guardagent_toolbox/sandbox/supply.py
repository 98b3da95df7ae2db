"""Where confined workers come from: one is always prepared ahead, and a lost zygote is started again."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence

from guardagent.errors import SandboxError
from guardagent_toolbox.sandbox.confine import Layers
from guardagent_toolbox.sandbox.handle import Ended, WorkerHandle
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.spawner import ZYGOTE, Spawner, ZygoteLost

_ATTEMPTS = 3


class Supply:
    """Gives out workers that are confined as required and have never seen anything."""

    def __init__(self, limits: Limits, *, unsafe: bool, command: Sequence[str] = ZYGOTE) -> None:
        """Starts the zygote and a first worker.

        Raises:
            SandboxError: the system cannot run or cannot confine them, and `unsafe` does not accept that.
        """
        self._limits = limits
        self._command = tuple(command)
        self._lock = threading.Lock()
        self._closed = False
        self._spawner: Spawner | None = None
        self._spare: WorkerHandle | None = None
        self._accepted: frozenset[str] = frozenset()
        try:
            self._layers = self._look_at_first_worker(unsafe=unsafe)
        except SandboxError:
            self.close()
            raise

    @property
    def layers(self) -> Layers:
        """The kernel layers that hold every worker."""
        return self._layers

    @property
    def zygote_pid(self) -> int | None:
        """The process that forks workers; None when there is none now."""
        spawner = self._spawner
        return None if spawner is None else spawner.pid

    def _look_at_first_worker(self, *, unsafe: bool) -> Layers:
        """Its layers; the worker stays as the spare."""
        self._spare = worker = self._fork()
        try:
            worker.await_ready()
        except Ended as ended:
            raise SandboxError(f"the first worker did not start: {ended.failure.message}") from None
        if worker.layers.missing and not unsafe:
            missing = ", ".join(worker.layers.missing)
            raise SandboxError(
                f"this machine cannot confine guard programs by the kernel: no {missing}; run on Linux 5.13 or later "
                "with Landlock and seccomp, or accept the risk with `unsafe_no_os_sandbox`"
            )
        self._accepted = frozenset(worker.layers.missing)
        return worker.layers

    def take(self) -> WorkerHandle:
        """A confined worker; raises SandboxError when none can be had."""
        for _ in range(_ATTEMPTS):
            with self._lock:
                worker, self._spare = self._spare or self._fork(), None
                with contextlib.suppress(SandboxError):  # without a spare the next one only takes longer
                    self._spare = self._fork()
            try:
                if not worker.ready:
                    worker.await_ready()
            except Ended:
                continue
            if self._accepted.issuperset(worker.layers.missing):
                return worker
            worker.close()
        raise SandboxError("no worker could be started and confined")

    def abandon(self) -> None:
        """In a forked child: lets go of the parent's workers, so that the next `take` starts a zygote of its own."""
        self._lock = threading.Lock()
        if self._spare is not None:
            self._spare.abandon()
        if self._spawner is not None:
            self._spawner.abandon()
        self._spare = self._spawner = None

    def _fork(self) -> WorkerHandle:
        if self._closed:
            raise SandboxError("the sandbox is closed")
        if self._spawner is not None:
            try:
                return WorkerHandle(self._spawner, self._limits)
            except ZygoteLost:
                self._spawner.close()
                self._spawner = None
        self._spawner = Spawner(self._limits, self._command)
        return WorkerHandle(self._spawner, self._limits)

    def close(self) -> None:
        """Ends the zygote and every worker of it; closing twice is harmless."""
        with self._lock:
            self._closed = True
            if self._spare is not None:
                self._spare.close()
                self._spare = None
            if self._spawner is not None:
                self._spawner.close()
                self._spawner = None


__all__ = ["Supply"]
