"""Folders are written whole: a kill at any moment leaves the old or the new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from guardagent.errors import PolicyError
from guardagent.policyfile import write_folder

WRITER = """
import sys
from pathlib import Path
from guardagent.policyfile import write_folder
n = 0
while True:
    n += 1
    write_folder(Path(sys.argv[1]), {f"file{i}": str(n) * 2000 for i in range(5)})
    if n == 2:
        print("ready", flush=True)
"""


def test_the_folder_holds_exactly_what_was_written(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "compiled"
    write_folder(target, {"a": "1", "sub/b": "2"})
    write_folder(target, {"c": "3"})
    assert [path.name for path in target.iterdir()] == ["c"]
    assert [path.name for path in target.parent.iterdir()] == ["compiled"]


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    for name in (f".compiled.{gone.pid}", f".compiled.old.{gone.pid}", f".compiled.{os.getppid()}", ".compiled.mine"):
        (tmp_path / name).mkdir()
    write_folder(tmp_path / "compiled", {"a": "1"})
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == sorted(["compiled", f".compiled.{os.getppid()}", ".compiled.mine"])


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PolicyError, match="cannot be written"):
        write_folder(tmp_path / "file" / "compiled", {"a": "1"})
    with pytest.raises(PolicyError, match="half a character"):
        write_folder(tmp_path / "compiled", {"a": "\ud800"})
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_kill_at_any_moment_leaves_a_whole_folder(tmp_path: Path) -> None:
    target = tmp_path / "compiled"
    for attempt in range(4):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        with writer.stdout:
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(0.004 * attempt)
            writer.send_signal(signal.SIGKILL)
            writer.wait()
        texts = {path.name: path.read_text() for path in target.iterdir()}
        assert sorted(texts) == [f"file{n}" for n in range(5)]
        assert len(set(texts.values())) == 1
