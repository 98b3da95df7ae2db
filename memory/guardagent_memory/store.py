"""Demonstrations in SQLite, found through a FAISS index that stands beside the file."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from guardagent.errors import MemoryStoreError
from guardagent.ports import Embedder
from guardagent.types import Demonstration, Retrieved, canonical_json, digest_of
from guardagent_memory import index as vectors
from guardagent_memory import jsonl, retrieve, rows
from guardagent_memory.retrieve import Candidate, Texts
from guardagent_memory.shipped import Shipment, package_shipment

# How many of the nearest are weighed against each other for diversity.
_POOL = 64


class SqliteDemonstrations:
    """Implements `DemonstrationStore`. The rows are the truth; the index is rebuilt from them whenever it differs.

    Any number of processes and threads may use one file. What the package ships is kept up to date, but never in place
    of a row of a person's own, and a shipped one that was removed stays removed.
    """

    def __init__(self, path: Path | str, embedder: Embedder, *, shipment: Shipment | None = None) -> None:
        self._path = Path(path)
        self._embedder = embedder
        self._shipment = package_shipment() if shipment is None else shipment
        self._index: vectors.VectorIndex | None = None
        rows.prepare(self._path)
        self._refresh_shipped()

    @property
    def index_path(self) -> Path:
        """Where the cached index stands."""
        return self._path.with_name(self._path.name + ".faiss")

    def add(self, demonstration: Demonstration) -> None:
        """Stores it; one with the same id is replaced."""
        self.add_all((demonstration,))

    def add_all(self, demonstrations: Iterable[Demonstration]) -> None:
        """Stores all of them or, if one fails, none."""
        with rows.writing(self._path) as db:
            for one in demonstrations:
                _put(db, as_own(one))

    def remove(self, id: str) -> bool:
        """Removes it and says whether it was there; removing one's own version of a shipped one brings that back."""
        with rows.writing(self._path) as db:
            found = db.execute("SELECT origin FROM demonstrations WHERE id = ?", (id,)).fetchone()
            db.execute("DELETE FROM demonstrations WHERE id = ?", (id,))
            if found == ("shipped",):
                db.execute("INSERT OR IGNORE INTO removed (id) VALUES (?)", (id,))
            elif found:
                self._load_shipped(db)
        return found is not None

    def get(self, id: str) -> Demonstration | None:
        """The demonstration of that id, or None."""
        with rows.reading(self._path) as db:
            row = db.execute("SELECT id, body FROM demonstrations WHERE id = ?", (id,)).fetchone()
        return None if row is None else self._demonstration(*row)

    def list(self) -> tuple[Demonstration, ...]:
        """All of them, by id."""
        with rows.reading(self._path) as db:
            found = db.execute("SELECT id, body FROM demonstrations").fetchall()
        return tuple(self._demonstration(*row) for row in sorted(found))

    def search(self, request: str, specification: str, *, k: int = 4) -> tuple[Retrieved, ...]:
        """At most k of the nearest, diverse, best first; none when nothing is alike."""
        query = retrieve.query(self._embedder, request, specification)
        if query is None or k < 1:
            return ()
        with rows.reading(self._path) as db:
            index = self._current_index(db)
            names = dict(db.execute("SELECT number, id FROM demonstrations"))
            near = [
                Candidate(names[number], retrieve.score(product, query.scale), index.vector(number))
                for number, product in index.search(query.vector, max(_POOL, 4 * k))
            ]
            chosen = retrieve.diverse(near, k)
            bodies = _bodies(db, [candidate.id for candidate in chosen])
        return tuple(Retrieved(demonstration=self._demonstration(c.id, bodies[c.id]), score=c.score) for c in chosen)

    def rebuild(self) -> int:
        """Throws the index away and builds it anew; the number of demonstrations in it."""
        self._index = None
        with contextlib.suppress(OSError):
            vectors.discard(self.index_path)
        with rows.reading(self._path) as db:
            return len(self._current_index(db).entries)

    def restore_shipped(self) -> None:
        """Brings back the shipped demonstrations that were removed."""
        with rows.writing(self._path) as db:
            db.execute("DELETE FROM removed")
            self._load_shipped(db)

    def _refresh_shipped(self) -> None:
        with rows.reading(self._path) as db:
            known = rows.note(db, "shipment")
        if known != self._shipment.digest:
            with rows.writing(self._path) as db:
                self._load_shipped(db)

    def _load_shipped(self, db: sqlite3.Connection) -> None:
        own = {id for (id,) in db.execute("SELECT id FROM demonstrations WHERE origin <> 'shipped'")}
        removed = {id for (id,) in db.execute("SELECT id FROM removed")}
        shipped = {d.id: d for d in self._shipment.load() if d.id not in own | removed}
        for (id,) in db.execute("SELECT id FROM demonstrations WHERE origin = 'shipped'").fetchall():
            if id not in shipped:
                db.execute("DELETE FROM demonstrations WHERE id = ?", (id,))
        for one in shipped.values():
            _put(db, one)
        rows.set_note(db, "shipment", self._shipment.digest)

    def _current_index(self, db: sqlite3.Connection) -> vectors.VectorIndex:
        """The index of exactly the rows that `db` sees: the one in memory, the one on disk, or a new one."""
        kind = vectors.Kind(retrieve.layout(self._embedder), retrieve.joined_dimension(self._embedder))
        wanted: dict[int, str] = dict(db.execute("SELECT number, digest FROM demonstrations"))
        index = self._index
        if index is None or index.entries != wanted:
            index = vectors.load(self.index_path, kind) or index
        if index is None or index.kind != kind or index.entries != wanted:
            index = vectors.refreshed(index, kind, wanted, lambda numbers: self._embed(db, numbers))
            # A cache: where it cannot be written, the next process builds its own.
            with contextlib.suppress(OSError):
                index.save(self.index_path)
        self._index = index
        return index

    def _embed(self, db: sqlite3.Connection, numbers: Sequence[int]) -> retrieve.Matrix:
        texts = []
        for number in numbers:
            row = db.execute("SELECT id, body FROM demonstrations WHERE number = ?", (number,)).fetchone()
            one = self._demonstration(*row)
            texts.append(Texts(one.request, one.specification))
        return retrieve.joined(self._embedder, texts)

    def _demonstration(self, id: str, body: str) -> Demonstration:
        try:
            return Demonstration.model_validate_json(body)
        except ValidationError:
            raise MemoryStoreError(
                f"memory `{self._path}`: the row `{id}` is no demonstration; remove it with"
                f" `guardagent memory remove {id}`"
            ) from None


def as_own(demonstration: Demonstration) -> Demonstration:
    """The demonstration as a row of a person's own: only the package's loader may call one `shipped`.

    Raises:
        MemoryStoreError: a text of it cannot be written.
    """
    jsonl.line_of(demonstration)
    if demonstration.origin == "shipped":
        return demonstration.model_copy(update={"origin": "imported"})
    return demonstration


def _put(db: sqlite3.Connection, one: Demonstration) -> None:
    # Of what is embedded, and of nothing else: a new title must not cost a new vector.
    digest = digest_of(canonical_json([one.request, one.specification]))
    db.execute(
        "INSERT INTO demonstrations (id, origin, digest, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
        " SET origin = excluded.origin, digest = excluded.digest, body = excluded.body",
        (one.id, one.origin, digest, jsonl.line_of(one)),
    )


def _bodies(db: sqlite3.Connection, ids: Sequence[str]) -> Mapping[str, str]:
    found = {}
    for id in ids:
        (found[id],) = db.execute("SELECT body FROM demonstrations WHERE id = ?", (id,)).fetchone()
    return found
