"""A process that is killed while it adds loses nothing that it had acknowledged."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.memory.builders import demonstration, sqlite_store

_ADD_UNTIL_KILLED = """
import itertools, sys
from tests.memory.builders import demonstration, sqlite_store
store = sqlite_store(sys.argv[1])
for number in itertools.count():
    store.add(demonstration(f"d{number}", f"Nobody may do thing {number}."))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
    store.search(f"thing {number}", "")
"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_acknowledged_rows_survive_a_kill_and_the_index_recovers(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "memory.sqlite"
    child = subprocess.Popen(
        [sys.executable, "-c", _ADD_UNTIL_KILLED, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "0\n"
    time.sleep(random.Random(seed).uniform(0.05, 0.4))
    os.kill(child.pid, signal.SIGKILL)
    acknowledged = child.stdout.read().split()
    child.stdout.close()
    child.wait()
    last = int(acknowledged[-1]) if acknowledged else 0

    store = sqlite_store(path)
    held = {one.id for one in store.list()}
    assert {f"d{number}" for number in range(last + 1)} <= held
    assert len(held) - (last + 1) in (0, 1)
    assert store.search(f"Nobody may do thing {last}.", "", k=1)[0].demonstration.id == f"d{last}"
    store.add(demonstration("after"))
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
