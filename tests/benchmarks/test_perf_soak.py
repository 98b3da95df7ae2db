"""The soak counts what it should and finds what grows; how fast it is, no test asks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.ports import Answer, RunResult
from guardagent.types import Failure
from guardagent_toolbox.compiler import Compiled, compile_source
from guardagent_toolbox.registry import functions
from latency.events import make_case
from soaking.growth import growth_of
from soaking.programs import check_source, heavy_case, killer_source, with_heavy
from soaking.report import SoakReport
from soaking.sampling import Sample
from soaking.tally import Tally
from soaking.workload import Rates

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "perf" / "soak.py"

CHECKS = [1_000 * number for number in range(101)]
PASS = RunResult((Answer("c1", "pass"),))
DENY = RunResult((Answer("c1", "violation"),))
LATE = RunResult(failure=Failure(code="timeout", message="late"))

CALM = Sample(
    checks=0, seconds=0, host_rss=60, workers_pss=40, zygote_rss=30, host_descriptors=20, zygote_descriptors=4,
    workers=5, threads=1,
)  # fmt: skip


def report(tally: Tally | None = None, **changes: Any) -> SoakReport:
    values: dict[str, Any] = {
        "tally": tally or Tally(checks=100_000),
        "samples": [replace(CALM, checks=checks) for checks in CHECKS],
        "seconds": 10.0,
        "tenants": 4,
        "left_processes": 0,
        "left_descriptors": 0,
        "load": (0.0, 0.0),
    }
    return SoakReport(**values | changes)


def test_script_makes_every_kind_of_trouble_and_leaves_nothing_behind(tmp_path: Path) -> None:
    found, picture = tmp_path / "found.json", tmp_path / "found.svg"
    options = ["--checks", "4000", "--trouble", "50", "--tenants", "2", "--wall-ms", "5000"]
    command = [sys.executable, str(SCRIPT), *options, "--json", str(found), "--plot", str(picture)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ran.returncode in (0, 1), ran.stderr
    said = json.loads(found.read_text())
    assert said["checks"] >= 4000
    assert set(said["events"]) == {"few", "budget", "kill", "outside_kill", "revision"}
    assert said["expected_failures"] >= said["events"]["budget"] + said["events"]["kill"]
    assert (said["wrong"], said["left_processes"], said["left_descriptors"]) == (0, 0, 0)
    assert said["samples"][-1]["workers"] >= 2
    assert said["passed"] == (ran.returncode == 0) == (not said["problems"])
    assert "memory of the host" in ran.stdout
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")


def test_script_says_in_one_line_that_its_picture_has_no_place(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "--plot", str(tmp_path / "nowhere" / "found.svg")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize("source", [check_source(3), killer_source(3)])
def test_programs_of_the_soak_compile(source: str) -> None:
    assert isinstance(compile_source(source, functions()), Compiled)


def test_heavy_event_stands_somewhere_among_the_others() -> None:
    cases = [make_case("nurse", {}, "allow", number) for number in range(10)]
    mixed = with_heavy(cases, Random(1))
    assert [case for case in mixed if case.verdict == "allow"] == cases
    assert [case.event["input"] for case in mixed if case.verdict == "failed"] == [{"task": "heavy"}]


def test_leak_is_found_and_noise_is_not() -> None:
    random = Random(2)
    noise = [40 + random.uniform(-3, 3) for _ in CHECKS]
    leak = [value + 5 * number / len(CHECKS) for number, value in enumerate(noise)]
    quiet, leaking = growth_of(CHECKS, noise), growth_of(CHECKS, leak)
    assert quiet is not None
    assert quiet.bounded
    assert leaking is not None
    assert not leaking.bounded
    assert leaking.per_million == pytest.approx(50, rel=0.5)


def test_growth_that_ends_with_the_warm_up_is_none() -> None:
    found = growth_of(CHECKS, [min(number, 25) for number in range(101)])
    assert found is not None
    assert found.rise == 0


def test_workers_that_are_just_replaced_do_not_count_as_growth() -> None:
    found = growth_of(CHECKS, [4 if number % 7 == 0 and number < 50 else 5 for number in range(101)])
    assert found is not None
    assert found.rise == 0


def test_growth_of_too_few_samples_is_unknown() -> None:
    assert growth_of([0, 1, 2], [1.0, 1.0, 1.0]) is None
    assert growth_of([], []) is None


@given(st.floats(0.1, 1_000), st.floats(-50, 50))
def test_straight_line_is_judged_by_its_rise(level: float, rise: float) -> None:
    found = growth_of(CHECKS, [level + rise * checks / CHECKS[-1] for checks in CHECKS])
    assert found is not None
    assert found.rise == pytest.approx(0.75 * rise, abs=1e-6)
    assert found.bounded == (found.rise <= found.allowed)


def test_tally_tells_wrong_late_and_expected_apart() -> None:
    tally = Tally()
    allowed, denied = make_case("nurse", {}, "allow", 1), make_case("visitor", {}, "deny", 2)
    tally.note([allowed, denied, heavy_case(3)], [PASS, DENY, LATE])
    tally.note([allowed, denied, heavy_case(3)], [DENY, PASS, PASS])
    tally.note([allowed, denied], [LATE, LATE])
    assert (tally.checks, tally.wrong, tally.expected_failures) == (8, 3, 1)
    assert tally.unexpected_failures == {"timeout": 2}


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (report(Tally(checks=100, wrong=1)), "1 wrong verdicts"),
        (report(Tally(checks=1_000, unexpected_failures=Counter(timeout=1))), "1 checks failed for no reason"),
        (report(left_processes=1), "left behind: 1 processes"),
        (report(left_descriptors=2), "2 descriptors"),
        (report(samples=[CALM]), "too few samples"),
        (
            report(samples=[replace(CALM, checks=checks, host_descriptors=20 + checks // 9_000) for checks in CHECKS]),
            "`host_descriptors` grows",
        ),
    ],
)
def test_soak_fails_for_a_reason_that_it_names(found: SoakReport, problem: str) -> None:
    assert any(problem in line for line in found.problems)
    assert found.as_json()["passed"] is False


def test_calm_soak_passes() -> None:
    assert report(Tally(checks=100_000, unexpected_failures=Counter(timeout=10))).problems == []


def test_trouble_can_come_more_often() -> None:
    assert Rates().times(10) == Rates(
        few=200, budget=500, kill=2_000, outside_kill=5_000, zygote_kill=50_000, revision=5_000
    )
