"""diff and the mutants of test: what changes before anybody relies on it, and what no example would notice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from guardagent.cli.compiling import show_report
from guardagent.types import ClauseReport, Report
from tests.support.cli import guardagent


def raise_the_limit(folder: Path, wider: Path) -> None:
    shutil.copytree(wider, folder, dirs_exist_ok=True)


def test_nothing_changed_is_exit_code_0(policy: Path) -> None:
    assert guardagent("publish", policy).code == 0
    ended = guardagent("diff", policy)
    assert (ended.code, ended.out.count("\n")) == (0, 1)
    assert ended.out.startswith("No answer changes on ")


def test_a_wider_limit_is_told_by_event_sentence_and_text(policy: Path, with_a_wider_limit: Path) -> None:
    guardagent("publish", policy)
    raise_the_limit(policy, with_a_wider_limit)
    ended = guardagent("diff", policy)
    assert ended.code == 1
    assert "widening" in ended.out
    assert "narrowing   " not in ended.out
    assert "+- The amount may not exceed 150 unless the role is manager." in ended.out
    told = guardagent("diff", policy, "--json").json
    assert (told["widening"] > 0, told["narrowing"]) == (True, 0)
    for flip in (flip for flip in told["flips"] if flip["kind"] == "widening"):
        assert (flip["before"]["effect"], flip["after"]["effect"]) == ("deny", "allow")
        assert 100 < flip["event"]["tool"]["arguments"]["amount"] <= 150


def test_two_folders_are_compared_with_each_other(policy: Path, with_a_wider_limit: Path) -> None:
    guardagent("publish", policy)
    raise_the_limit(policy, with_a_wider_limit)
    there = guardagent("diff", policy / "published", policy, "--json").json
    back = guardagent("diff", policy, policy / "published", "--json").json
    assert (there["widening"] > 0, there["narrowing"]) == (True, 0)
    assert (back["narrowing"] > 0, back["widening"]) == (True, 0)


def test_a_policy_that_was_never_published_has_nothing_to_compare_with(policy: Path) -> None:
    ended = guardagent("diff", policy)
    assert ended.code == 2
    assert "nothing is published yet" in ended.error_line


def test_publishing_says_what_changes_beside_what_was_in_force(policy: Path, with_a_wider_limit: Path) -> None:
    first = guardagent("publish", policy, "--json")
    assert first.json["changes"] is None
    raise_the_limit(policy, with_a_wider_limit)
    second = guardagent("publish", policy)
    assert second.code == 0
    assert "allow more (widening)" in second.out
    assert guardagent("publish", policy, "--json").json["changes"]["flips"] == []


def test_faults_that_examples_notice_are_counted_by_clause(policy: Path) -> None:
    ended = guardagent("test", policy, "--mutants", "--json")
    assert ended.code == 0
    assert [one["clause"] for one in ended.json["mutants"]] == ["c1", "c2", "c3"]
    assert all(one["killed"] > 0 for one in ended.json["mutants"])
    assert "mutants" not in guardagent("test", policy, "--json").json


def test_weak_spots_are_told_under_the_table_of_clauses(capsys: pytest.CaptureFixture[str]) -> None:
    weak = "with `>=` in place of `>` in `amount > 100` on line 9 every example stays right"
    clause = ClauseReport(clause="c3", text="At most 100.", status="ENFORCED", weak=(weak,))
    show_report(Report(reasoner="offline", clauses=(clause,)))
    assert f"c3 is weakly tested: {weak}" in capsys.readouterr().out


def test_compile_writes_the_report_as_a_page_and_says_where(policy: Path) -> None:
    ended = guardagent("compile", policy)
    assert ended.code == 0
    assert (policy / "compiled" / "report.html").read_text().startswith("<!doctype html>")
    assert f"{policy}/compiled/report.html" in ended.out
