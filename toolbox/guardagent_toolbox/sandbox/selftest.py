"""The self-test: which layers hold on this machine, and whether assumed escapes are really stopped.

`guardagent doctor` shows it, and a service runs it before it enforces anything (`guardagent.engines.boot_check`).
"""

from __future__ import annotations

import contextlib
import json
import platform
import signal
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from guardagent.errors import SandboxError
from guardagent_toolbox.sandbox.confine import Layers
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.probes import PROBES
from guardagent_toolbox.sandbox.spawner import ZYGOTE, Spawner
from guardagent_toolbox.sandbox.wire import set_deadline

_PROBE_MS = 5_000
_MESSAGE = 4096


@dataclass(frozen=True, slots=True)
class Probe:
    """One attempt to escape, and what came of it."""

    name: str
    stopped: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What confines guard programs on this machine."""

    system: str
    machine: str
    kernel: str
    layers: Layers = field(default_factory=Layers)
    probes: tuple[Probe, ...] = ()
    problem: str = ""
    """Why workers cannot be started at all; empty when they can."""
    engine: Literal["kernel", "monty"] = "kernel"
    """What runs programs: workers that the kernel confines, or an interpreter that only its language holds."""

    @property
    def confined(self) -> bool:
        """Whether the kernel holds every program: no layer is missing and every attempt was stopped."""
        tried = bool(self.probes) and not self.problem and not self.layers.missing and not self.escapes
        return tried and self.engine == "kernel"

    @property
    def escapes(self) -> tuple[Probe, ...]:
        """The attempts that were not stopped."""
        return tuple(probe for probe in self.probes if not probe.stopped)

    def as_json(self) -> dict[str, Any]:
        """Plain values, for machines and for the health page of a service."""
        return {
            "confined": self.confined,
            "engine": self.engine,
            "system": self.system,
            "machine": self.machine,
            "kernel": self.kernel,
            "landlock_abi": self.layers.landlock_abi,
            "seccomp": "filter" if self.layers.seccomp else "off",
            "missing": list(self.layers.missing),
            "worker_uid": self.layers.uid,
            "probes": [asdict(probe) for probe in self.probes],
            "problem": self.problem,
        }


def self_test(limits: Limits | None = None, *, zygote: Sequence[str] = ZYGOTE) -> SelfTest:
    """What the kernel holds here: tries every assumed escape, each in a throw-away worker; takes about 0.3 s."""
    names = (platform.system(), platform.machine(), platform.release())
    limits = limits or Limits()
    try:
        spawner = Spawner(limits, zygote)
    except SandboxError as error:
        return SelfTest(*names, problem=str(error))
    with contextlib.closing(spawner):
        tried = [_try(spawner, name) for name in PROBES]
    # Of the worker that is held least, if they differ.
    weakest = max((layers for layers, _probe in tried), key=lambda layers: len(layers.missing))
    return SelfTest(*names, weakest, tuple(probe for _layers, probe in tried))


def _try(spawner: Spawner, name: str) -> tuple[Layers, Probe]:
    """The layers of a new worker, and what the attempt came to in it; anything unclear counts as not stopped."""
    try:
        worker, channel, progress = spawner.fork(probe=name)
        progress.close()
    except SandboxError as error:
        return Layers(), Probe(name, False, str(error))
    with channel:
        set_deadline(channel, _PROBE_MS)
        layers, said = Layers(), b""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            layers = Layers(**json.loads(channel.recv(_MESSAGE))["layers"])
            said = channel.recv(_MESSAGE)
    return layers, _judge(name, said.decode(errors="replace"), spawner.end(worker))


def _judge(name: str, said: str, status: int | None) -> Probe:
    if said.startswith("stopped "):
        return Probe(name, True, said.removeprefix("stopped "))
    if said:
        return Probe(name, False, said)
    if status is not None and status & 0x7F == signal.SIGSYS:
        return Probe(name, True, "killed by the kernel (SIGSYS)")
    return Probe(name, False, "ended without a word")


__all__ = ["Probe", "SelfTest", "self_test"]
