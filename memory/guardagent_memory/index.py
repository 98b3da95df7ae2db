"""A FAISS index on disk: a cache of vectors that the rows can rebuild at any time."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from guardagent.types import canonical_json

Matrix = npt.NDArray[np.float32]

_FORMAT = 1


class Kind(NamedTuple):
    """What an index must have been built with to be of use."""

    layout: str
    dimension: int


class VectorIndex:
    """Vectors of some rows, searchable by inner product; never changes once built.

    `entries` says for each row number of which text its vector is (by digest).
    """

    def __init__(self, kind: Kind, entries: Mapping[int, str], vectors: Matrix) -> None:
        import faiss  # 0.2 s: only who searches pays for it

        self.kind = kind
        self.entries = dict(sorted(entries.items()))
        self._faiss: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(kind.dimension))
        if self.entries:
            # faiss checks nothing here: a wrong shape would be read beyond its end.
            if vectors.shape != (len(self.entries), kind.dimension):
                raise ValueError(f"vectors of shape {vectors.shape} for {len(self.entries)} entries")
            self._faiss.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.array(list(self.entries), np.int64))

    def search(self, vector: Matrix, n: int) -> list[tuple[int, float]]:
        """Row numbers and inner products of the `n` nearest, best first."""
        n = min(n, len(self.entries))
        if n < 1:
            return []
        products, numbers = self._faiss.search(np.ascontiguousarray(vector[None, :], np.float32), n)
        return [(int(number), float(product)) for number, product in zip(numbers[0], products[0], strict=True)]

    def vector(self, number: int) -> Matrix:
        """The stored vector of a row."""
        found: Matrix = self._faiss.reconstruct(number)
        return found

    def save(self, path: Path) -> None:
        """Writes the index and its sidecar, each replaced in one step.

        A reader that catches the new one of one and the old one of the other sees that the digest differs.
        """
        import faiss

        data = faiss.serialize_index(self._faiss).tobytes()
        sidecar = {
            "format": _FORMAT,
            "layout": self.kind.layout,
            "dimension": self.kind.dimension,
            "entries": {str(number): digest for number, digest in self.entries.items()},
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        _replace(path, data)
        _replace(sidecar_of(path), canonical_json(sidecar).encode())


def load(path: Path, kind: Kind) -> VectorIndex | None:
    """The index at `path`, or None unless it is whole, ours and of this kind."""
    import faiss

    try:
        sidecar = json.loads(sidecar_of(path).read_bytes())
        data = path.read_bytes()
        entries = {int(number): str(digest) for number, digest in sidecar["entries"].items()}
        told = (sidecar["format"], sidecar["layout"], sidecar["dimension"], sidecar["sha256"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    # The digest comes first: faiss must never parse bytes that it did not write.
    if told != (_FORMAT, kind.layout, kind.dimension, hashlib.sha256(data).hexdigest()):
        return None
    try:
        stored: Any = faiss.deserialize_index(np.frombuffer(data, np.uint8))
        numbers = faiss.vector_to_array(stored.id_map).tolist()
        vectors = stored.index.reconstruct_n(0, stored.ntotal) if numbers else np.zeros((0, kind.dimension), np.float32)
    except (RuntimeError, AttributeError, AssertionError):
        return None
    if numbers != sorted(entries) or vectors.shape != (len(entries), kind.dimension):
        return None
    return VectorIndex(kind, entries, vectors)


def refreshed(
    old: VectorIndex | None, kind: Kind, wanted: Mapping[int, str], embed: Callable[[Sequence[int]], Matrix]
) -> VectorIndex:
    """An index of exactly the `wanted` entries; only rows whose text is new or changed are embedded."""
    kept = {} if old is None or old.kind != kind else old.entries
    fresh = sorted(number for number, digest in wanted.items() if kept.get(number) != digest)
    rows: dict[int, Matrix] = dict(zip(fresh, embed(fresh), strict=True)) if fresh else {}
    if old is not None:
        rows |= {number: old.vector(number) for number in wanted if number not in rows}
    vectors = np.array([rows[number] for number in sorted(rows)], np.float32)
    return VectorIndex(kind, wanted, vectors)


def sidecar_of(path: Path) -> Path:
    """Where the description of the index at `path` stands."""
    return path.with_name(path.name + ".json")


def discard(path: Path) -> None:
    """Removes the index, its sidecar, and what an interrupted save left behind."""
    for leftover in (path, sidecar_of(path), *path.parent.glob(f"{path.name}.*.tmp")):
        leftover.unlink(missing_ok=True)


def _replace(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
