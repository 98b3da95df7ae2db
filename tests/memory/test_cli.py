"""`guardagent memory`: what it prints, what it refuses, and that nothing is half done."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from guardagent.cli.memory import app
from guardagent.errors import MemoryStoreError
from guardagent_memory import jsonl
from tests.memory.builders import BAKERY, SOURCE, demonstration

Memory = Callable[..., Result]

YARD = """
id: yard
title: A yard
domain: parking
request: Cars may stay two hours.
specification: A gate keeper.
plan: {steps: [{clauses: [c1], summary: Compare the hours.}]}
source: |
  def clause_c1(event, facts):
      return None
"""


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Memory:
    monkeypatch.setenv("GUARDAGENT_MEMORY_PATH", str(tmp_path / "data" / "memory.sqlite"))

    def run(*arguments: str, stdin: bytes = b"") -> Result:
        result = CliRunner().invoke(app, list(arguments), input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result

    return run


def listed(memory: Memory) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in json.loads(memory("list", "--json").stdout)}


def test_list_shows_the_shipped_ones(memory: Memory) -> None:
    rows = listed(memory)
    assert len(rows) >= 12
    assert set(rows["meeting-rooms"]) == {"id", "title", "domain", "origin"}
    assert {row["origin"] for row in rows.values()} == {"shipped"}
    assert "Booking meeting rooms" in memory("list").stdout


def test_show_prints_everything_of_one(memory: Memory) -> None:
    shown = json.loads(memory("show", "meeting-rooms").stdout)
    assert shown["domain"] == "calendar and booking"
    assert "def clause_c1" in shown["source"]


@pytest.mark.parametrize("command", ["show", "remove"])
def test_unknown_id_is_said(memory: Memory, command: str) -> None:
    with pytest.raises(MemoryStoreError, match="no demonstration `nobody`"):
        memory(command, "nobody")


def test_add_list_search_and_remove(memory: Memory, tmp_path: Path) -> None:
    file = tmp_path / "yard.yaml"
    file.write_text(YARD)
    assert "1 added, 0 unchanged" in memory("add", str(file)).stdout
    assert "0 added, 1 unchanged" in memory("add", str(file)).stdout
    assert listed(memory)["yard"]["origin"] == "imported"
    found = json.loads(memory("search", "how long may cars stay", "-k", "1", "--json").stdout)
    assert [row["id"] for row in found] == ["yard"]
    assert 0 < found[0]["score"] <= 1
    assert "yard" in memory("search", "cars", "--specification", "a gate").stdout
    memory("remove", "yard")
    assert "yard" not in listed(memory)


def test_what_show_prints_can_be_added(memory: Memory, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(memory("show", "meeting-rooms").stdout.replace('"meeting-rooms"', '"my-rooms"'))
    memory("add", str(file))
    assert "my-rooms" in listed(memory)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("return None", "import os"), "source line"),
        (("c1", "c2"), "`clause_c2` is coded|`clause_c1` is coded"),
        (("id: yard", "id: a b"), "`id` must be"),
        (("domain: parking", "colour: red"), "`/"),
    ],
)
def test_bad_demonstration_is_not_added(memory: Memory, tmp_path: Path, change: tuple[str, str], said: str) -> None:
    file = tmp_path / "yard.yaml"
    file.write_text(YARD.replace(*change, 1))
    before = listed(memory)
    with pytest.raises(MemoryStoreError, match=said):
        memory("add", str(file))
    assert listed(memory) == before


def test_export_and_import_bring_everything_to_another_memory(memory: Memory, tmp_path: Path) -> None:
    mine = [demonstration("one"), demonstration("two", BAKERY)]
    memory("import", "-", stdin=jsonl.dump(mine).encode())
    memory("export", str(tmp_path / "out.jsonl"))
    assert jsonl.parse((tmp_path / "out.jsonl").read_bytes(), name="out") == tuple(mine)
    other = str(tmp_path / "other.sqlite")
    memory("import", str(tmp_path / "out.jsonl"), "--memory", other)
    assert {"one", "two"} <= {row["id"] for row in json.loads(memory("list", "--json", "--memory", other).stdout)}


def test_export_of_everything_read_back_changes_nothing(memory: Memory) -> None:
    before = listed(memory)
    everything = memory("export", "-", "--shipped").stdout
    assert everything.count("\n") == len(before)
    assert f"0 added, {len(before)} unchanged" in memory("import", "-", stdin=everything.encode()).stdout
    assert listed(memory) == before


def test_export_leaves_shipped_ones_out(memory: Memory) -> None:
    assert memory("export", "-").stdout == ""


def test_one_bad_line_keeps_all_of_them_out(memory: Memory) -> None:
    good, bad = (
        demonstration("good"),
        demonstration("bad").model_copy(update={"source": SOURCE.replace("None", "missing")}),
    )
    with pytest.raises(MemoryStoreError, match=r"`bad`: source line .* nothing was added"):
        memory("import", "-", stdin=jsonl.dump([good, bad]).encode())
    with pytest.raises(MemoryStoreError, match="line 2: not JSON"):
        memory("import", "-", stdin=(jsonl.dump([good]) + "{").encode())
    assert "good" not in listed(memory)


def test_rebuild_counts_and_brings_removed_shipped_ones_back(memory: Memory) -> None:
    count = len(listed(memory))
    memory("remove", "meeting-rooms")
    assert f"{count - 1} demonstrations indexed" in memory("rebuild").stdout
    assert f"{count} demonstrations indexed" in memory("rebuild", "--shipped").stdout
    assert "meeting-rooms" in listed(memory)


@pytest.mark.parametrize("command", ["add", "import"])
def test_file_that_is_not_there_is_said(memory: Memory, command: str) -> None:
    with pytest.raises(MemoryStoreError, match="cannot be read"):
        memory(command, "/nowhere/at/all.jsonl")


def test_export_into_a_folder_that_is_not_there_is_said(memory: Memory, tmp_path: Path) -> None:
    with pytest.raises(MemoryStoreError, match="cannot be written"):
        memory("export", str(tmp_path / "nowhere" / "out.jsonl"))
    assert not (tmp_path / "nowhere").exists()


def test_control_characters_of_a_title_do_not_reach_the_terminal(memory: Memory) -> None:
    rude = demonstration("rude", title="red \x1b[31m [bold]title[/bold]")
    memory("import", "-", stdin=jsonl.dump([rude]).encode())
    shown = memory("list").stdout
    assert "\x1b" not in shown
    assert "[bold]title[/bold]" in shown


def test_whole_program_says_errors_in_one_line_with_exit_code_2(tmp_path: Path) -> None:
    diary = tmp_path / "diary.txt"
    diary.write_text("not a database " * 50)
    ended = subprocess.run(
        [sys.executable, "-c", "from guardagent.cli import main; main()", "memory", "list", "--memory", str(diary)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "not an SQLite file" in ended.stderr
