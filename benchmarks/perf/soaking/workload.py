"""The load: batches, single checks and coroutines of several tenants, and trouble at a steady rate."""

from __future__ import annotations

import asyncio
import os
import select
import signal
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from random import Random

from guardagent.types import Program
from guardagent_toolbox.registry import TOOLBOX_VERSION
from guardagent_toolbox.sandbox import Sandbox
from latency.events import Case
from soaking.programs import check_source, killer_source, pool_of_cases, with_heavy
from soaking.tally import Tally, code_of

_POOL = 4_096
_BATCH = 100
_FEW = 20
_VIOLATING = 0.05
# More than a worker keeps loaded, so that it has to drop some.
_REVISIONS = 40
# A program that kills so often is quarantined, so the last time it only meets the quarantine.
_KILLS_PER_SOURCE = 4
_DYING_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """After how many checks, on average, something happens."""

    few: int = 2_000
    """Some checks one by one, and some from coroutines."""
    budget: int = 5_000
    """An event that spends its step budget; its worker is replaced."""
    kill: int = 20_000
    """A program that ends its worker."""
    outside_kill: int = 50_000
    """A worker that somebody else kills."""
    zygote_kill: int = 500_000
    """The process that forks workers is killed; those that are seated serve on."""
    revision: int = 50_000
    """A tenant's program is compiled anew."""

    def times(self, factor: float) -> Rates:
        """The same trouble so many times as often."""
        return Rates(**{name: max(1, round(every / factor)) for name, every in asdict(self).items()})


class Workload:
    """Runs steps of the load on a sandbox; equal seeds give equal loads."""

    def __init__(self, sandbox: Sandbox, random: Random, rates: Rates, *, tenants: int) -> None:
        self.tally = Tally()
        self._sandbox = sandbox
        self._random = random
        self._pool = pool_of_cases(random, _POOL, violating=_VIOLATING)
        self._benign = [case for case in self._pool if case.verdict == "allow"]
        self._tenants = [f"tenant-{number}" for number in range(tenants)]
        self._revision = 0
        self._programs = {tenant: deque([self._compiled(tenant)], _REVISIONS) for tenant in self._tenants}
        self._killer = self._tenants[0], self._compile(self._tenants[0], killer_source(0))
        self._runner = asyncio.Runner()
        self._executor = ThreadPoolExecutor(2)
        self._runner.get_loop().set_default_executor(self._executor)
        self._due: tuple[tuple[str, float, Callable[[str], None]], ...] = tuple(
            (name, _BATCH / every, step)
            for name, every, step in (
                ("few", rates.few, self._few),
                ("budget", rates.budget, self._budget),
                ("kill", rates.kill, self._kill),
                ("outside_kill", rates.outside_kill, self._outside_kill),
                ("zygote_kill", rates.zygote_kill, self._zygote_kill),
                ("revision", rates.revision, self._revise),
            )
        )

    def step(self) -> None:
        """A batch of one tenant, and whatever trouble is due."""
        tenant = self._random.choice(self._tenants)
        self._run(tenant, self._program(tenant), self._some(self._pool, _BATCH))
        for name, chance, trouble in self._due:
            if self._random.random() < chance:
                self.tally.events[name] += 1
                trouble(tenant)

    def close(self) -> None:
        """Ends the event loop and its threads."""
        self._runner.close()
        self._executor.shutdown()

    def _few(self, tenant: str) -> None:
        program = self._program(tenant)
        for case in self._some(self._pool, _FEW):
            self._run(tenant, program, [case])
        self._runner.run(self._coroutines(tenant, program, self._some(self._pool, _FEW)))

    async def _coroutines(self, tenant: str, program: Program, cases: Sequence[Case]) -> None:
        for case in cases:
            self.tally.note([case], await self._sandbox.arun(program, [case.ready], tenant=tenant))

    def _budget(self, tenant: str) -> None:
        self._run(tenant, self._program(tenant), with_heavy(self._some(self._pool, _FEW), self._random))

    def _kill(self, tenant: str) -> None:
        kills = self.tally.events["kill"] - 1
        if kills % _KILLS_PER_SOURCE == 0:
            self._killer = tenant, self._compile(tenant, killer_source(kills))
        victim, program = self._killer
        cases = with_heavy(self._some(self._benign, _FEW), self._random)
        results = self._sandbox.run(program, [case.ready for case in cases], tenant=victim)
        # Once it is quarantined, everything it is asked is denied, as it should be.
        held = [
            case._replace(verdict="failed") if code_of(result) == "quarantined" else case
            for case, result in zip(cases, results, strict=True)
        ]
        self.tally.note(held, results)

    def _outside_kill(self, tenant: str) -> None:
        _end(self._sandbox.worker_pid(tenant))
        self._run(tenant, self._program(tenant), self._some(self._pool, _FEW))

    def _zygote_kill(self, tenant: str) -> None:
        _end(self._sandbox.zygote_pid)
        self._run(tenant, self._program(tenant), self._some(self._pool, _FEW))

    def _revise(self, tenant: str) -> None:
        self._programs[tenant].append(self._compiled(tenant))

    def _run(self, tenant: str, program: Program, cases: Sequence[Case]) -> None:
        self.tally.note(cases, self._sandbox.run(program, [case.ready for case in cases], tenant=tenant))

    def _program(self, tenant: str) -> Program:
        programs = self._programs[tenant]
        # Old revisions are asked now and then, the newest most of the time.
        return programs[-1] if self._random.random() < 0.99 else self._random.choice(programs)

    def _compiled(self, tenant: str) -> Program:
        self._revision += 1
        return self._compile(tenant, check_source(self._revision))

    def _compile(self, tenant: str, source: str) -> Program:
        return Program.of(self._sandbox.inspect(source, tenant=tenant), toolbox_version=TOOLBOX_VERSION)

    def _some(self, cases: Sequence[Case], number: int) -> Sequence[Case]:
        first = self._random.randrange(len(cases) - number)
        return cases[first : first + number]


def _end(pid: int | None) -> None:
    """Kills a process, and waits until it is gone.

    A worker that has not died yet may still take an event, which then fails, and a program is blamed for it.
    """
    if pid is None:
        return
    process = os.pidfd_open(pid)
    try:
        signal.pidfd_send_signal(process, signal.SIGKILL)
        select.select([process], [], [], _DYING_SECONDS)
    finally:
        os.close(process)


__all__ = ["Rates", "Workload"]
