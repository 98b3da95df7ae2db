"""Monty itself may break: as its own exceptions, or as a panic of Rust, which is no `Exception`."""

from __future__ import annotations

from typing import Any, cast

import pytest
from pydantic_monty import Monty

from guardagent.ports import RunCase
from guardagent.types import Program
from guardagent_toolbox.monty import MontyLimits, MontyRunner
from guardagent_toolbox.monty.session import Ended, Session
from guardagent_toolbox.registry import TOOLBOX_VERSION
from tests.toolbox.monty_sessions import forged

Panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})
SOURCE = "def clause_c1(event, facts):\n    return None\n"


class BrokenMonty:
    """A pool of one worker that breaks at what it is told to break at; `closed` counts how often it came back."""

    worker_pid = 1

    def __init__(self, at: str, error: type[BaseException], after: int = 0) -> None:
        self._at, self._error, self._after = at, error, after
        self.closed = 0

    def checkout(self, **_given: Any) -> BrokenMonty:
        return self

    def __enter__(self) -> BrokenMonty:
        self._break("checkout")
        return self

    def __exit__(self, *_exception: object) -> None:
        self.closed += 1
        self._break("close")

    def feed_run(self, _code: str, **_given: Any) -> list[Any]:
        self._after -= self._at == "feed"
        if self._after < 0:
            self._break("feed")
        return []

    def _break(self, what: str) -> None:
        if what == self._at:
            raise self._error("index out of bounds")


def session_on(pool: BrokenMonty) -> Session:
    return Session(cast(Monty, pool), MontyLimits(), {})


def test_panic_of_a_program_is_a_crash() -> None:
    pool = BrokenMonty("feed", Panic, after=2)
    session, program = session_on(pool), forged("return None")
    with pytest.raises(Ended) as ended:
        session.load(program)
    assert ended.value.failure.code == "crash"
    assert ended.value.blame


@pytest.mark.parametrize("at", ["checkout", "feed"])
def test_panic_before_there_is_a_program_blames_none_and_gives_the_worker_back(at: str) -> None:
    pool = BrokenMonty(at, Panic)
    with pytest.raises(Ended) as ended:
        session_on(pool)
    assert ended.value.failure.code == "unavailable"
    assert not ended.value.blame
    assert pool.closed == (at == "feed")


def test_panic_of_a_session_that_is_closed_is_of_no_account() -> None:
    pool = BrokenMonty("close", Panic)
    session_on(pool).close()
    assert pool.closed == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("at", ["checkout", "feed", "close"])
def test_what_is_no_panic_is_not_swallowed(at: str, error: type[BaseException]) -> None:
    with pytest.raises(error):
        session_on(BrokenMonty(at, error)).close()


def test_runner_denies_when_monty_panics_and_goes_on() -> None:
    with MontyRunner(tools={}) as runner:
        program = Program.of(runner.inspect(SOURCE), toolbox_version=TOOLBOX_VERSION)
        broken = session_on(BrokenMonty("feed", Panic, after=1))
        healthy = runner._sessions._sessions[""]
        runner._sessions._sessions[""] = broken
        (result,) = runner.run(program, [RunCase("{}")])
        assert result.failure is not None
        assert result.failure.code == "crash"
        healthy.close()
        (result,) = runner.run(program, [RunCase("{}")])
        assert result.failure is None
