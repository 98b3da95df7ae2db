"""The self-test: which layers hold on this machine, and whether assumed escapes are really stopped.

`guardagent doctor` shows it, and a service runs it before it enforces anything.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass

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

    machine: str
    kernel: str
    layers: Layers
    probes: tuple[Probe, ...] = ()
    problem: str = ""
    """Why workers cannot be started at all; empty when they can."""

    @property
    def confined(self) -> bool:
        """Whether every layer holds and every attempt was stopped."""
        return bool(self.probes) and not self.problem and not self.layers.missing and not self.escapes

    @property
    def escapes(self) -> tuple[Probe, ...]:
        """The attempts that were not stopped."""
        return tuple(probe for probe in self.probes if not probe.stopped)


def probe(limits: Limits | None = None, *, zygote: Sequence[str] = ZYGOTE) -> SelfTest:
    """Tries every assumed escape in a throw-away worker of its own; takes about a second."""
    system = os.uname()
    limits = limits or Limits()
    try:
        spawner = Spawner(limits, zygote)
    except SandboxError as error:
        return SelfTest(system.machine, system.release, Layers(), problem=str(error))
    with contextlib.closing(spawner):
        layers = Layers()
        probes = []
        for name in PROBES:
            layers, outcome = _try(spawner, name)
            probes.append(outcome)
    return SelfTest(system.machine, system.release, layers, tuple(probes))


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


__all__ = ["Probe", "SelfTest", "probe"]
