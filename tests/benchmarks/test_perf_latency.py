"""The latency benchmark says what it should; how fast anything is, no test asks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latency.events import CHECK, Case, endless_cases, wanted_cases
from latency.lifecycle import Respawns
from latency.ours import COROUTINE, PLAIN, WORKER, WORKER_BATCH
from latency.peers import Missing, Peer, opened
from latency.rounds import Disagreement, Figures, agree, count_failed, figures_of, measure, percentile
from latency.targets import targets
from latency.variants import Batched, OneByOne, Variant

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "perf" / "check_latency.py"


def run_script(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), *options], capture_output=True, text=True, timeout=120)


def right(name: str = "right") -> Variant:
    return OneByOne(name, lambda case: case.verdict, lambda answer: answer)


def generous() -> Variant:
    return OneByOne("generous", lambda case: "allow", lambda answer: "allow")


def failing() -> Variant:
    return OneByOne("failing", lambda case: None, lambda answer: "failed")


def cases(violating: float = 0.5) -> list[Case]:
    return list(islice(endless_cases(Random(1), violating=violating), 50))


def test_script_prints_and_writes_every_figure(tmp_path: Path) -> None:
    place = tmp_path / "found.json"
    ran = run_script("--seconds", "0.1", "--respawns", "2", "--violating", "0.2", "--json", str(place))
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(place.read_text())
    names = [row["name"] for row in found["variants"]]
    assert names[:7] == [
        PLAIN, "guard language, in process", "guard language, a denial", WORKER, "confined worker, a denial",
        "confined worker, from a dict", COROUTINE,
    ]  # fmt: skip
    assert WORKER_BATCH in names
    assert {row["name"] for row in found["missing"]} <= {"Cedar", "CEL", "Rego", "Monty"}
    assert [target["what"] for target in found["targets"]] == [
        "confined worker, p50", "confined worker, p99", "confined worker, batch of 100, p50",
        "asyncio beside synchronous, p50", "respawn, median", "private memory per worker",
    ]  # fmt: skip
    assert all(target["met"] in (True, False, None) for target in found["targets"])
    assert found["respawn"]["kills"] == found["respawn_storm"]["kills"] == 2
    assert all(name in ran.stdout for name in names)


def test_script_says_in_one_line_that_its_result_has_no_place(tmp_path: Path) -> None:
    ran = run_script("--json", str(tmp_path / "nowhere" / "found.json"))
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1
    assert "there is no folder" in ran.stderr


def test_no_two_events_are_alike() -> None:
    texts = [case.ready.event for case in islice(endless_cases(Random(3), violating=0.5), 500)]
    assert len(set(texts)) == 500


@given(st.integers(0, 2**32), st.floats(0, 1))
def test_check_says_of_every_event_what_is_wanted(seed: int, violating: float) -> None:
    plain: dict[str, Any] = {"violation": lambda message, **rest: message}
    exec(CHECK, plain)
    for case in (*wanted_cases(), *islice(endless_cases(Random(seed), violating=violating), 20)):
        assert ("deny" if plain["clause_c1"](case.event, {}) else "allow") == case.verdict


def test_variant_that_allows_too_much_is_not_measured() -> None:
    with pytest.raises(Disagreement, match="`generous` says `allow` where `deny` is right"):
        agree([right(), generous()], iter(cases()))


def test_variant_that_fails_on_the_table_is_not_measured() -> None:
    with pytest.raises(Disagreement, match="`failing` fails"):
        agree([failing()], iter(cases()))


def test_failures_while_measuring_are_counted() -> None:
    found = failing().burst(cases())
    assert count_failed("failing", found, cases()) == 50


def test_measuring_gives_figures_of_every_variant_from_one_round() -> None:
    shares: list[float] = []
    batched = Batched("batched", lambda batch: [case.verdict for case in batch], lambda answer: answer)
    streams = endless_cases(Random(1), violating=0.3), endless_cases(Random(2), violating=1.0)
    figures = measure([right(), batched], *streams, seconds=1e-9, on_round=shares.append)
    assert [(row.name, row.samples, row.failed) for row in figures] == [("right", 100, 0), ("batched", 5, 0)]
    assert len(shares) == 1


def test_quiet_figures_are_those_of_the_fastest_tenth_of_bursts() -> None:
    bursts = [[100.0 + number, 200.0] for number in range(19)] + [[3.0, 4.0, 5.0]]
    found = figures_of("any", bursts, failed=0)
    assert (found.quiet_p50_us, found.p50_us) == (5.0, 117.0)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_percentile_is_a_value_that_the_share_does_not_exceed(values: list[float], share: float) -> None:
    ordered = sorted(values)
    found = percentile(ordered, share)
    assert found in ordered
    assert sum(value <= found for value in ordered) >= share * len(ordered) - 1e-9
    assert sum(value < found for value in ordered) < share * len(ordered)


def opens(variants: Sequence[Variant] = (), error: Exception | None = None) -> Any:
    class Opened(AbstractContextManager[Sequence[Variant]]):
        def __enter__(self) -> Sequence[Variant]:
            if error is not None:
                raise error
            return variants

        def __exit__(self, *_exception: object) -> None:
            return None

    return Opened


def test_peers_that_are_not_there_are_named_and_the_others_measured() -> None:
    peers = [
        Peer("Gone", "gone-package", opens(error=ModuleNotFoundError("gone"))),
        Peer("Broken", "broken-package", opens(error=OSError("no binary"))),
        Peer("Fine", "fine-package", opens([right("fine")])),
    ]
    with opened(peers) as (variants, missing):
        assert [variant.name for variant in variants] == ["fine"]
        assert missing == [
            Missing("Gone", "not installed (`gone-package`)"),
            Missing("Broken", "does not start (OSError)"),
        ]


def row(name: str, *, p50: float, quiet: float) -> Figures:
    return Figures(
        name=name, p50_us=p50, p95_us=p50, p99_us=p50, quiet_p50_us=quiet, quiet_p99_us=quiet, samples=1, failed=0
    )


def test_target_may_be_met_in_quiet_bursts_only_and_unknown_is_neither() -> None:
    figures = {
        name: row(name, p50=p50, quiet=quiet)
        for name, p50, quiet in ((WORKER, 100.0, 19.0), (WORKER_BATCH, 6.0, 4.0), (COROUTINE, 120.0, 30.0))
    }
    respawn = Respawns(kills=1, median_ms=9.0, max_ms=30.0, quiet_ms=11.0, failed_checks=0)
    found = {target.what: (target.met, target.met_when_quiet) for target in targets(figures, respawn, None)}
    assert found == {
        "confined worker, p50": (False, True),
        "confined worker, p99": (True, True),
        "confined worker, batch of 100, p50": (False, True),
        "asyncio beside synchronous, p50": (True, False),
        "respawn, median": (True, False),
        "private memory per worker": (None, None),
    }
