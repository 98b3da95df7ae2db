"""The SQLite memory: what is shipped, whose file it is, and two processes at once."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from guardagent.errors import MemoryStoreError
from guardagent.types import Demonstration
from guardagent_memory import rows
from guardagent_memory.embed import HashingEmbedder
from guardagent_memory.shipped import NOTHING_SHIPPED, Shipment, package_shipment
from guardagent_memory.store import SqliteDemonstrations
from tests.memory.builders import BAKERY, CHOIR, PARKING, demonstration, shipment, sqlite_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.sqlite"


def test_rows_survive_reopening(path: Path) -> None:
    sqlite_store(path).add(demonstration())
    assert sqlite_store(path).list() == (demonstration(),)


def test_folder_is_made(tmp_path: Path) -> None:
    sqlite_store(tmp_path / "a" / "b" / "memory.sqlite").add(demonstration())
    assert (tmp_path / "a" / "b" / "memory.sqlite").exists()


def test_odd_characters_in_the_path_are_no_address(tmp_path: Path) -> None:
    path = tmp_path / "50% of a? #memory.sqlite"
    sqlite_store(path).add(demonstration())
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_adding_many_is_all_or_nothing(path: Path) -> None:
    store = sqlite_store(path)

    def two_and_a_fault() -> Iterator[object]:
        yield demonstration("one")
        yield demonstration("two", BAKERY)
        raise KeyError("the third cannot be had")

    with pytest.raises(KeyError):
        store.add_all(two_and_a_fault())  # type: ignore[arg-type]
    assert store.list() == ()


class TestShipped:
    """What comes with the package is kept up to date, but never in place of a person's own."""

    def test_are_loaded_with_their_origin(self, path: Path) -> None:
        store = sqlite_store(path, shipment(demonstration("a", PARKING), demonstration("b", BAKERY)))
        assert [(one.id, one.origin) for one in store.list()] == [("a", "shipped"), ("b", "shipped")]

    def test_are_refreshed_when_the_package_changes(self, path: Path) -> None:
        sqlite_store(path, shipment(demonstration("a", PARKING), demonstration("b", BAKERY)))
        store = sqlite_store(path, shipment(demonstration("a", CHOIR), demonstration("c", BAKERY), digest="second"))
        assert [(one.id, one.request) for one in store.list()] == [("a", CHOIR), ("c", BAKERY)]
        assert store.search(CHOIR, "")[0].demonstration.id == "a"

    def test_are_read_only_when_they_are_news(self, path: Path) -> None:
        loads: list[int] = []

        def load() -> tuple[Demonstration, ...]:
            loads.append(1)
            return (demonstration("a"),)

        counting = Shipment("first", load)
        sqlite_store(path, counting)
        sqlite_store(path, counting)
        assert len(loads) == 1

    def test_never_replace_a_row_of_a_persons_own(self, path: Path) -> None:
        sqlite_store(path).add(demonstration("a", CHOIR))
        store = sqlite_store(path, shipment(demonstration("a", PARKING)))
        assert [(one.request, one.origin) for one in store.list()] == [(CHOIR, "imported")]

    def test_removed_one_stays_removed_until_restored(self, path: Path) -> None:
        sqlite_store(path, shipment(demonstration("a"))).remove("a")
        later = sqlite_store(path, shipment(demonstration("a"), demonstration("b", BAKERY), digest="second"))
        assert [one.id for one in later.list()] == ["b"]
        later.restore_shipped()
        assert [one.id for one in later.list()] == ["a", "b"]

    def test_come_back_when_ones_own_version_is_removed(self, path: Path) -> None:
        store = sqlite_store(path, shipment(demonstration("a", PARKING)))
        store.add(demonstration("a", CHOIR))
        assert [one.request for one in store.list()] == [CHOIR]
        store.remove("a")
        assert [(one.request, one.origin) for one in store.list()] == [(PARKING, "shipped")]

    def test_package_is_loaded_by_default(self, path: Path) -> None:
        store = SqliteDemonstrations(path, HashingEmbedder())
        assert store.list() == package_shipment().load()
        assert len(store.list()) >= 12


def _foreign_database(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE addresses (name TEXT)")


def _foreign_application(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA application_id = 1234")


def _newer_version(path: Path) -> None:
    sqlite_store(path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {rows.SCHEMA_VERSION + 1}")


def _text(path: Path) -> None:
    path.write_text("This is somebody's diary, and it has more than a hundred bytes. " * 9)


def _damaged(path: Path) -> None:
    sqlite_store(path, shipment(*(demonstration(f"d{n}", f"{n} {PARKING}" * 20) for n in range(30))))
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(bytes(data))


def _cut_off(path: Path) -> None:
    sqlite_store(path, shipment(*(demonstration(f"d{n}", f"{n} {PARKING}" * 20) for n in range(30))))
    path.write_bytes(path.read_bytes()[:6000])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_foreign_database, "another program"),
        (_foreign_application, "another program"),
        (_newer_version, "newer GuardAgent"),
        (_text, "not an SQLite file"),
        (_damaged, "damaged"),
        (_cut_off, "damaged"),
        (Path.mkdir, "cannot be opened"),
    ],
)
def test_file_that_is_no_memory_is_refused_in_one_line_and_left_alone(path: Path, make: object, said: str) -> None:
    assert callable(make)
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(MemoryStoreError, match=said) as caught:
        SqliteDemonstrations(path, HashingEmbedder(), shipment=NOTHING_SHIPPED).list()
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MemoryStoreError, match="no folder"):
        sqlite_store(tmp_path / "file" / "memory.sqlite")


def test_row_that_is_no_demonstration_is_named_and_can_be_removed(path: Path) -> None:
    store = sqlite_store(path)
    store.add(demonstration())
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute('UPDATE demonstrations SET body = \'{"id": "parking"}\'')
    for read in (store.list, lambda: store.get("parking"), lambda: store.search(PARKING, "")):
        with pytest.raises(MemoryStoreError, match="guardagent memory remove parking"):
            read()
    assert store.remove("parking")
    assert store.list() == ()


def test_file_that_was_taken_away_is_an_error_and_not_an_empty_memory(path: Path) -> None:
    store = sqlite_store(path)
    path.unlink()
    with pytest.raises(MemoryStoreError, match="cannot be opened"):
        store.list()
    assert not path.exists()


@pytest.fixture
def as_ordinary_user() -> Iterator[Path]:
    """A folder of an ordinary user, and the rights of one: root may write everywhere."""
    # Not below tmp_path, whose parents other users may not enter.
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    user = os.geteuid()
    if user == 0:
        os.chown(folder, 65534, -1)
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if user == 0:
            os.seteuid(0)
        folder.chmod(0o700)
        shutil.rmtree(folder)


def test_file_that_may_not_be_written_can_be_read_but_not_changed(as_ordinary_user: Path) -> None:
    path = as_ordinary_user / "memory.sqlite"
    sqlite_store(path).add(demonstration())
    path.chmod(0o444)
    store = sqlite_store(path)
    with pytest.raises(MemoryStoreError, match="may not be written"):
        store.add(demonstration("other", BAKERY))
    assert [one.id for one in store.list()] == ["parking"]


def test_folder_that_may_not_be_written_is_said(as_ordinary_user: Path) -> None:
    as_ordinary_user.chmod(0o555)
    with pytest.raises(MemoryStoreError, match=r"cannot be opened|may not be written"):
        sqlite_store(as_ordinary_user / "memory.sqlite")


_ADD_TWELVE = """
import sys
from tests.memory.builders import demonstration, shipment, sqlite_store
path, name = sys.argv[1:]
sys.stdin.readline()
store = sqlite_store(path, shipment(demonstration("shipped", "A shipped one.")))
for number in range(12):
    store.add(demonstration(f"{name}-{number}", f"{name} must not do thing {number}."))
    store.search("thing", "", k=2)
"""


def test_processes_that_start_and_write_at_once_lose_nothing(path: Path) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-c", _ADD_TWELVE, str(path), name],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for name in ("left", "right", "middle")
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    ended = [child.communicate(timeout=60)[1] for child in children]
    assert [child.returncode for child in children] == [0, 0, 0], ended
    store = sqlite_store(path, shipment(demonstration("shipped", "A shipped one.")))
    wanted = {f"{name}-{number}" for name in ("left", "right", "middle") for number in range(12)} | {"shipped"}
    assert {one.id for one in store.list()} == wanted
    assert store.search("left must not do thing 7", "", k=1)[0].demonstration.id == "left-7"


def test_writers_wait_for_each_other_before_they_read(path: Path) -> None:
    sqlite_store(path)
    seen: list[int] = []
    begun = threading.Event()

    def second() -> None:
        begun.set()
        with rows.writing(path) as db:
            seen.append(db.execute("SELECT count(*) FROM removed").fetchone()[0])

    thread = threading.Thread(target=second)
    with rows.writing(path) as db:
        thread.start()
        begun.wait()
        thread.join(0.2)
        assert seen == []
        db.execute("INSERT INTO removed (id) VALUES ('x')")
    thread.join()
    assert seen == [1]


def test_threads_share_one_store(path: Path) -> None:
    store = sqlite_store(path)
    faults: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for number in range(8):
                store.add(demonstration(f"{name}-{number}", f"{name} must not do thing {number}."))
                assert store.search(f"{name} thing {number}", "", k=3)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(store.list()) == 24


@pytest.mark.parametrize("answer", [[[0.0] * 1024], [[0.0] * 5, [0.0] * 5], [[float("nan")] * 1024] * 2])
def test_embedder_that_breaks_its_promise_is_named(path: Path, answer: list[list[float]]) -> None:
    class Broken(HashingEmbedder):
        def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
            return answer

    with pytest.raises(MemoryStoreError, match="hashing-v1-1024"):
        SqliteDemonstrations(path, Broken(), shipment=NOTHING_SHIPPED).search("a query", "")
