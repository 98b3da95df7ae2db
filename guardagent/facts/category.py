"""The `category` fact: which of the labelled exemplar phrases a text comes nearest to.

An exemplar such as "rent a car" is read as a frame: what is done (rent → reserve) and to what (car → vehicle). A text
matches it when it speaks of the same things, and of one of the same actions or of none that the lexicon knows. Words
that the lexicon doesn't know must stand in the text themselves. Long exemplars are compared by the embedder instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from guardagent.facts.lexicon import Lexicon, Reading, shipped_lexicon, words_of
from guardagent.ports import Embedder
from guardagent.types import FactSpec

FRAME_WORDS = 9
NEAR = 0.62


class Frame(NamedTuple):
    """One exemplar, read."""

    label: str
    reading: Reading


class Categories(NamedTuple):
    """The exemplars of one fact, ready to compare."""

    default: str
    frames: tuple[Frame, ...]
    long_labels: tuple[str, ...]
    long_vectors: np.ndarray | None


class CategoryReader:
    """Answers category facts; holds the prepared exemplars of the specs that it has seen."""

    def __init__(self, embedder: Embedder, lexicon: Lexicon | None = None, *, fold: Callable[[str], str] = str) -> None:
        """`fold` brings texts that read the same into one form before they are compared."""
        self._embedder = embedder
        self._fold = fold
        self._lexicon = lexicon or shipped_lexicon()
        self._prepared = lru_cache(maxsize=256)(self._prepare)
        # Several facts of one event usually read the same field.
        self._read = lru_cache(maxsize=64)(self._lexicon.read)

    def label(self, spec: FactSpec, text: str, *, margin: float = 0.0) -> str | None:
        """The label of the most specific exemplar that `text` matches; the default when it matches none.

        None when the best label of all is not ahead of the second by `margin`, in shares of its own score.
        """
        categories = self._prepared(spec.default, tuple((k, v) for k, v in spec.labels.items()))
        text = self._fold(text)
        reading = self._read(text)
        scores: dict[str, float] = {}
        for frame in categories.frames:
            _raise(scores, frame.label, _fit(frame.reading, reading, self._lexicon.bookable))
        if not any(scores.values()) and categories.long_vectors is not None:
            near = categories.long_vectors @ np.asarray(self._embedder.embed([text])[0], dtype=np.float32)
            for label, score in zip(categories.long_labels, near, strict=True):
                _raise(scores, label, float(score) if float(score) >= NEAR else 0.0)
        # Sorting is stable: of labels that are as near, the first that the author names.
        best, second, *_ = (*sorted(scores.items(), key=lambda item: -item[1]), ("", 0.0), ("", 0.0))
        if best[1] <= 0.0:
            return categories.default
        return None if best[1] - second[1] < margin * best[1] else best[0]

    def _prepare(self, default: str, labels: tuple[tuple[str, tuple[str, ...]], ...]) -> Categories:
        frames: list[Frame] = []
        long: list[tuple[str, str]] = []
        for label, exemplars in labels:
            for exemplar in map(self._fold, exemplars):
                reading = self._lexicon.read(exemplar)
                if len(words_of(exemplar)) <= FRAME_WORDS and any(reading):
                    frames.append(Frame(label, reading))
                else:
                    long.append((label, exemplar))
        vectors = _matrix(self._embedder, [text for _, text in long]) if long else None
        return Categories(default, tuple(frames), tuple(label for label, _ in long), vectors)


def _raise(scores: dict[str, float], label: str, score: float) -> None:
    scores[label] = max(score, scores.get(label, 0.0))


def _matrix(embedder: Embedder, texts: Sequence[str]) -> np.ndarray:
    return np.asarray(embedder.embed(texts), dtype=np.float32)


def _fit(exemplar: Reading, text: Reading, bookable: frozenset[str]) -> float:
    """How much of the exemplar the text bears out; 0 when something essential is missing."""
    things = text.things
    if "acquire" in text.actions and not things & bookable:
        things |= {"product"}
    wanted = exemplar.things
    if not wanted and not exemplar.words and "acquire" in exemplar.actions:
        wanted = frozenset({"product"})
    if not wanted <= things or not exemplar.words <= text.words or not exemplar.aspects <= text.aspects:
        return 0.0
    shared = exemplar.actions & text.actions
    # Whoever handles a thing in any way looks at it first, so an exemplar that looks for it covers them all.
    free = "seek" in exemplar.actions and bool(wanted or exemplar.words)
    if exemplar.actions and not shared and not free and (text.actions or not (wanted or exemplar.words)):
        return 0.0
    if text.aspects - exemplar.aspects:
        return 0.0
    return 1.0 + len(wanted) + len(exemplar.words) + 0.5 * bool(shared)
