"""The hostile programs by other ways: from coroutines, at the limits of production, and where nothing confines them."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from guardagent.ports import RunResult
from guardagent.wiring import build_runner
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.spawner import ZYGOTE
from tests.hostile.arena import BUILDS, LIMITS, Arena
from tests.hostile.canaries import Canaries, canaries_in
from tests.hostile.corpus import Attempt, of_form

ROOT = Path(__file__).parents[2]
PROGRAMS = of_form("program")
ATTEMPTS = [(case.id, attempt) for case in PROGRAMS for attempt in case.attempts]

# Programs of a batch that hang or crash a worker must not bring each other into quarantine.
PRODUCTION = Limits(kills=1_000)
# What this kernel, this container or an ordinary user may be refused even where no sandbox is.
NOT_EVERYWHERE = {
    "breakpoint",
    "memory-of-other-processes",
    "signals",
    "doors-of-the-kernel",
    "calls-of-another-abi",
}


@contextmanager
def arena_with(build: str, canaries: Canaries, limits: Limits = LIMITS) -> Iterator[Arena]:
    arena = Arena(build, canaries, limits=limits)
    try:
        yield arena
    finally:
        arena.close()


def denies(result: RunResult) -> bool:
    """Whether a policy that gets this result denies the event."""
    return result.failure is not None or any(answer.outcome in ("violation", "error") for answer in result.answers)


@pytest.mark.slow
@pytest.mark.parametrize("build", ["normal", "bare"])
def test_coroutines_are_no_way_round(build: str, canaries: Canaries) -> None:
    async def strike(arena: Arena, attempt: Attempt) -> bool:
        program, case = arena.prepared(attempt)
        # Where the language is off, what one event leaves is there for the next of the same tenant.
        tenants = ("", "") if build == "normal" else ("first", "second")
        results = [(await arena.sandbox.arun(program, [case], tenant=tenant))[0] for tenant in tenants]
        return all(map(denies, results))

    with arena_with(build, canaries) as arena:
        for name, attempt in ATTEMPTS:
            assert asyncio.run(strike(arena, attempt)), name
            assert arena.harm() == [], name


@pytest.mark.slow
@pytest.mark.parametrize("build", ["normal", "bare"])
def test_limits_of_production_hold(build: str, canaries: Canaries) -> None:
    """With a deadline of 50 ms a busy machine may end any check too soon, so the reasons are not those of the table."""
    late: dict[str, float] = {}
    with arena_with(build, canaries, PRODUCTION) as arena:
        for name, attempt in ATTEMPTS:
            verdict = arena.strike(attempt)
            assert verdict.reason not in ("allow", "escalate"), name
            assert canaries.harm_in(verdict.told) == []
            late[name] = max(late.get(name, 0.0), verdict.seconds - verdict.deadline)
        for _ in range(3):
            if not (harm := arena.look_around()):
                break
        assert harm == []
    assert max(late.values()) < 0.5, late


@pytest.mark.slow
def test_attacks_are_real_where_nothing_confines_them(tmp_path: Path) -> None:
    """Else it would show nothing that the kernel stops them: each gets what it wants, or does harm."""
    harmless = []
    aimed = [(name, attempt) for name, attempt in ATTEMPTS if attempt.bare == {"escape_attempt"}]
    for number, (name, attempt) in enumerate(aimed):
        if name in NOT_EVERYWHERE:
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        with canaries_in(folder) as canaries, arena_with("unconfined", canaries) as arena:
            verdict = arena.strike(attempt)
            if verdict.reason != "allow" and not arena.harm(verdict.told):
                harmless.append((name, verdict))
    assert harmless == []
    assert len(aimed) >= 60


def test_only_tests_can_start_another_zygote(monkeypatch: pytest.MonkeyPatch) -> None:
    """The builds without layers are scripts of the tests; no setting leads a production sandbox to one."""
    from guardagent.settings import Settings

    assert inspect.signature(Sandbox).parameters["zygote"].default == ZYGOTE == BUILDS["normal"]
    assert not [name for name in Settings.model_fields if "zygote" in name]
    for package in ("guardagent", "service/guardagent_service", "toolbox/guardagent_toolbox"):
        for path in (ROOT / package).rglob("*.py"):
            if path.parent.name != "sandbox":
                assert "zygote=" not in path.read_text("utf-8"), path
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with build_runner(Settings()) as runner:
        errors = runner.inspect("import os\ndef clause_c1(event, facts):\n    return None\n").errors
    assert errors
