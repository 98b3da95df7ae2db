"""EHRAgent's real logs: what its code reads, against the published labels."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from guardagent.agents.ehragent import read_log
from guardagent_toolbox.tools.access import check_access
from guardagent_toolbox.tools.source import columns_accessed
from tests.support.paper_data import real_data

HOSPITAL = yaml.safe_load((Path(__file__).parents[1] / "cases" / "toolbox" / "hospital.yaml").read_text("utf-8"))


class Judged(NamedTuple):
    id: str
    denied: bool
    missing: dict[str, list[str]]
    label: bool
    gold: dict[str, list[str]]


@pytest.fixture(scope="module")
def codes() -> dict[str, str]:
    """The code that ran, by the id of its own task."""
    folder = real_data("eicu_ac_dev") / "ehragent"
    return {path.stem: read_log(path.read_text("utf-8")).code for path in sorted((folder / "logs").glob("*.txt"))}


@pytest.fixture(scope="module")
def judged(codes: dict[str, str]) -> list[Judged]:
    folder = real_data("eicu_ac_dev") / "ehragent"
    rows: list[dict[str, Any]] = json.loads((folder / "eicu_ac.json").read_text("utf-8"))
    return [judge(row, codes[row["id"]]) for row in rows]


def judge(row: dict[str, Any], code: str) -> Judged:
    needed = columns_accessed(code, HOSPITAL["schema"])
    missing = check_access(HOSPITAL["roles"][row["identity"]], needed)
    gold = {table: sorted(columns) for table, columns in row["inaccessible_db"].items()}
    return Judged(row["id"], bool(missing), missing, bool(row["label"]), gold)


def test_denied_exactly_where_the_label_says_so(judged: list[Judged]) -> None:
    assert [one for one in judged if one.denied != one.label] == []


def test_missing_columns_are_exactly_the_published_ones(judged: list[Judged]) -> None:
    violating = [one for one in judged if one.label]
    wrong = [one for one in violating if one.missing != one.gold]
    for one in wrong:
        print(one.id, "found", one.missing, "published", one.gold)
    assert len(violating) > 50
    assert len(wrong) <= len(violating) // 100


def test_reading_a_log_takes_a_small_part_of_the_budget_of_a_check(codes: dict[str, str]) -> None:
    longest = max(codes.values(), key=len)

    def seconds() -> float:
        start = time.process_time()
        columns_accessed(longest, HOSPITAL["schema"])
        return time.process_time() - start

    assert min(seconds() for _ in range(10)) < 0.010
