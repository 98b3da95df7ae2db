"""A lexical embedder: hashed words, word pairs and letter groups. No download, the same in every process."""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]

# Part of the embedder's name: raise it whenever a text gets another vector, so that old indexes are rebuilt.
_VERSION = 1

_STOP_WORD_WEIGHT = 0.15
_PAIR_WEIGHT = 0.5
_LETTERS_WEIGHT = 0.6
_CACHED_WORDS = 16_384
_FIRST_IDEOGRAPH = "\u2e80"
_SPREAD = 0x9E3779B1

_WORD = re.compile(r"[^\W_]{1,40}")
_STOP_TEXT = """
a about all also am an and any are as at be been being both but by can could did do does each else every for
from had has have he her his how i if in into is it its itself just let like me more most my no nor not of on
one only or other our out over own per she should so some such than that the their them then there these they
this those to too under up us very was we were what when where which while who whom whose why will with would
you your
"""
_STOP_WORDS = frozenset(_STOP_TEXT.split())


class _Features(NamedTuple):
    """What a word adds to a vector: where, and how much."""

    stem: str
    places: tuple[int, ...]
    weights: tuple[float, ...]


class HashingEmbedder:
    """Vectors by which texts are near when they share words, neighbouring words or parts of words.

    It knows no synonyms. Words are folded (case, width) and lightly stemmed; repeated words count less than
    proportionally, words such as `the` hardly at all. About 30 microseconds for a sentence.
    """

    def __init__(self, dimension: int = 1024) -> None:
        if dimension < 1:
            raise ValueError(f"dimension must be at least 1, not `{dimension}`")
        self._dimension = dimension
        # Per instance, since places depend on the dimension; bounded, since texts may come from anyone.
        self._features = lru_cache(maxsize=_CACHED_WORDS)(self._features_of)

    @property
    def name(self) -> str:
        """`hashing-v1-1024`: version of the features and dimension."""
        return f"hashing-v{_VERSION}-{self._dimension}"

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One float32 row per text (a numpy array), of length 1; all zeros for a text without words."""
        rows = np.zeros((len(texts), self._dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            self._fill(row, text)
        # numpy arrays have all that callers use of a sequence, but are not registered as one.
        return cast("Sequence[Sequence[float]]", rows)

    def _fill(self, row: Vector, text: str) -> None:
        words = _words(text)
        if not words:
            return
        # Plain lists: for the thirty words of a usual text they beat one small array per word.
        places: list[int] = []
        weights: list[float] = []
        for word, count in Counter(words).items():
            found = self._features(word)
            places += found.places
            weights += found.weights if count == 1 else [w * (1 + math.log(count)) for w in found.weights]
        content = [self._features(word).stem for word in words if word not in _STOP_WORDS]
        for (first, second), count in Counter(pairwise(content)).items():
            place, sign = self._slot(f"{first} {second}")
            places.append(place)
            weights.append(sign * _PAIR_WEIGHT * (1 + math.log(count)))
        sums = np.bincount(places, weights, self._dimension)
        length = math.sqrt(sums @ sums)
        if length > 0:
            row[:] = sums / length

    def _features_of(self, word: str) -> _Features:
        stemmed = stem(word)
        shares = _shares(word, stemmed)
        slots = [self._slot(feature) for feature, _weight in shares]
        signed = tuple(sign * weight for (_place, sign), (_feature, weight) in zip(slots, shares, strict=True))
        return _Features(stemmed, tuple(place for place, _sign in slots), signed)

    def _slot(self, feature: str) -> tuple[int, int]:
        # crc32 and not hash(): the latter differs from process to process. The product spreads its low bits.
        mixed = zlib.crc32(feature.encode()) * _SPREAD
        return (mixed >> 33) % self._dimension, 1 if mixed & (1 << 32) else -1


def _words(text: str) -> list[str]:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _WORD.findall(text.casefold())


def _shares(word: str, stemmed: str) -> list[tuple[str, float]]:
    """Features of one word with their weights; a stop word has one faint feature."""
    if word in _STOP_WORDS:
        return [(word, _STOP_WORD_WEIGHT)]
    if max(word) >= _FIRST_IDEOGRAPH:
        # Scripts without spaces: the "word" is a whole phrase, its characters and their pairs are what repeats.
        return [(part, 1.0) for part in sorted({*word, *map("".join, pairwise(word))})]
    padded = f"<{stemmed}>"
    groups = {padded[at : at + 3] for at in range(len(padded) - 2)}
    return [(stemmed, 1.0), *((f"{group}~", _LETTERS_WEIGHT / math.sqrt(len(groups))) for group in sorted(groups))]


@lru_cache(maxsize=_CACHED_WORDS)
def stem(word: str) -> str:
    """The word without its commonest English endings: `transfers`, `transferred` and `transferring` agree."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    word = _singular(word)
    for ending in ("ing", "ed", "ly"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and any(letter in "aeiouy" for letter in rest):
            word = rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
