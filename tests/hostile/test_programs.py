"""Every hostile program and event, with all layers and again without those of the language, and what it must not do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.hostile.arena import LIMITS, Arena
from tests.hostile.corpus import Attempt, Case, of_form
from tests.hostile.scoreboard import Scoreboard

PROGRAMS = of_form("program")
EVENTS = of_form("event")
ArenaOf = Callable[[str], Arena]

# The machine may be busy: killing and replacing a worker takes some 10 ms on a quiet one.
SLACK_SECONDS = 1.0
# What R says when the allow-list before it is gone; nothing may get as far as the kernel or the deadline.
BY_THE_LANGUAGE = frozenset({"rejected_program", "program_error", "bad_answer", "budget", "violation"})


def check(attempt: Attempt, arena: Arena, scores: Scoreboard, *, event: bool = False) -> None:
    """Makes one attempt and looks at everything that it must not do."""
    verdict = arena.judge(attempt.text) if event else arena.strike(attempt)
    scores.time(arena.build, verdict.seconds)
    assert verdict.reason in (attempt.normal if arena.build == "normal" else attempt.bare), verdict.told
    assert arena.harm(verdict.told) == []
    assert verdict.seconds <= verdict.deadline + SLACK_SECONDS
    assert attempt.hides == "" or attempt.hides not in verdict.told
    assert (attempt.says if arena.build == "normal" else attempt.reaches) in verdict.told


@pytest.mark.parametrize("build", ["normal", "bare"])
@pytest.mark.parametrize("case", PROGRAMS, ids=lambda case: case.id)
def test_hostile_program_is_stopped(case: Case, build: str, arena_of: ArenaOf, scores: Scoreboard) -> None:
    scores.tried[build].add(case.id)
    for attempt in case.attempts:
        check(attempt, arena_of(build), scores)
    scores.blocked[build].add(case.id)


@pytest.mark.parametrize("build", ["normal", "bare"])
@pytest.mark.parametrize("case", EVENTS, ids=lambda case: case.id)
def test_hostile_event_is_refused_by_the_host(case: Case, build: str, arena_of: ArenaOf, scores: Scoreboard) -> None:
    scores.tried[build].add(case.id)
    for attempt in case.attempts:
        check(attempt, arena_of(build), scores, event=True)
    scores.blocked[build].add(case.id)


SECOND = [case for case in PROGRAMS if "R" in case.layers]


@pytest.mark.parametrize("case", SECOND, ids=lambda case: case.id)
def test_guards_hold_without_the_allow_list(case: Case, arena_of: ArenaOf) -> None:
    arena = arena_of("unlisted")
    for attempt in case.attempts:
        if "R" in attempt.layers:
            verdict = arena.strike(attempt)
            assert verdict.reason in BY_THE_LANGUAGE, verdict.told
            assert arena.harm(verdict.told) == []


def test_most_attacks_have_two_layers_of_the_language_before_them() -> None:
    assert len(SECOND) >= 50


def test_deadlines_are_those_of_a_busy_machine_and_not_endless() -> None:
    assert LIMITS.cpu_ms <= LIMITS.wall_ms <= 1_000
