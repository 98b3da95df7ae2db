"""A memory without a file, for tests and for runs that should leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterable

from guardagent.ports import Embedder
from guardagent.types import Demonstration, Retrieved
from guardagent_memory import retrieve
from guardagent_memory.embed import HashingEmbedder
from guardagent_memory.retrieve import Candidate, Texts
from guardagent_memory.store import as_own


class InMemoryDemonstrations:
    """Implements `DemonstrationStore` on a dict; finds the same as the SQLite one."""

    def __init__(self, demonstrations: Iterable[Demonstration] = (), *, embedder: Embedder | None = None) -> None:
        self._embedder = HashingEmbedder() if embedder is None else embedder
        self._held = {one.id: one for one in demonstrations}

    def add(self, demonstration: Demonstration) -> None:
        """Stores it; one with the same id is replaced."""
        self._held[demonstration.id] = as_own(demonstration)

    def remove(self, id: str) -> bool:
        """Removes it and says whether it was there."""
        return self._held.pop(id, None) is not None

    def get(self, id: str) -> Demonstration | None:
        """The demonstration of that id, or None."""
        return self._held.get(id)

    def list(self) -> tuple[Demonstration, ...]:
        """All of them, by id."""
        return tuple(self._held[id] for id in sorted(self._held))

    def search(self, request: str, specification: str, *, k: int = 4) -> tuple[Retrieved, ...]:
        """At most k of the nearest, diverse, best first; none when nothing is alike."""
        query = retrieve.query(self._embedder, request, specification)
        if query is None or k < 1:
            return ()
        held = self.list()
        rows = retrieve.joined(self._embedder, [Texts(one.request, one.specification) for one in held])
        near = [
            Candidate(one.id, retrieve.score(float(query.vector @ row), query.scale), row)
            for one, row in zip(held, rows, strict=True)
        ]
        chosen = retrieve.diverse(near, k)
        return tuple(Retrieved(demonstration=self._held[c.id], score=c.score) for c in chosen)
