"""The embedder that asks an OpenAI-compatible endpoint for vectors."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from guardagent.errors import AnswerError

Vector = tuple[float, ...]

_BATCH = 64
_CACHED_VECTORS = 4096
_PROBE = "dimension"


class _Vectors(Protocol):
    """The part of an Endpoint that is needed here."""

    model: str
    label: str

    def embed(self, texts: Sequence[str]) -> list[list[float]]: ...


class EndpointEmbedder:
    """Vectors of length 1 from an endpoint, kept for texts that come again; blocks while it asks.

    A text is sent to the endpoint as it is. One without a visible character is not sent: its vector is all zeros.
    """

    def __init__(self, endpoint: _Vectors, *, batch: int = _BATCH, cached: int = _CACHED_VECTORS) -> None:
        self._endpoint, self._batch, self._cached = endpoint, batch, cached
        self._known: OrderedDict[str, Vector] = OrderedDict()
        self._dimension = 0
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """`openai:` and the model's name; vectors of another model don't compare."""
        return f"openai:{self._endpoint.model}"

    @property
    def dimension(self) -> int:
        """Length of each vector; asks the endpoint when it has not answered yet."""
        if not self._dimension:
            self._fetch([_PROBE])
        return self._dimension

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One vector per text, in order.

        Raises:
            EndpointError: unreachable, refused or too slow.
            AnswerError: the answer is no usable list of vectors.
        """
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
        wanted = [text for text in dict.fromkeys(texts) if text not in found and text.strip()]
        for start in range(0, len(wanted), self._batch):
            found.update(self._fetch(wanted[start : start + self._batch]))
        return [found[text] if text in found else (0.0,) * self.dimension for text in texts]

    def _fetch(self, texts: list[str]) -> dict[str, Vector]:
        vectors = dict(zip(texts, map(self._normal, self._endpoint.embed(texts)), strict=True))
        with self._lock:
            lengths = {len(vector) for vector in vectors.values()} | {self._dimension or len(vectors[texts[0]])}
            if len(lengths) > 1:
                raise AnswerError(f"{self._endpoint.label}: its vectors changed in length; was the model exchanged?")
            self._dimension = lengths.pop()
            self._known.update(vectors)
            while len(self._known) > self._cached:
                self._known.popitem(last=False)
        return vectors

    def _normal(self, vector: list[float]) -> Vector:
        length = math.hypot(*vector)
        if not length or not math.isfinite(length):
            raise AnswerError(f"{self._endpoint.label}: sent a vector without a direction")
        return tuple(number / length for number in vector)
