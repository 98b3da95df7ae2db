"""Coroutines check through the same workers, without holding up their event loop."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator

import pytest

from guardagent.ports import RunCase
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits
from tests.support.sandboxes import EVENT, PASS, body, code_of, plain_program, plain_sandbox, run_code

OK = plain_program(PASS)
BUSY = body("end = time.process_time() + event['s']", "while time.process_time() < end: pass", "return []")
LOOP = body("while True: pass")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with plain_sandbox(Limits(cpu_ms=600, wall_ms=5_000, kills=1_000)) as sandbox:
        yield sandbox


def busy(seconds: float) -> RunCase:
    return RunCase(json.dumps({"s": seconds}))


def test_coroutine_gets_the_same_results(sandbox: Sandbox) -> None:
    async def scenario() -> None:
        for program in (OK, body("return [['c1', 'violation', 'deny', 'no', None, [], []]]"), body("return 1"), LOOP):
            assert await sandbox.arun(program, [EVENT]) == sandbox.run(program, [EVENT])
        assert len(await sandbox.arun(OK, [EVENT] * 70)) == 70
        assert await sandbox.arun(OK, []) == ()

    asyncio.run(scenario())


def test_late_answer_leaves_the_event_loop_free(sandbox: Sandbox) -> None:
    async def scenario() -> int:
        await sandbox.arun(BUSY, [busy(0)])
        check = asyncio.create_task(sandbox.arun(BUSY, [busy(0.3)]))
        turns = 0
        while not check.done():
            await asyncio.sleep(0.005)
            turns += 1
        assert [code_of(result) for result in check.result()] == ["passed"]
        return turns

    assert asyncio.run(scenario()) > 5


def test_coroutines_take_turns_on_one_worker(sandbox: Sandbox) -> None:
    async def scenario() -> list[str]:
        program = body("return [['c1', 'violation', 'deny', str(event['n']), None, [], []]]")
        cases = [[RunCase(json.dumps({"n": n}))] for n in range(30)]
        await sandbox.arun(BUSY, [busy(0)])
        slow = asyncio.create_task(sandbox.arun(BUSY, [busy(0.05)]))
        await asyncio.sleep(0.01)
        results = await asyncio.gather(*(sandbox.arun(program, case) for case in cases))
        await slow
        return [result[0].answers[0].message for result in results]

    assert asyncio.run(scenario()) == [str(n) for n in range(30)]


def test_cancelled_check_leaves_the_worker_usable(sandbox: Sandbox) -> None:
    async def scenario() -> None:
        await sandbox.arun(BUSY, [busy(0)])
        check = asyncio.create_task(sandbox.arun(BUSY, [busy(0.1)]))
        await asyncio.sleep(0.02)
        check.cancel()
        with pytest.raises(asyncio.CancelledError):
            await check
        assert [code_of(result) for result in await sandbox.arun(OK, [EVENT])] == ["passed"]

    asyncio.run(scenario())
    assert run_code(sandbox, OK) == "passed"


def test_deadline_holds_for_coroutines() -> None:
    async def scenario(sandbox: Sandbox) -> None:
        await sandbox.arun(OK, [EVENT])
        for _ in range(2):  # the first is loaded in a thread, the second is launched from the loop
            started = time.monotonic()
            assert [code_of(result) for result in await sandbox.arun(LOOP, [EVENT])] == ["timeout"]
            assert time.monotonic() - started < 3
        assert [code_of(result) for result in await sandbox.arun(OK, [EVENT])] == ["passed"]

    with plain_sandbox(Limits(cpu_ms=5_000, wall_ms=100, compile_wall_ms=5_000)) as sandbox:
        asyncio.run(scenario(sandbox))


def test_closed_sandbox_answers_coroutines() -> None:
    sandbox = plain_sandbox()
    sandbox.close()
    assert code_of(asyncio.run(sandbox.arun(OK, [EVENT]))[0]) == "unavailable"
