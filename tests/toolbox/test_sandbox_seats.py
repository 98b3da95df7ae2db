"""Only so many tenants have a worker at once; who was idle for longest gives up its place, and never in mid-check."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from guardagent.ports import RunCase
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits
from tests.support.sandboxes import EVENT, PASS, body, children_of, code_of, plain_program, plain_sandbox

OK = plain_program(PASS)
BUSY = body("end = time.monotonic() + event['s']", "while time.monotonic() < end: pass", "return []")
ESCAPE = body("os.getppid()")


def with_seats(tenants: int, *, tenant_wait_ms: int = 1_000) -> Sandbox:
    return plain_sandbox(Limits(cpu_ms=5_000, wall_ms=10_000, spares=1, tenants=tenants, tenant_wait_ms=tenant_wait_ms))


def check(sandbox: Sandbox, tenant: str) -> str:
    return code_of(*sandbox.run(OK, [EVENT], tenant=tenant))


def busy(sandbox: Sandbox, tenant: str, seconds: float) -> threading.Thread:
    """A check that is in flight when this returns."""
    sandbox.run(BUSY, [RunCase('{"s": 0}')], tenant=tenant)
    case = RunCase(json.dumps({"s": seconds}))
    thread = threading.Thread(target=lambda: sandbox.run(BUSY, [case], tenant=tenant))
    thread.start()
    time.sleep(0.05)
    return thread


def test_there_are_never_more_workers_than_seats_and_spares() -> None:
    with with_seats(3) as sandbox:
        for n in range(12):
            assert check(sandbox, str(n)) == "passed"
            assert sandbox.zygote_pid is not None
            assert len(children_of(sandbox.zygote_pid)) <= 4
        counters = sandbox.counters()
        assert (counters.tenants, counters.evicted) == (3, 9)


def test_the_tenant_that_was_idle_for_longest_gives_up_its_seat() -> None:
    with with_seats(2) as sandbox:
        for tenant in ("a", "b", "a"):
            check(sandbox, tenant)
        kept = sandbox.worker_pid("a")
        check(sandbox, "c")
        assert sandbox.worker_pid("a") == kept
        assert sandbox.worker_pid("b") is None
        assert sandbox.worker_pid("c") is not None


def test_a_tenant_in_mid_check_keeps_its_seat() -> None:
    with with_seats(2, tenant_wait_ms=5_000) as sandbox:
        check(sandbox, "idle")
        slow = busy(sandbox, "slow", 0.3)
        pid = sandbox.worker_pid("slow")
        check(sandbox, "idle")  # was asked last, and is idle all the same
        assert check(sandbox, "new") == "passed"
        assert sandbox.worker_pid("slow") == pid
        assert sandbox.worker_pid("idle") is None
        slow.join()


def test_with_all_seats_in_use_a_check_waits_for_one() -> None:
    with with_seats(1, tenant_wait_ms=5_000) as sandbox:
        slow = busy(sandbox, "slow", 0.2)
        assert check(sandbox, "new") == "passed"
        slow.join()
        assert sandbox.counters().failures["unavailable"] == 0


def test_with_all_seats_in_use_for_too_long_a_check_is_unavailable() -> None:
    with with_seats(1, tenant_wait_ms=50) as sandbox:
        slow = busy(sandbox, "slow", 1)
        started = time.monotonic()
        (result,) = sandbox.run(OK, [EVENT], tenant="new")
        assert time.monotonic() - started < 0.9
        assert result.failure is not None
        assert (result.failure.code, result.failure.message) == (
            "unavailable",
            "all 1 workers are in use for other tenants",
        )
        slow.join()
        assert check(sandbox, "new") == "passed"


def test_a_program_stays_held_back_when_its_tenant_comes_back() -> None:
    with with_seats(1) as sandbox:
        assert code_of(*sandbox.run(ESCAPE, [EVENT], tenant="hostile")) == "escape_attempt"
        for n in range(3):
            assert check(sandbox, str(n)) == "passed"
        assert code_of(*sandbox.run(ESCAPE, [EVENT], tenant="hostile")) == "quarantined"
        assert sandbox.counters().condemned == 1


def test_many_tenants_on_few_seats_get_their_own_answers() -> None:
    keep = body(
        "sys.seen = getattr(sys, 'seen', set()) | {event['tenant']}",
        "return [['c1', 'violation', 'deny', ' '.join(sys.seen), None, [], []]]",
    )
    with with_seats(3, tenant_wait_ms=10_000) as sandbox:

        def seen(n: int) -> str:
            case = RunCase(json.dumps({"tenant": f"t{n % 8}"}))
            return sandbox.run(keep, [case], tenant=f"t{n % 8}")[0].answers[0].message

        with ThreadPoolExecutor(6) as threads:
            # Whatever a worker kept is of its own tenant, however often seats changed hands.
            assert list(threads.map(seen, range(96))) == [f"t{n % 8}" for n in range(96)]


def test_coroutines_of_many_tenants_share_few_seats() -> None:
    async def scenario(sandbox: Sandbox) -> list[str]:
        async def one(n: int) -> str:
            return code_of(*await sandbox.arun(OK, [EVENT], tenant=str(n % 5)))

        return list(await asyncio.gather(*(one(n) for n in range(40))))

    with with_seats(2, tenant_wait_ms=10_000) as sandbox:
        assert set(asyncio.run(scenario(sandbox))) == {"passed"}


@pytest.mark.parametrize("name", ["tenants", "spares", "tenant_wait_ms", "records", "condemned"])
def test_a_bound_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Limits(**{name: 0})  # type: ignore[arg-type]
