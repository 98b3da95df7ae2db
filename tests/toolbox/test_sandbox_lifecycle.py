"""Workers, spares and zygotes may end at any moment; no other check is lost, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from guardagent.ports import RunCase
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits
from tests.support.sandboxes import (
    EVENT,
    PASS,
    PATIENT,
    body,
    children_of,
    code_of,
    has_ended,
    open_descriptors,
    plain_program,
    plain_sandbox,
    run_code,
    wait_until,
)

OK = plain_program(PASS)
ESCAPE = body("os.getppid()")
WAITS = body("wait()")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with plain_sandbox() as sandbox:
        assert run_code(sandbox, OK) == "passed"
        yield sandbox


def zygote_of(sandbox: Sandbox) -> int:
    pid = sandbox.zygote_pid
    assert pid is not None
    return pid


def kill_workers(sandbox: Sandbox) -> None:
    for pid in children_of(zygote_of(sandbox)):
        os.kill(pid, signal.SIGKILL)
        assert wait_until(partial(has_ended, pid))


def test_kill_of_idle_workers_costs_no_check(sandbox: Sandbox) -> None:
    for _ in range(3):
        kill_workers(sandbox)
        assert run_code(sandbox, OK) == "passed"


def test_kill_in_mid_check_fails_that_check_only(sandbox: Sandbox) -> None:
    timer = threading.Timer(0.1, kill_workers, [sandbox])
    timer.start()
    assert run_code(sandbox, WAITS) == "crash"
    timer.join()
    assert run_code(sandbox, OK) == "passed"


def test_kill_from_outside_is_never_held_against_the_idle_program(sandbox: Sandbox) -> None:
    with plain_sandbox(Limits(kills=1, wall_ms=5_000)) as strict:
        for _ in range(3):
            assert run_code(strict, OK) == "passed"
            kill_workers(strict)
        assert run_code(strict, OK) == "passed"


def test_stopped_worker_is_a_timeout() -> None:
    with plain_sandbox(Limits(wall_ms=100, compile_wall_ms=300, worker_start_ms=300, spares=1)) as sandbox:
        assert run_code(sandbox, OK) == "passed"
        assert wait_until(lambda: len(children_of(zygote_of(sandbox))) == 2)
        for pid in children_of(zygote_of(sandbox)):
            os.kill(pid, signal.SIGSTOP)
        # The spare was stopped, too: before it was ready it is replaced, else it costs a second check.
        first, _second, third = (run_code(sandbox, OK) for _ in range(3))
        assert (first, third) == ("timeout", "passed")


def test_three_kills_quarantine_a_program_for_longer_each_time() -> None:
    now = 1_000.0
    crash, other = body("os._exit(1)"), body("os._exit(2)")
    with plain_sandbox(Limits(kills=3, wall_ms=5_000), clock=lambda: now) as sandbox:
        assert [run_code(sandbox, crash) for _ in range(4)] == ["crash", "crash", "crash", "quarantined"]
        assert run_code(sandbox, OK) == "passed"
        assert run_code(sandbox, other) == "crash"
        now += 61
        assert [run_code(sandbox, crash) for _ in range(4)] == ["crash", "crash", "crash", "quarantined"]
        now += 61
        assert run_code(sandbox, crash) == "quarantined"
        now += 60
        assert run_code(sandbox, crash) == "crash"


def test_kills_long_ago_do_not_count() -> None:
    now = 1_000.0
    crash = body("os._exit(1)")
    with plain_sandbox(Limits(kills=3, wall_ms=5_000), clock=lambda: now) as sandbox:
        for _ in range(6):
            assert run_code(sandbox, crash) == "crash"
            now += 31


def test_escape_attempt_quarantines_at_once_and_for_good() -> None:
    now = 1_000.0
    with plain_sandbox(PATIENT, clock=lambda: now) as sandbox:
        assert run_code(sandbox, ESCAPE) == "escape_attempt"
        now += 1e6
        assert run_code(sandbox, ESCAPE) == "quarantined"
        assert run_code(sandbox, OK) == "passed"


def test_nobody_gets_the_same_program_of_another_tenant_held_back(sandbox: Sandbox) -> None:
    """What hostile events of one tenant make of a program says nothing about it on the events of another."""
    shared = body("if event['output'] == 'hostile': os.getppid()", "return []")
    hostile = RunCase('{"output": "hostile"}')
    assert code_of(*sandbox.run(shared, [hostile], tenant="one")) == "escape_attempt"
    assert code_of(*sandbox.run(shared, [EVENT], tenant="one")) == "quarantined"
    assert code_of(*sandbox.run(shared, [EVENT], tenant="two")) == "passed"


def test_worker_that_dies_after_its_answer_blames_the_program_that_it_ran() -> None:
    """The answer was sent early, then the compromised worker tried something: the next check finds it dead."""
    late = body("send_numbered('[+0,[]]')", "os.getppid()")
    with plain_sandbox() as sandbox:
        assert run_code(sandbox, late) == "passed"
        worker = sandbox.worker_pid()
        assert worker is not None
        assert wait_until(lambda: has_ended(worker))
        assert run_code(sandbox, OK) == "passed"
        assert run_code(sandbox, late) == "quarantined"


def test_worker_is_replaced_after_so_many_events() -> None:
    pid = body("return [['c1', 'violation', 'deny', str(os.getpid()), None, [], []]]")
    with plain_sandbox(Limits(recycle_after=3, wall_ms=5_000)) as sandbox:
        pids = [sandbox.run(pid, [EVENT])[0].answers[0].message for _ in range(7)]
    assert pids[0] == pids[2] != pids[3] == pids[5] != pids[6]


@pytest.mark.parametrize("program", [body("return len(bytearray(1 << 30))"), body("f = lambda: f()", "f()")])
def test_worker_is_replaced_after_it_ran_out_of_something(sandbox: Sandbox, program: object) -> None:
    pid = body("return [['c1', 'violation', 'deny', str(os.getpid()), None, [], []]]")
    first = sandbox.run(pid, [EVENT])[0].answers[0].message
    assert sandbox.run(pid, [EVENT])[0].answers[0].message == first
    sandbox.run(program, [EVENT])  # type: ignore[arg-type]
    assert sandbox.run(pid, [EVENT])[0].answers[0].message != first


def test_programs_beyond_what_a_worker_keeps_are_loaded_again() -> None:
    programs = [body(f"return [['c1', 'violation', 'deny', '{n}', None, [], []]]") for n in range(7)]
    with plain_sandbox(Limits(programs=3, wall_ms=5_000)) as sandbox:
        for _ in range(2):
            answers = [sandbox.run(program, [EVENT])[0].answers[0].message for program in programs]
            assert answers == [str(n) for n in range(7)]


def test_tenants_have_workers_of_their_own(sandbox: Sandbox) -> None:
    """What a compromised worker keeps, only its own tenant's checks can see."""
    keep = body("sys.kept = event['output']", "return []")
    tell = body("return [['c1', 'violation', 'deny', getattr(sys, 'kept', 'nothing'), None, [], []]]")
    sandbox.run(keep, [EVENT], tenant="one")
    assert sandbox.run(tell, [EVENT], tenant="one")[0].answers[0].message == "hello"
    assert sandbox.run(tell, [EVENT], tenant="two")[0].answers[0].message == "nothing"


def test_threads_share_a_sandbox(sandbox: Sandbox) -> None:
    def check(n: int) -> str:
        program = body(f"return [['c1', 'violation', 'deny', '{n % 5}', None, [], []]]")
        return sandbox.run(program, [EVENT], tenant=str(n % 3))[0].answers[0].message

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(check, range(120))) == [str(n % 5) for n in range(120)]


def test_no_descriptor_and_no_process_is_left_after_many_respawns() -> None:
    crash = body("os._exit(1)")
    with plain_sandbox() as sandbox:
        run_code(sandbox, crash)
        before, zygote = open_descriptors(), zygote_of(sandbox)
        for _ in range(200):
            assert run_code(sandbox, crash) == "crash"
        assert open_descriptors() <= before
        assert len(children_of(zygote)) <= 2


def test_close_ends_every_process_and_descriptor() -> None:
    before = open_descriptors()
    sandbox = plain_sandbox()
    for tenant in ("a", "b", "c"):
        sandbox.run(OK, [EVENT], tenant=tenant)
    zygote = zygote_of(sandbox)
    assert wait_until(lambda: len(children_of(zygote)) == 4)
    processes = [zygote, *children_of(zygote)]
    sandbox.close()
    sandbox.close()
    assert all(map(has_ended, processes))
    assert open_descriptors() == before
    assert run_code(sandbox, OK) == "unavailable"


_HOST = """
import os, signal, sys, threading, time
sys.path.insert(0, sys.argv[1])
from tests.support.sandboxes import *
sandbox = plain_sandbox(Limits(wall_ms=60_000, spares=1))
assert run_code(sandbox, plain_program(PASS)) == "passed"
assert wait_until(lambda: len(children_of(sandbox.zygote_pid)) == 2)
processes = [sandbox.zygote_pid, *children_of(sandbox.zygote_pid)]
if "taken over" in sys.argv:
    spin = body("signal.setitimer(signal.ITIMER_PROF, 0)", "while True: pass")
    threading.Thread(target=run_code, args=(sandbox, spin), daemon=True).start()
    time.sleep(0.2)
if "zygote lost" in sys.argv:
    os.kill(sandbox.zygote_pid, signal.SIGKILL)
    assert wait_until(lambda: sandbox.zygote_pid is None)
print(*processes, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("how", [[], ["zygote lost"], ["taken over"], ["taken over", "zygote lost"]])
def test_everything_ends_with_the_host(request: pytest.FixtureRequest, how: list[str]) -> None:
    """Even a worker that listens to nobody and has switched its CPU timer off, with no parent but init."""
    command = [sys.executable, "-c", _HOST, str(request.config.rootpath), *how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        processes = [int(pid) for pid in host.stdout.readline().split()]
        assert len(processes) == 3
        assert not any(map(has_ended, processes[1:]))
        host.kill()
    assert wait_until(lambda: all(map(has_ended, processes)))


@pytest.mark.parametrize("call", ["close(4)", "fcntl(4, 4, 0)", "fcntl(4, 8, 0)", "dup2(3, 4)", "ioctl(4, 0x5452, 0)"])
def test_worker_cannot_slip_its_leash(sandbox: Sandbox, call: str) -> None:
    assert run_code(sandbox, body(f"ctypes.pythonapi.{call}", "return []")) == "escape_attempt"


def test_forked_child_starts_a_zygote_of_its_own(sandbox: Sandbox) -> None:
    zygote = zygote_of(sandbox)
    child = os.fork()
    if child == 0:
        try:
            passed = run_code(sandbox, OK) == "passed" and sandbox.zygote_pid != zygote
            sandbox.close()
            os._exit(0 if passed else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert run_code(sandbox, OK) == "passed"
    assert sandbox.zygote_pid == zygote


def test_forked_child_waits_for_no_lock_that_another_thread_of_the_parent_had(sandbox: Sandbox) -> None:
    run_code(sandbox, OK)
    held = sandbox._tally._lock, sandbox._quarantine._lock
    for lock in held:
        lock.acquire()
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(20)
            os._exit(0 if run_code(sandbox, body("os._exit(7)")) == "crash" else 1)
        finally:
            os._exit(2)
    for lock in held:
        lock.release()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_zygote_holds_nothing_of_a_tenant(sandbox: Sandbox) -> None:
    secret = "tenant-secret-" + os.urandom(8).hex()
    keep = body("sys.kept = dict(event)", "return []")
    sandbox.run(keep, [RunCase(f'{{"output": "{secret}"}}')])
    zygote = zygote_of(sandbox)
    workers = children_of(zygote)
    assert not _memory_holds(zygote, secret.encode())
    assert any(_memory_holds(worker, secret.encode()) for worker in workers)


def _memory_holds(pid: int, needle: bytes) -> bool:
    """Whether a process's writable memory holds the bytes; a worker's can be read by root only."""
    if pid != os.getpid() and os.geteuid() != 0:
        pytest.skip("reading the memory of a confined process needs root")
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            start, end = (int(bound, 16) for bound in span.split("-"))
            memory.seek(start)
            try:
                if needle in memory.read(end - start):
                    return True
            except OSError:
                continue
    return False
