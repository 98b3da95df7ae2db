"""Category 18: what happens to the processes. Each case of the table is the scenario of the same name here."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from guardagent.errors import SandboxError
from guardagent.types import Decision
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits
from tests.hostile.arena import BENIGN, BUILDS, Arena, reason_of
from tests.hostile.canaries import Canaries
from tests.hostile.corpus import Case, of_form
from tests.hostile.scoreboard import Scoreboard
from tests.support.sandboxes import children_of, has_ended, wait_until

PATIENT = Limits(cpu_ms=5_000, wall_ms=5_000, kills=1_000)
HASTY = Limits(cpu_ms=5_000, wall_ms=200, compile_wall_ms=400, kills=1_000)
LANDLOCK = 444

# Keys that all collide take about a second in both builds, so that there is a middle of the check.
LONG = """
def clause_c1(event, facts):
    p = 2305843009 * 1000000000 + 213693951
    return None if {n * p for n in range(19900)} else violation("nothing")
"""
# Shorter: it is to come to its end.
LONG_TO_DENY = """
def clause_c1(event, facts):
    p = 2305843009 * 1000000000 + 213693951
    return violation("late") if {n * p for n in range(9000)} else None
"""
CRASHES = "import os\ndef clause_c1(event, facts):\n    os.abort()\n"
TELLS = "def clause_c1(event, facts):\n    return violation(event['output'])\n"
REPEATS = """
import gc
def clause_c1(event, facts):
    number = [one for one in gc.get_objects() if type(one).__name__ == "Progress"][0].get()
    send(b"[%d,[]]" % number)
    return violation("a second answer to the same event")
"""

Scenario = Callable[[str, Canaries, Path], str]


@contextmanager
def arena_with(build: str, canaries: Canaries, limits: Limits, *, zygote: tuple[str, ...] = ()) -> Iterator[Arena]:
    """An arena of its own, which works before and after whatever is done in it."""
    arena = Arena(build, canaries, limits=limits, zygote=zygote)
    try:
        yield arena
        assert arena.harm() == []
    finally:
        arena.close()


def workers_of(arena: Arena) -> list[int]:
    zygote = arena.sandbox.zygote_pid
    assert zygote is not None
    return [pid for pid in children_of(zygote) if not has_ended(pid)]


def kill(*pids: int) -> None:
    """Kills processes, and waits until nobody can talk to them any more."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: all(map(has_ended, pids)))


def kill_zygote(arena: Arena) -> None:
    zygote = arena.sandbox.zygote_pid
    assert zygote is not None
    kill(zygote)


def judged_while(arena: Arena, happens: Callable[[], None], source: str = LONG) -> Decision:
    """The decision on an event during whose check something happens."""
    timer = threading.Timer(0.2, happens)
    timer.start()
    decision = arena.decide(source)
    timer.join()
    return decision


def worker_killed_in_mid_check(build: str, canaries: Canaries, _folder: Path) -> str:
    with arena_with(build, canaries, PATIENT) as arena:
        started = time.monotonic()
        decision = judged_while(arena, lambda: kill(*workers_of(arena)))
        # It was not tried again on another worker, where it would have come to its end.
        assert time.monotonic() - started < 0.8
        return reason_of(decision)


def hang_at_load(build: str, canaries: Canaries, _folder: Path) -> str:
    with arena_with(build, canaries, HASTY) as arena:
        stopped = workers_of(arena)
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        started = time.monotonic()
        reason = reason_of(arena.decide(BENIGN + "# never loaded before\n"))
        assert time.monotonic() - started < 2
        for pid in stopped:
            if not has_ended(pid):
                os.kill(pid, signal.SIGCONT)
        return reason


def late_and_repeated_replies(build: str, canaries: Canaries, _folder: Path) -> str:
    with arena_with(build, canaries, HASTY) as arena:
        if build == "bare":
            arena.decide(REPEATS)
            return reason_of(arena.decide(REPEATS))
        reasons = []
        for n in range(3):
            reasons.append(reason_of(arena.decide(LONG)))
            (finding,) = arena.decide(TELLS, output=f"event {n}").findings
            assert finding.message == f"event {n}"
        (reason,) = set(reasons)
        return reason


def zygote_death(build: str, canaries: Canaries, _folder: Path) -> str:
    with arena_with(build, canaries, PATIENT) as arena:
        zygote, workers = arena.sandbox.zygote_pid, workers_of(arena)
        decision = judged_while(arena, lambda: kill_zygote(arena), LONG_TO_DENY)
        # The worker answered all the same; those who need another one get it from a new zygote.
        kill(*(pid for pid in workers if not has_ended(pid)))
        assert arena.harm() == []
        assert arena.sandbox.zygote_pid not in (None, zygote)
        return reason_of(decision)


def crash_storm(build: str, canaries: Canaries, _folder: Path) -> str:
    source, how = (CRASHES, "crash") if build == "bare" else (LONG, "timeout")
    with arena_with(build, canaries, Limits(cpu_ms=100, wall_ms=1_000, kills=3)) as arena:
        for _ in range(3):
            assert reason_of(arena.decide(source)) == how
            assert arena.harm() == []
        before = workers_of(arena)
        reason = reason_of(arena.decide(source))
        assert set(workers_of(arena)) >= set(before)
        return reason


def confinement_lost(build: str, canaries: Canaries, folder: Path) -> str:
    marker = folder / "lost"
    command = (sys.executable, "-I", str(Path(__file__).with_name("fading_zygote.py")), str(marker), str(LANDLOCK))
    marker.touch()
    with pytest.raises(SandboxError, match="no Landlock"):
        Sandbox(PATIENT, zygote=(*command, *BUILDS[build]))
    marker.unlink()
    with arena_with(build, canaries, PATIENT, zygote=(*command, *BUILDS[build])) as arena:
        assert arena.sandbox.confinement == "kernel"
        marker.touch()
        confined = workers_of(arena)
        kill_zygote(arena)
        kill(*confined)
        (reason,) = {reason_of(arena.decide(BENIGN)) for _ in range(3)}
        marker.unlink()
        kill_zygote(arena)
        return reason


SCENARIOS: dict[str, Scenario] = {
    scenario.__name__.replace("_", "-"): scenario
    for scenario in (
        worker_killed_in_mid_check,
        hang_at_load,
        late_and_repeated_replies,
        zygote_death,
        crash_storm,
        confinement_lost,
    )
}


@pytest.mark.parametrize("build", ["normal", "bare"])
@pytest.mark.parametrize("case", of_form("scenario"), ids=lambda case: case.id)
def test_what_happens_to_processes_never_allows_an_event(
    case: Case, build: str, canaries: Canaries, tmp_path: Path, scores: Scoreboard
) -> None:
    scores.tried[build].add(case.id)
    (attempt,) = case.attempts
    reason = SCENARIOS[case.id](build, canaries, tmp_path)
    assert reason in (attempt.normal if build == "normal" else attempt.bare)
    assert canaries.harm_in("") == []
    scores.blocked[build].add(case.id)


def test_every_case_has_its_scenario() -> None:
    assert {case.id for case in of_form("scenario")} == SCENARIOS.keys()
