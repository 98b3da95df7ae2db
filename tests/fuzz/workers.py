"""The same program in this process and in a confined worker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from guardagent.ports import RunCase
from guardagent.types import Program, canonical_json
from guardagent_toolbox.inprocess import InProcessRunner
from guardagent_toolbox.registry import TOOLBOX_VERSION
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits
from tests.fuzz.oracles import require
from tests.fuzz.properties import FACTS

# Generous, so that what differs does not differ because the machine is busy; a quarantine would hide the rest.
LIMITS: Final = Limits(cpu_ms=2_000, wall_ms=10_000, compile_cpu_ms=5_000, compile_wall_ms=15_000, kills=1_000_000)

# How a program may end its worker instead of answering; anything else is a hole or a fault. Its budget stops it long
# before its time is over.
_ENDS: Final = frozenset({"memory"})

_BENIGN: Final = 'def clause_c1(event, facts):\n    return violation("well") if event["n"] == 1 else None\n'
_CASES: Final = (RunCase('{"n":1}'), RunCase('{"n":2}'))


class Twins:
    """A runner in this process and a sandbox, which must agree; closes neither."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._here = InProcessRunner()
        self._benign = self._program(_BENIGN)
        self._answers = self._here.run(self._benign, _CASES)

    def check(self, source: str, events: Sequence[dict[str, Any]], tally: Counter[str]) -> None:
        """Both refuse the source with the same errors, or give the same answers; the worker goes on working."""
        tally["programs in workers"] += 1
        there = self._sandbox.inspect(source)
        require(there == self._here.inspect(source), f"the worker reads the source differently: {there}")
        if not there.errors:
            self._compare(Program.of(there, toolbox_version=TOOLBOX_VERSION), events, tally)
        self.check_alive()

    def check_alive(self) -> None:
        """A harmless check is answered as always."""
        require(self._sandbox.run(self._benign, _CASES) == self._answers, "the next check is not answered")

    def _compare(self, program: Program, events: Sequence[dict[str, Any]], tally: Counter[str]) -> None:
        cases = [RunCase(canonical_json(event), canonical_json(FACTS)) for event in events]
        there = self._sandbox.run(program, cases)
        tally["events in workers"] += len(cases)
        ended = {result.failure.code for result in there if result.failure is not None}
        require(ended <= _ENDS, f"the worker ended: {[result.failure for result in there]}")
        if ended:
            tally["workers ended"] += 1
            return
        require(there == self._here.run(program, cases), f"the worker answers differently: {there}")

    def _program(self, source: str) -> Program:
        return Program.of(self._here.inspect(source), toolbox_version=TOOLBOX_VERSION)
