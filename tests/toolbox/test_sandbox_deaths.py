"""Whatever process is killed, and whatever it was at: no other tenant's check is lost, and the next one passes.

A table of victims and states. A neighbour checks all the time on a worker of its own; nothing may happen to it.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from guardagent.ports import RunCase
from guardagent.types import Program
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits
from tests.support.sandboxes import (
    EVENT,
    PASS,
    body,
    children_of,
    code_of,
    has_ended,
    plain_program,
    plain_sandbox,
    wait_until,
)

OK = plain_program(PASS)
BUSY = body("end = time.monotonic() + event['s']", "while time.monotonic() < end: pass", "return []")
SLOW_TO_LOAD = "end = time.monotonic() + 0.4\nwhile time.monotonic() < end: pass\n" + PASS

Victims = Callable[[Sandbox], list[int]]


def zygote_of(sandbox: Sandbox) -> int:
    assert wait_until(lambda: sandbox.zygote_pid is not None)
    assert sandbox.zygote_pid is not None
    return sandbox.zygote_pid


def worker(sandbox: Sandbox) -> list[int]:
    return [pid for pid in [sandbox.worker_pid("target")] if pid is not None]


def spares(sandbox: Sandbox) -> list[int]:
    seated = {sandbox.worker_pid(tenant) for tenant in ("target", "neighbour", *"0123")}
    return [pid for pid in children_of(zygote_of(sandbox)) if pid not in seated and not has_ended(pid)]


def zygote(sandbox: Sandbox) -> list[int]:
    return [zygote_of(sandbox)]


def all_but_the_neighbour(sandbox: Sandbox) -> list[int]:
    return zygote(sandbox) + spares(sandbox) + worker(sandbox)


VICTIMS: tuple[Victims, ...] = (worker, spares, zygote, all_but_the_neighbour)


def kill(sandbox: Sandbox, victims: Victims, killed: list[int] | None = None) -> None:
    pids = victims(sandbox)
    if killed is not None:
        killed += pids
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: all(map(has_ended, pids)))


def checks(sandbox: Sandbox, program: Program, *seconds: float) -> list[str]:
    cases = [RunCase(json.dumps({"s": s})) for s in seconds]
    return [code_of(result) for result in sandbox.run(program, cases, tenant="target")]


def idle(sandbox: Sandbox, strike: threading.Thread) -> list[str]:
    strike.start()
    strike.join()
    return checks(sandbox, OK, 0)


def loading(sandbox: Sandbox, strike: threading.Thread) -> list[str]:
    strike.start()
    return checks(sandbox, plain_program(f"{SLOW_TO_LOAD}# {time.monotonic()}\n"), 0)


def in_flight(sandbox: Sandbox, strike: threading.Thread) -> list[str]:
    checks(sandbox, BUSY, 0)
    strike.start()
    return checks(sandbox, BUSY, 0.4)


def in_a_batch(sandbox: Sandbox, strike: threading.Thread) -> list[str]:
    checks(sandbox, BUSY, 0)
    strike.start()
    return checks(sandbox, BUSY, *[0.003] * 150)


def between_batches(sandbox: Sandbox, strike: threading.Thread) -> list[str]:
    codes = checks(sandbox, BUSY, *[0] * 70)
    strike.start()
    strike.join()
    return codes + checks(sandbox, BUSY, *[0] * 70)


def taking_spares(sandbox: Sandbox, strike: threading.Thread) -> list[str]:
    strike.start()
    codes = []
    for n in range(60):
        codes += [code_of(result) for result in sandbox.run(OK, [EVENT], tenant=f"new {n}")]
    return codes


STATES = (idle, loading, in_flight, in_a_batch, between_batches, taking_spares)


@contextmanager
def neighbour(sandbox: Sandbox) -> Iterator[list[str]]:
    """Checks as another tenant all the time; the codes are complete when the block is left."""
    codes: list[str] = []
    ending = threading.Event()

    def check() -> None:
        while not ending.is_set():
            results = sandbox.run(BUSY, [RunCase('{"s": 0.001}')] * 40, tenant="neighbour")
            codes.extend(map(code_of, results))

    thread = threading.Thread(target=check)
    thread.start()
    assert wait_until(lambda: bool(codes))
    try:
        yield codes
    finally:
        ending.set()
        thread.join()


def most_lost(state: object, victims: Victims, killed: list[int]) -> int:
    """How many checks the killed processes can have had in hand, one each."""
    if victims is zygote:
        return 0
    # A spare may be given out, and a program with it, by the time that it is dead.
    if state is taking_spares or (victims is all_but_the_neighbour and state is not idle):
        return len(killed)
    return int(victims is worker and state in (loading, in_flight, in_a_batch))


@pytest.mark.parametrize("victims", VICTIMS, ids=lambda victims: victims.__name__)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_kill_loses_at_most_what_the_killed_worker_had_in_hand(
    state: Callable[[Sandbox, threading.Thread], list[str]], victims: Victims
) -> None:
    limits = Limits(cpu_ms=2_000, wall_ms=5_000, compile_cpu_ms=2_000, tenants=4, spares=2, kills=1_000)
    with plain_sandbox(limits) as sandbox:
        assert checks(sandbox, OK, 0) == ["passed"]
        with neighbour(sandbox) as neighbours_codes:
            killed: list[int] = []
            strike = threading.Timer(0.1, kill, [sandbox, victims, killed])
            codes = state(sandbox, strike)
            strike.join()
            assert checks(sandbox, OK, 0) == ["passed"]
        lost = [code for code in codes if code != "passed"]
        assert set(lost) <= {"crash"}
        assert len(lost) <= most_lost(state, victims, killed)
        assert set(neighbours_codes) == {"passed"}
        # Somebody needs a worker, and everything is as before.
        assert [code_of(result) for result in sandbox.run(OK, [EVENT], tenant="another")] == ["passed"]
        assert wait_until(lambda: sandbox.zygote_pid is not None and sandbox.counters().spares == 2)


@pytest.mark.parametrize("state", [loading, in_flight])
def test_kill_of_the_worker_in_hand_is_a_crash(state: Callable[[Sandbox, threading.Thread], list[str]]) -> None:
    with plain_sandbox(Limits(cpu_ms=2_000, wall_ms=5_000, compile_cpu_ms=2_000, kills=1_000)) as sandbox:
        assert checks(sandbox, OK, 0) == ["passed"]
        assert state(sandbox, threading.Timer(0.1, kill, [sandbox, worker])) == ["crash"]


def test_check_in_flight_outlives_its_zygote_and_its_worker_is_then_replaced() -> None:
    with plain_sandbox(Limits(cpu_ms=2_000, wall_ms=5_000)) as sandbox:
        assert checks(sandbox, OK, 0) == ["passed"]
        before = sandbox.worker_pid("target")
        assert in_flight(sandbox, threading.Timer(0.1, kill, [sandbox, zygote])) == ["passed"]
        assert sandbox.worker_pid("target") == before
        sandbox.run(OK, [EVENT], tenant="another")  # needs a worker, and so a zygote
        assert wait_until(lambda: sandbox.counters().zygotes_started == 2)
        assert checks(sandbox, OK, 0) == ["passed"]
        assert sandbox.worker_pid("target") != before
        assert before is not None
        assert wait_until(lambda: has_ended(before))
        assert sandbox.counters().recycled["orphaned"] >= 1


def test_taker_of_a_spare_does_not_wait_for_a_new_zygote() -> None:
    with plain_sandbox(Limits(cpu_ms=2_000, wall_ms=5_000, spares=2)) as sandbox:
        assert checks(sandbox, OK, 0) == ["passed"]
        assert wait_until(lambda: len(spares(sandbox)) == 2)
        ready = spares(sandbox)
        kill(sandbox, zygote)
        sandbox.run(OK, [EVENT], tenant="another")
        assert sandbox.worker_pid("another") in ready
        assert wait_until(lambda: sandbox.counters().zygotes_started == 2)


def test_unknown_end_is_a_crash_that_counts_against_the_program() -> None:
    now = 1_000.0
    ends = body("os._exit(1)")
    with plain_sandbox(Limits(kills=1, wall_ms=5_000), clock=lambda: now) as sandbox:
        assert checks(sandbox, OK, 0) == ["passed"]
        kill(sandbox, zygote)
        assert checks(sandbox, ends, 0) == ["crash"]
        assert checks(sandbox, ends, 0) == ["quarantined"]
        assert checks(sandbox, OK, 0) == ["passed"]


def test_dead_spare_is_not_given_out() -> None:
    with plain_sandbox(Limits(cpu_ms=500, wall_ms=5_000, spares=2)) as sandbox:
        assert checks(sandbox, OK, 0) == ["passed"]
        for n in range(4):
            assert wait_until(lambda: len(spares(sandbox)) == 2)
            kill(sandbox, spares)
            assert sandbox.counters().spares == 0
            assert [code_of(result) for result in sandbox.run(OK, [EVENT], tenant=str(n))] == ["passed"]
        assert sandbox.counters().spares_lost == 8
