"""Every failure code of the sandbox: provoked on real workers, it denies, and is counted under its own label."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
import time
from collections.abc import Callable
from typing import Any, get_args

import pytest

from guardagent.guard import Guard
from guardagent.types import Clause, Decision, FactSpec, FailureCode, Policy, Program
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.counters import FAILURES, RECYCLED, Counters
from guardagent_toolbox.sandbox.limits import Limits
from tests.support.runners import ScriptedFacts
from tests.support.sandboxes import EVENT, PASS, body, has_ended, plain_program, plain_sandbox, run_code, wait_until

OK = plain_program(PASS)
CRASH = body("os._exit(1)")
BUSY = body("end = time.monotonic() + 0.5", "while time.monotonic() < end: pass", "return []")
# Fits the event, and is beyond what any message holds.
TOO_LONG = ScriptedFacts({"topic": "x" * 200_000})


def guard(sandbox: Sandbox, program: Program, **parts: Any) -> Guard:
    policy = Policy(
        name="policy",
        program=program,
        clauses=(Clause(id="c1", text="Do no harm.", start=0, end=11),),
        agent="a",
        event_schema_json='{"type":"object"}',
    )
    return Guard(policies=(policy,), runner=sandbox, **({"facts": ScriptedFacts()} | parts))


def of(program: Program, **parts: Any) -> Callable[[Sandbox], Decision]:
    """What is decided when this is the program."""
    return lambda sandbox: guard(sandbox, program, **parts).check({"agent": "a", "stage": "output", "output": "hello"})


def after_crashes(sandbox: Sandbox) -> Decision:
    for _ in range(3):
        run_code(sandbox, CRASH)
    return of(CRASH)(sandbox)


def after_closing(sandbox: Sandbox) -> Decision:
    sandbox.close()
    return of(OK)(sandbox)


def without_a_seat(sandbox: Sandbox) -> Decision:
    slow = threading.Thread(target=run_code, args=(sandbox, BUSY))
    slow.start()
    assert wait_until(lambda: sandbox.worker_pid() is not None)
    time.sleep(0.05)
    decision = of(OK, tenant="another")(sandbox)
    slow.join()
    return decision


def by_a_coroutine(program: Program) -> Callable[[Sandbox], Decision]:
    def decide(sandbox: Sandbox) -> Decision:
        run_code(sandbox, program)  # loaded, and the next event is launched from the event loop
        return asyncio.run(guard(sandbox, program).acheck({"agent": "a", "stage": "output"}))

    return decide


WAYS: tuple[tuple[FailureCode, str, Callable[[Sandbox], Decision]], ...] = (
    ("timeout", "a loop", of(body("while True: pass"))),
    ("timeout", "a wait", of(body("wait()"))),
    ("timeout", "a loop while it is loaded", of(plain_program("while True: pass"))),
    ("crash", "an exit", of(CRASH)),
    ("crash", "a segmentation fault", of(body("ctypes.string_at(0)"))),
    ("escape_attempt", "a system call", of(body("os.getppid()"))),
    ("budget", "recursion", of(body("f = lambda: f()", "f()"))),
    ("memory", "an allocation", of(body("return len(bytearray(1 << 30))"))),
    ("bad_reply", "another number", of(body("send(b'[999999,[]]')", "return []"))),
    ("bad_reply", "an unknown clause", of(body("return [['c9', 'violation', 'deny', 'no', None, [], []]]"))),
    ("bad_answer", "too long an answer", of(body("return 'x' * 70_000"))),
    ("bad_answer", "of a clause", of(body("return [['c1', 'error', 'bad_answer', 'no answer']]"))),
    ("program_error", "an exception", of(body("return event['no such key']"))),
    ("program_error", "of a clause", of(body("return [['c1', 'error', 'program_error', 'raised']]"))),
    ("program_error", "for a coroutine", by_a_coroutine(body("return event['no such key']"))),
    ("quarantined", "after crashes", after_crashes),
    ("rejected_program", "a forged digest", of(OK.model_copy(update={"digest": "0" * 64}))),
    ("rejected_program", "other clauses", of(OK.model_copy(update={"clauses": ("c1", "c2")}))),
    ("unavailable", "a closed sandbox", after_closing),
    ("unavailable", "no seat", without_a_seat),
    ("invalid_event", "too long a fact", of(OK.model_copy(update={"facts": (FactSpec(name="topic", kind="category",
        fields=("/output",)),)}), facts=TOO_LONG)),
)  # fmt: skip


@pytest.mark.parametrize(("code", "way"), [(code, way) for code, _, way in WAYS], ids=[f"{c}: {w}" for c, w, _ in WAYS])
def test_failure_denies_and_is_counted_under_its_code(code: FailureCode, way: Callable[[Sandbox], Decision]) -> None:
    limits = Limits(
        cpu_ms=250, wall_ms=1_500, compile_cpu_ms=300, kills=3, spares=1, tenants=1, tenant_wait_ms=50
    )  # fmt: skip
    with plain_sandbox(limits if code == "timeout" else dataclasses.replace(limits, cpu_ms=2_000)) as sandbox:
        assert run_code(sandbox, OK) == "passed"
        decision = way(sandbox)
        assert (decision.effect, decision.failed) == ("deny", True)
        assert decision.failure is not None
        assert decision.failure.code == code
        counted = {label: n for label, n in sandbox.counters().failures.items() if n}
    expected = {"crash": 3, "quarantined": 1} if code == "quarantined" else {code: counted.get(code)}
    assert counted == expected
    assert counted[code] in (1, 2 if way.__name__ == "decide" else 1)


def test_every_code_of_the_sandbox_is_provoked_and_has_a_label_from_the_start() -> None:
    assert {code for code, _, _ in WAYS} == set(FAILURES)
    # These come from the guard, the facts and the service.
    assert set(get_args(FailureCode)) - set(FAILURES) == {"no_policy", "fact_failed", "overload", "internal"}
    with plain_sandbox() as sandbox:
        counters = sandbox.counters()
    assert dict(counters.failures) == dict.fromkeys(sorted(FAILURES), 0)
    assert dict(counters.recycled) == dict.fromkeys(RECYCLED, 0)


def test_counters_tell_the_life_of_workers() -> None:
    now = 1_000.0
    limits = Limits(cpu_ms=500, wall_ms=5_000, spares=2, kills=2, recycle_after=5)
    with plain_sandbox(limits, clock=lambda: now) as sandbox:
        for program in (OK, CRASH, CRASH, CRASH, body("os.getppid()"), OK, body("return len(bytearray(1 << 30))"), OK):
            run_code(sandbox, program)
        sandbox.run(OK, [EVENT] * 5)
        run_code(sandbox, OK)
        assert wait_until(lambda: sandbox.counters().spares == 2)
        counters = sandbox.counters()
    assert counters == Counters(
        zygotes_started=1,
        workers_started=counters.workers_started,
        recycled=dict.fromkeys(RECYCLED, 0) | {"tainted": 1, "events": 1},
        killed=3,
        spares_lost=0,
        evicted=0,
        quarantines=1,
        condemned=1,
        failures=dict.fromkeys(map(str, FAILURES), 0)
        | {"crash": 2, "quarantined": 1, "escape_attempt": 1, "memory": 1},
        spares=2,
        tenants=1,
    )
    assert counters.workers_started >= 8


def test_a_snapshot_does_not_change() -> None:
    with plain_sandbox() as sandbox:
        before = sandbox.counters()
        run_code(sandbox, CRASH)
        assert before.failures["crash"] == 0
        with pytest.raises(TypeError):
            before.failures["crash"] = 7  # type: ignore[index]
        with pytest.raises(dataclasses.FrozenInstanceError):
            before.killed = 7  # type: ignore[misc]


def test_nothing_is_counted_for_events_that_pass() -> None:
    with plain_sandbox(Limits(cpu_ms=500, wall_ms=5_000, spares=1)) as sandbox:
        run_code(sandbox, OK)
        before = sandbox.counters()
        for _ in range(50):
            run_code(sandbox, OK)
        assert dataclasses.replace(sandbox.counters(), spares=0) == dataclasses.replace(before, spares=0)


def test_a_worker_that_spent_its_seconds_is_recycled_for_that() -> None:
    busy = body("end = time.monotonic() + 0.6", "while time.monotonic() < end: pass", "return []")
    with plain_sandbox(Limits(cpu_ms=2_000, wall_ms=5_000, worker_cpu_s=1, spares=1)) as sandbox:
        assert run_code(sandbox, busy) == "passed"
        first = sandbox.worker_pid()
        assert run_code(sandbox, OK) == "passed"
        assert first is not None
        assert wait_until(lambda: has_ended(first))
        assert sandbox.counters().recycled["seconds"] == 1
