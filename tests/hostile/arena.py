"""The arena: a sandbox of one build behind a guard, with a neighbour beside it and canaries around it."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from guardagent.guard import Guard
from guardagent.ports import RunCase
from guardagent.types import Clause, Decision, Policy, Program, digest_of
from guardagent_toolbox.registry import TOOLBOX_VERSION
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.spawner import ZYGOTE
from tests.hostile.canaries import Canaries
from tests.hostile.corpus import Attempt
from tests.support.runners import ScriptedFacts
from tests.support.sandboxes import code_of, has_ended

_HERE = Path(__file__).parent

BUILDS = {
    "normal": ZYGOTE,
    "unlisted": (sys.executable, "-I", str(_HERE / "unlisted_zygote.py")),
    "bare": (sys.executable, "-I", str(_HERE / "bare_zygote.py")),
    "unconfined": (sys.executable, "-I", str(_HERE / "bare_zygote.py"), "unconfined"),
}
"""All layers; all but the allow-list; none of the language's; none but the host. Only the first is for production."""

# Programs that hang are ended by their CPU time; the wall is generous, because the machine may be busy.
LIMITS = Limits(cpu_ms=120, wall_ms=700, compile_cpu_ms=400, compile_wall_ms=2_500, kills=1_000)

# Names no event: a worker that is sent it has loaded the program and run nothing.
_NO_EVENT = RunCase("{")
_CLAUSE = re.compile(r"^(?:async )?def clause_(c\d+)\(", re.MULTILINE)
_AGENT = "target"

BENIGN = 'def clause_c1(event, facts):\n    if event["output"] == "forbidden":\n        return violation("no")\n'
SCHEMA = {
    "type": "object",
    "required": ["output"],
    "properties": {
        "output": {"type": "string"},
        "tool": {"type": "object", "properties": {"name": {"type": "string"}}},
    },
}
NEIGHBOUR = 'def clause_c1(event, facts):\n    return violation(event["secret"])\n'


class Verdict(NamedTuple):
    """What became of an attempt."""

    reason: str
    """A failure code, `violation` for a true denial, or the effect when the event was not denied."""
    told: str
    """Everything that the sandbox let out."""
    seconds: float
    """How long the decision took."""
    deadline: float
    """How long it may take at most, in seconds, until the worker is killed."""


class Arena:
    """Checks hostile programs and events, and looks what they did."""

    def __init__(
        self, build: str, canaries: Canaries, *, limits: Limits = LIMITS, zygote: tuple[str, ...] = ()
    ) -> None:
        self.build = build
        self._has_language = build in ("normal", "unlisted")
        self._canaries = canaries
        self._limits = limits
        unsafe = build == "unconfined"
        self.sandbox = Sandbox(limits, zygote=zygote or BUILDS[build], unsafe_no_os_sandbox=unsafe)
        self._benign = self._guard(program_of(BENIGN))
        assert self.look_around() == []

    def strike(self, attempt: Attempt) -> Verdict:
        """Has the program of an attempt compiled, if this build compiles, and its event judged by it."""
        program, complaints = self._compiled(self._source_of(attempt))
        if attempt.prime is not None:
            self._prime(program, RunCase(json.dumps(self.event(**attempt.prime))))
        loads_first = not complaints and not attempt.at_load
        if loads_first:
            (ready,) = self.sandbox.run(program, [_NO_EVENT])
            loads_first = code_of(ready) == "invalid_event"
            assert loads_first or self.build == "unlisted", ready
        limit = self._limits.wall_ms if loads_first else self._limits.compile_wall_ms
        started = time.monotonic()
        decision = self._guard(program).check(self.event(**attempt.event))
        seconds = time.monotonic() - started
        return Verdict(reason_of(decision), f"{complaints}\n{decision.model_dump_json()}", seconds, limit / 1000)

    def prepared(self, attempt: Attempt) -> tuple[Program, RunCase]:
        """The program and the event of an attempt, for those who run them by themselves."""
        return program_of(self._source_of(attempt)), RunCase(json.dumps(self.event(**attempt.event)))

    def decide(self, source: str, **parts: Any) -> Decision:
        """What the guard says of an event when this program is its policy."""
        return self._guard(program_of(source)).check(self.event(**parts))

    def judge(self, event: str) -> Verdict:
        """Has hostile data judged by a benign program."""
        started = time.monotonic()
        decision = self._benign.check(event)
        seconds = time.monotonic() - started
        return Verdict(reason_of(decision), decision.model_dump_json(), seconds, self._limits.wall_ms / 1000)

    def harm(self, told: str = "") -> list[str]:
        """What is not as it was: canaries, the host's processes, benign checks of this tenant and of its neighbour."""
        return self._canaries.harm_in(told) + self.look_around()

    def look_around(self) -> list[str]:
        """What does not work; empty when all does."""
        harm = []
        if (effect := self._benign.check(self.event()).effect) != "allow":
            harm.append(f"the next benign check is not allowed but `{effect}`")
        secret = self._canaries.neighbour_secret
        (result,) = self.sandbox.run(program_of(NEIGHBOUR), [RunCase(json.dumps({"secret": secret}))], tenant="next")
        if [answer.message for answer in result.answers] != [secret]:
            harm.append("the neighbour's check is not answered")
        zygote = self.sandbox.zygote_pid
        if zygote is None or has_ended(zygote):
            harm.append("the zygote has ended")
        return harm

    def event(self, **parts: Any) -> dict[str, Any]:
        """An event that tells the attacker where the canaries are."""
        plain = {"agent": _AGENT, "stage": "output", "output": "hello", "user": {"role": "guest"}}
        return plain | {"canary": self._canaries.hints()} | parts

    def close(self) -> None:
        """Ends the sandbox."""
        self.sandbox.close()

    def _source_of(self, attempt: Attempt) -> str:
        return attempt.text if self._has_language else attempt.bare_text or attempt.text

    def _compiled(self, source: str) -> tuple[Program, str]:
        """The program and what the compiler said; a rejected one is put past it, as a tampered store would."""
        if self.build != "normal":
            return program_of(source), ""
        inspection = self.sandbox.inspect(source)
        if inspection.errors:
            return program_of(source), "\n".join(map(str, inspection.errors))
        return Program.of(inspection, toolbox_version=TOOLBOX_VERSION), ""

    def _prime(self, program: Program, case: RunCase) -> None:
        """Shows the program another event first, on the very worker where the language alone keeps events apart."""
        self.sandbox.run(program, [case], tenant="" if self._has_language else "attacker")

    def _guard(self, program: Program) -> Guard:
        clauses = tuple(Clause(id=clause, text="Do no harm.", start=0, end=11) for clause in program.clauses)
        schema = json.dumps(SCHEMA)
        policy = Policy(name="policy", program=program, clauses=clauses, agent=_AGENT, event_schema_json=schema)
        return Guard(policies=(policy,), runner=self.sandbox, facts=ScriptedFacts())


def program_of(source: str) -> Program:
    """Any text as a program with a digest that fits."""
    digest = digest_of(f"{TOOLBOX_VERSION}\n{source}")
    clauses = tuple(_CLAUSE.findall(source)) or ("c1",)
    return Program(source=source, digest=digest, clauses=clauses, toolbox_version=TOOLBOX_VERSION)


def reason_of(decision: Decision) -> str:
    """Why the event was denied; its effect when it was not."""
    if decision.effect != "deny":
        return decision.effect
    return decision.failure.code if decision.failed and decision.failure is not None else "violation"
