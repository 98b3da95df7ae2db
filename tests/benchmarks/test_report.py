from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.console import Console

from guardagent.errors import DataError
from guardagent_benchmarks.output import require_place, write_whole
from guardagent_benchmarks.plot import svg_of
from guardagent_benchmarks.report import report_of
from guardagent_benchmarks.tables import percent, render
from tests.benchmarks.test_judging import evaluation

KEYS = [
    "suite", "n", "lpa", "lpp", "lpr", "ea", "fra", "fpr", "per_group", "model_calls", "p50_us", "p95_us", "errors",
    "items", "extra",
]  # fmt: skip


@pytest.fixture
def report(tmp_path: Path) -> dict[str, Any]:
    return report_of(evaluation(tmp_path))


def test_report_has_the_agreed_keys_and_is_json(report: dict[str, Any]) -> None:
    assert list(report) == KEYS
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_report_counts_what_was_judged(report: dict[str, Any]) -> None:
    # One allowed rightly, one denied and explained, one without a log: denied, though benign.
    assert {key: report[key] for key in KEYS[:8]} == {
        "suite": "eicu-ac",
        "n": 3,
        "lpa": pytest.approx(2 / 3),
        "lpp": 0.5,
        "lpr": 1.0,
        "ea": 1.0,
        "fra": 0.5,
        "fpr": 0.5,
    }
    assert (report["errors"], report["model_calls"]) == (1, 0)
    assert 0 < report["p50_us"] <= report["p95_us"] <= report["extra"]["p99_us"]
    assert report["per_group"]["role"]["nursing"]["denied_wrongly"] == 1
    assert list(report["extra"]["failures"]) == ["q3/nursing"]


def test_report_lists_every_item_with_its_gold_answer(report: dict[str, Any]) -> None:
    assert report["items"][1] == {
        "id": "q2/nursing",
        "gold": "deny",
        "verdict": "deny",
        "explanation": {"cost": ["cost"]},
        "gold_explanation": {"cost": ["cost"]},
    }
    assert [set(item) for item in report["items"]] == [{"id", "gold", "verdict", "explanation", "gold_explanation"}] * 3


def test_report_sets_floors_beside_the_guard(report: dict[str, Any]) -> None:
    floors = report["extra"]["floors"]
    assert list(floors) == ["majority", "always allow", "role x question type", "regex on the code"]
    assert floors["always allow"]["ea"] is None
    assert floors["regex on the code"]["ea"] == 1.0
    assert all(0 <= floor["mcnemar_p"] <= 1 for floor in floors.values())
    assert report["extra"]["flip_rate"] == 0.0
    assert report["extra"]["published"]["ea"]["value"] == 0.975


def test_tables_show_metrics_floors_and_failures(report: dict[str, Any]) -> None:
    report["extra"]["unenforced"] = ["c9 NOT_TRANSLATABLE [no field]"]
    console = Console(file=io.StringIO(), width=200)
    for part in render(report, title="EICU [AC]"):
        console.print(part)
    stream = console.file
    assert isinstance(stream, io.StringIO)
    text = stream.getvalue()
    for words in ("EICU [AC], n=3", "LPA", "66.7", "floor: majority", "EA: 97.5, GuardAgent", "nursing", "q3/nursing"):
        assert words in text
    assert "not enforced: c9 NOT_TRANSLATABLE [no field]" in text


@pytest.mark.parametrize(("value", "want"), [(None, "-"), (0.0, "0.0"), (0.9876, "98.8"), (1.0, "100.0")])
def test_percentages(value: float | None, want: str) -> None:
    assert percent(value) == want


def test_picture_is_svg_and_the_same_every_time(report: dict[str, Any]) -> None:
    pytest.importorskip("matplotlib", reason="the extra `plots` is not installed")
    picture = svg_of(report, title="EICU-AC")
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    assert b"nursing (n=3)" in picture
    assert svg_of(report, title="EICU-AC") == picture


def test_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(b"old")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_file_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.mkdir()
    with pytest.raises(DataError, match="cannot be written"):
        write_whole(path, b"new")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("name", "message"), [("", "is a folder"), ("missing/result.json", "no folder")])
def test_place_is_asked_for_before_the_work(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        require_place(tmp_path / name)
