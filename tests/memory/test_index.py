"""The FAISS index on disk: a cache that is used only when it is whole, ours and of exactly these rows."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from guardagent_memory import index as vectors
from guardagent_memory.embed import HashingEmbedder
from guardagent_memory.shipped import NOTHING_SHIPPED
from guardagent_memory.store import SqliteDemonstrations
from tests.memory.builders import BAKERY, CHOIR, PARKING, demonstration, sqlite_store

KIND = vectors.Kind("test/1", 4)
ENTRIES = {7: "seven", 3: "three"}
ROWS = np.array([[1, 0, 0, 0], [0, 1, 0, 0]], np.float32)  # of 3 and of 7


class CountingEmbedder(HashingEmbedder):
    """Counts the texts that it is asked for."""

    def __init__(self, dimension: int = 1024) -> None:
        super().__init__(dimension)
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self.asked.extend(texts)
        return super().embed(texts)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "m.faiss"
    vectors.VectorIndex(KIND, ENTRIES, ROWS).save(found)
    return found


def test_saved_index_comes_back(path: Path) -> None:
    found = vectors.load(path, KIND)
    assert found is not None
    assert found.entries == ENTRIES
    assert found.search(np.array([0, 2, 0, 0], np.float32), 5) == [(7, 2.0), (3, 0.0)]
    assert found.vector(3).tolist() == [1, 0, 0, 0]


def test_file_is_a_plain_faiss_index_with_ids(path: Path) -> None:
    stored = faiss.read_index(str(path))
    assert isinstance(stored, faiss.IndexIDMap2)
    assert stored.ntotal == 2
    assert stored.metric_type == faiss.METRIC_INNER_PRODUCT


def test_empty_index_finds_nothing_and_comes_back(tmp_path: Path) -> None:
    empty = vectors.VectorIndex(KIND, {}, np.zeros((0, 4), np.float32))
    assert empty.search(np.ones(4, np.float32), 3) == []
    empty.save(tmp_path / "m.faiss")
    found = vectors.load(tmp_path / "m.faiss", KIND)
    assert found is not None
    assert found.entries == {}


def test_vectors_of_the_wrong_shape_never_reach_faiss() -> None:
    with pytest.raises(ValueError, match="shape"):
        vectors.VectorIndex(KIND, ENTRIES, ROWS[:1])


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))


def _swap_for_another(path: Path) -> None:
    vectors.VectorIndex(KIND, ENTRIES, ROWS[::-1]).save(path.with_name("other"))
    shutil.copy(path.with_name("other"), path)


def _garbage(path: Path) -> None:
    path.write_bytes(b"\x00IxF2" + os.urandom(500))


def _edit_sidecar(**changes: Any) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        sidecar = vectors.sidecar_of(path)
        sidecar.write_text(json.dumps({**json.loads(sidecar.read_text()), **changes}))

    return edit


def _signed_foreign_file(data: bytes) -> Callable[[Path], None]:
    """A file that faiss or nobody wrote, with a sidecar whose digest is right."""

    def put(path: Path) -> None:
        path.write_bytes(data)
        _edit_sidecar(sha256=hashlib.sha256(data).hexdigest())(path)

    return put


def _flat_index() -> bytes:
    flat = faiss.IndexFlatIP(4)
    flat.add(ROWS)
    return bytes(faiss.serialize_index(flat).tobytes())


@pytest.mark.parametrize(
    "damage",
    [
        _truncate,
        _empty,
        _flip_a_bit,
        _swap_for_another,
        _garbage,
        Path.unlink,
        lambda path: vectors.sidecar_of(path).unlink(),
        lambda path: vectors.sidecar_of(path).write_bytes(b"{"),
        lambda path: vectors.sidecar_of(path).write_bytes(b"[1]"),
        lambda path: vectors.sidecar_of(path).write_bytes(b"\xff\xfe"),
        lambda path: vectors.sidecar_of(path).write_bytes(b"[" * 100_000),
        _edit_sidecar(format=99),
        _edit_sidecar(layout="other/1"),
        _edit_sidecar(dimension=5),
        _edit_sidecar(entries={"3": "three"}),
        _edit_sidecar(entries={"3": "three", "8": "seven"}),
        _edit_sidecar(entries=["3", "7"]),
        _edit_sidecar(entries={"x": "three", "7": "seven"}),
        _signed_foreign_file(_flat_index()),
        _signed_foreign_file(b"not an index at all"),
        _signed_foreign_file(b""),
    ],
)
def test_damaged_or_foreign_index_counts_as_none(path: Path, damage: Callable[[Path], None]) -> None:
    assert vectors.load(path, KIND) is not None
    damage(path)
    assert vectors.load(path, KIND) is None


@pytest.mark.parametrize("kind", [vectors.Kind("test/2", 4), vectors.Kind("test/1", 8)])
def test_index_of_another_embedder_or_dimension_counts_as_none(path: Path, kind: vectors.Kind) -> None:
    assert vectors.load(path, kind) is None


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    found = tmp_path / "memory.sqlite"
    store = sqlite_store(found)
    store.add_all([demonstration("parking", PARKING), demonstration("bakery", BAKERY), demonstration("choir", CHOIR)])
    assert store.search(CHOIR, "")[0].demonstration.id == "choir"
    return found


@pytest.mark.parametrize(
    "damage", [_truncate, _garbage, Path.unlink, _edit_sidecar(layout="x"), _edit_sidecar(entries={})]
)
def test_store_mends_its_index_in_silence(filled: Path, damage: Callable[[Path], None]) -> None:
    index = sqlite_store(filled).index_path
    whole = index.read_bytes()
    damage(index)
    assert sqlite_store(filled).search(CHOIR, "")[0].demonstration.id == "choir"
    assert index.read_bytes() == whole


def test_index_of_another_memory_is_not_believed(filled: Path, tmp_path: Path) -> None:
    other = sqlite_store(tmp_path / "other.sqlite")
    # The same numbers with other texts: only the digests of the texts tell them apart.
    other.add_all([demonstration("a", CHOIR), demonstration("b", PARKING), demonstration("c", BAKERY)])
    other.search(CHOIR, "")
    mine = sqlite_store(filled).index_path
    shutil.copy(other.index_path, mine)
    shutil.copy(vectors.sidecar_of(other.index_path), vectors.sidecar_of(mine))
    assert sqlite_store(filled).search(CHOIR, "")[0].demonstration.id == "choir"


def test_index_that_was_swapped_between_two_searches_does_no_harm(filled: Path) -> None:
    store = sqlite_store(filled)
    store.search(CHOIR, "")
    _garbage(store.index_path)
    assert store.search(BAKERY, "")[0].demonstration.id == "bakery"


def test_only_new_and_changed_texts_are_embedded(filled: Path) -> None:
    embedder = CountingEmbedder()
    store = SqliteDemonstrations(filled, embedder, shipment=NOTHING_SHIPPED)
    store.search("one query", "")
    assert embedder.asked == ["one query", ""]
    embedder.asked.clear()
    store.add(demonstration("bakery", "Buns must be warm."))
    store.add(demonstration("parking", PARKING, title="Only the title is new"))
    store.remove("choir")
    assert store.search("warm buns", "")[0].demonstration.id == "bakery"
    assert embedder.asked == ["warm buns", "", "Buns must be warm.", ""]


def test_another_embedder_rebuilds_everything(filled: Path) -> None:
    embedder = CountingEmbedder(256)
    store = SqliteDemonstrations(filled, embedder, shipment=NOTHING_SHIPPED)
    assert store.search(CHOIR, "")[0].demonstration.id == "choir"
    assert {PARKING, BAKERY, CHOIR} <= set(embedder.asked)


def test_a_search_sees_what_another_process_changed(filled: Path) -> None:
    mine, theirs = sqlite_store(filled), sqlite_store(filled)
    mine.search(CHOIR, "")
    theirs.add(demonstration("tides", "Ships may leave at high tide only."))
    theirs.remove("parking")
    found = [one.demonstration.id for one in mine.search("ships at high tide, cars in the yard", "")]
    assert found[0] == "tides"
    assert "parking" not in found


def test_rebuild_counts_and_removes_leftovers(filled: Path) -> None:
    store = sqlite_store(filled)
    leftover = store.index_path.with_name(store.index_path.name + ".abc.tmp")
    leftover.write_bytes(b"half an index")
    assert store.rebuild() == 3
    assert not leftover.exists()
    assert vectors.sidecar_of(store.index_path).exists()


def test_search_works_where_the_index_cannot_be_written(filled: Path) -> None:
    store = sqlite_store(filled)
    store.index_path.unlink()
    store.index_path.mkdir()
    (store.index_path / "in the way").touch()
    assert sqlite_store(filled).search(CHOIR, "")[0].demonstration.id == "choir"


def test_deleting_the_index_loses_no_row(filled: Path) -> None:
    store = sqlite_store(filled)
    before = store.list()
    vectors.discard(store.index_path)
    assert sqlite_store(filled).list() == before
    with sqlite3.connect(filled) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
