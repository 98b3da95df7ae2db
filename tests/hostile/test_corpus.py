"""The corpus is the one that was specified: how many cases of which kind, from where, and which layers stop them."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.hostile import test_lifecycle, test_programs
from tests.hostile.corpus import LAYERS, Case, cases

# Category: cases, and the layers that must stop it.
SPECIFIED = {
    "import and builtin reach": (8, "AR"),
    "dunder attribute walk": (7, "AR"),
    "frame and traceback walk": (5, "AR"),
    "format-string reads": (8, "AR"),
    "guard-hook shadowing": (8, "AR"),
    "unguarded iteration": (5, "AB"),
    "interpreter bugs and type confusion": (6, "AOL"),
    "exceptions and control flow": (6, "AKH"),
    "CPU": (8, "ABK"),
    "memory": (8, "ABO"),
    "regular expressions": (5, "BK"),
    "compile-time bombs": (7, "AK"),
    "hostile event data": (7, "H"),
    "hostile reply": (5, "H"),
    "state and tenant leakage": (6, "L"),
    "toolbox abuse": (5, "AH"),
    "assumed escape, native code": (10, "O"),
    "lifecycle and fail-open": (6, "L"),
}

# Which layer speaks when an event is denied for this reason.
SPEAKS = {
    "rejected_program": "ARH",
    "program_error": "RH",
    "bad_answer": "RH",
    "budget": "B",
    "memory": "O",
    "timeout": "K",
    "escape_attempt": "O",
    "crash": "L",
    "quarantined": "L",
    "unavailable": "L",
    "bad_reply": "H",
    "invalid_event": "H",
    # The program denied it, because it had got nothing: whatever holds, holds.
    "violation": "".join(LAYERS),
}
OF_THE_LANGUAGE = frozenset("AR")


def test_there_are_120_cases() -> None:
    assert len(cases()) == 120
    assert len({case.id for case in cases()}) == 120
    assert sum(count for count, _ in SPECIFIED.values()) == 120


def test_each_category_has_as_many_as_specified() -> None:
    assert Counter(case.category for case in cases()) == {name: count for name, (count, _) in SPECIFIED.items()}
    assert list(dict.fromkeys(case.category for case in cases())) == list(SPECIFIED)


def test_every_case_is_run_with_all_layers_and_again_without_those_of_the_language() -> None:
    """Twice each: 240 runs, each of which looks at reason, time, canaries, processes and the next benign check."""
    run: list[str] = []
    for test in (
        test_programs.test_hostile_program_is_stopped,
        test_programs.test_hostile_event_is_refused_by_the_host,
        test_lifecycle.test_what_happens_to_processes_never_allows_an_event,
    ):
        marks = {mark.args[0]: mark.args[1] for mark in vars(test)["pytestmark"]}
        run += [case.id for case in marks["case"] for _build in marks["build"]]
        assert list(marks["build"]) == ["normal", "bare"]
    assert Counter(run) == {case.id: 2 for case in cases()}
    assert len(run) == 240


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_case_says_what_it_tries_where_it_comes_from_and_what_must_stop_it(case: Case) -> None:
    assert case.origin
    assert case.category == list(SPECIFIED)[case.number - 1]
    for attempt in case.attempts:
        assert bool(attempt.text) == (case.form != "scenario")
        assert attempt.layers
        assert attempt.normal
        assert attempt.bare


@pytest.mark.parametrize("category", SPECIFIED)
def test_each_category_is_stopped_by_the_layers_that_must_stop_it(category: str) -> None:
    layers = frozenset[str]().union(*(case.layers for case in cases() if case.category == category))
    assert frozenset(SPECIFIED[category][1]) <= layers


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_reasons_are_given_by_the_layers_that_are_named(case: Case) -> None:
    assert case.attempts
    for attempt in case.attempts:
        for reason in attempt.normal:
            assert attempt.layers & set(SPEAKS[reason]), f"normal: {reason}"
        for reason in attempt.bare:
            assert (attempt.layers - OF_THE_LANGUAGE) & set(SPEAKS[reason]), f"bare: {reason}"
        assert attempt.says or "rejected_program" not in attempt.normal


def test_no_attempt_is_allowed_or_breaks_the_guard_itself() -> None:
    reasons = {reason for case in cases() for attempt in case.attempts for reason in attempt.normal | attempt.bare}
    assert reasons == set(SPEAKS)


def test_half_of_the_attacks_get_as_far_as_the_kernel_when_the_language_is_off() -> None:
    reached = [case for case in cases() if any(a.bare & {"escape_attempt", "memory", "timeout"} for a in case.attempts)]
    assert len(reached) >= 60
