"""Which demonstrations to show: near to the request and the specification, and unlike each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from guardagent.errors import MemoryStoreError
from guardagent.ports import Embedder

Matrix = npt.NDArray[np.float32]

# The request says what must be translated, the specification only what it is about.
REQUEST_WEIGHT = 0.75
# How much nearness counts against being unlike what was chosen already (maximal marginal relevance).
_NEARNESS = 0.75
# Requests this alike are one request with a word changed; showing both teaches nothing.
_NEAR_DUPLICATE = 0.96
# Scores are compared after rounding, so that equal texts tie on every machine.
_DIGITS = 5


class Texts(NamedTuple):
    """What a demonstration is found by."""

    request: str
    specification: str


class Query(NamedTuple):
    """A question as one vector; its inner product with a stored vector, times `scale`, is the similarity."""

    vector: Matrix
    scale: float


class Candidate(NamedTuple):
    """A stored demonstration near a query."""

    id: str
    score: float
    vector: Matrix


def joined(embedder: Embedder, texts: Sequence[Texts]) -> Matrix:
    """One row per text pair: both vectors side by side, so that inner products are the weighted similarity.

    Raises:
        MemoryStoreError: the embedder gave something else than one finite vector per text.
    """
    if not texts:
        return np.zeros((0, joined_dimension(embedder)), np.float32)
    halves = _embedded(embedder, [*(t.request for t in texts), *(t.specification for t in texts)])
    requests, specifications = halves[: len(texts)], halves[len(texts) :]
    return np.hstack([requests * REQUEST_WEIGHT**0.5, specifications * (1 - REQUEST_WEIGHT) ** 0.5])


def layout(embedder: Embedder) -> str:
    """Names the kind of the rows that `joined` gives; rows of another layout cannot be compared with them."""
    return f"{embedder.name}/request-{REQUEST_WEIGHT}"


def joined_dimension(embedder: Embedder) -> int:
    """Length of the rows that `joined` gives."""
    return 2 * embedder.dimension


def query(embedder: Embedder, request: str, specification: str) -> Query | None:
    """The query for a request and a specification, either of which may be empty; None when both are."""
    vector = joined(embedder, [Texts(request, specification)])[0]
    strength = float(vector @ vector)
    return Query(vector, 1.0 / strength) if strength > 0 else None


def score(similarity: float, scale: float) -> float:
    """An inner product as a score from 0 to 1."""
    return min(1.0, max(0.0, round(similarity * scale, _DIGITS)))


def diverse(candidates: Sequence[Candidate], k: int) -> tuple[Candidate, ...]:
    """At most `k` of them, best first: each near the query and unlike the others; ties go by id.

    Candidates without any likeness to the query, and near duplicates of a chosen request, are left out.
    """
    left = sorted((c for c in candidates if c.score > 0), key=lambda c: (-c.score, c.id))
    chosen: list[Candidate] = []
    while left and len(chosen) < k:
        best = max(left, key=lambda c: round(_worth(c, chosen), _DIGITS))
        chosen.append(best)
        left = [c for c in left if c is not best and not _same_request(c, best)]
    return tuple(sorted(chosen, key=lambda c: (-c.score, c.id)))


def _worth(candidate: Candidate, chosen: Sequence[Candidate]) -> float:
    likeness = max((float(candidate.vector @ other.vector) for other in chosen), default=0.0)
    return _NEARNESS * candidate.score - (1 - _NEARNESS) * likeness


def _same_request(one: Candidate, other: Candidate) -> bool:
    half = len(one.vector) // 2
    return float(one.vector[:half] @ other.vector[:half]) >= _NEAR_DUPLICATE * REQUEST_WEIGHT


def _embedded(embedder: Embedder, texts: Sequence[str]) -> Matrix:
    rows = np.asarray(embedder.embed(texts), np.float32)
    if rows.shape != (len(texts), embedder.dimension) or not np.isfinite(rows).all():
        raise MemoryStoreError(
            f"embedder `{embedder.name}` did not give {len(texts)} finite vectors of length {embedder.dimension};"
            " check its model and dimension"
        )
    return rows
