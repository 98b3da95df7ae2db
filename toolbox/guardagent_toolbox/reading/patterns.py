"""RE2 behind the text tools: patterns are compiled once, write nothing to stderr, and are bounded in memory."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import re2

from guardagent_toolbox.reading.letters import unmixed

MAX_PATTERN = 2_000
_MAX_MEMORY = 8 << 20

_HALVES = re.compile("[\ud800-\udfff]")
# What Unicode calls Default_Ignorable_Code_Point: shown as nothing wherever a font does not know better.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def options() -> Any:
    """Options of every pattern: quiet, and bounded in memory."""
    chosen = re2.Options()
    chosen.log_errors = False
    chosen.max_mem = _MAX_MEMORY
    return chosen


# Scripts written without spaces, so that a phrase in them may begin and end anywhere.
_UNSPACED = re2.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]", options())


@functools.lru_cache(maxsize=256)
def compiled(pattern: str | None) -> Any | None:
    """The compiled pattern; None where RE2 cannot read it (it has no look-around and no back-references)."""
    if pattern is None or len(pattern) > MAX_PATTERN:
        return None
    try:
        return re2.compile(pattern, options())
    except (re2.error, UnicodeEncodeError):
        return None


def whole(text: str) -> str:
    """The text with halves of characters (lone surrogates), which RE2 cannot read, replaced one by one."""
    return text if text.isascii() else _HALVES.sub("\ufffd", text)


def has_invisible(text: str) -> bool:
    """Whether a character in it is one that Unicode calls default-ignorable."""
    return not text.isascii() and _INVISIBLE.search(text) is not None


def normalised(text: str) -> str:
    """One form for texts that read the same: NFKC, case folded, no invisible characters, single spaces."""
    if text.isascii():
        plain = text.lower()
        # Most texts have single spaces only; seeing that is cheaper than splitting and joining.
        return plain.strip() if plain.isprintable() and "  " not in plain else " ".join(plain.split())
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    # Folding the case of a composed letter may decompose it, so that a second pass makes the form stable.
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def searchable(text: str) -> str:
    """The normalised text without words of mixed scripts; phrases are searched in it."""
    return normalised(text) if text.isascii() else unmixed(normalised(whole(text)))


class PhraseSet:
    """All phrases of a list, found as whole words: one pass of RE2 for the candidates, then a look at their borders."""

    def __init__(self, phrases: tuple[str, ...]) -> None:
        self._phrases = tuple((phrase, searchable(phrase)) for phrase in phrases)
        self._set = re2.Set.SearchSet(options())
        # Matches everything: when it is missing in a result, RE2 ran out of memory and the result says nothing.
        self._set.Add("")
        for _phrase, wanted in self._phrases:
            self._set.Add(re2.escape(wanted))
        self._usable = _compiles(self._set)

    def found_in(self, text: str) -> list[str]:
        """The phrases that stand in the text, in the order of the list."""
        place = searchable(text)
        hits = set(self._set.Match(place)) if self._usable else set()
        candidates = self._phrases
        if 0 in hits:
            candidates = tuple(self._phrases[index - 1] for index in sorted(hits) if index)
        return [phrase for phrase, wanted in candidates if stands_in(place, wanted)]


@functools.lru_cache(maxsize=64)
def phrase_set(phrases: tuple[str, ...]) -> PhraseSet:
    """The set of these phrases, compiled once."""
    return PhraseSet(phrases)


class PatternSet:
    """All patterns of a list, found in one pass of RE2."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self._patterns = patterns
        self._set = re2.Set.SearchSet(options())
        # Matches everything: when it is missing in a result, RE2 ran out of memory and the result says nothing.
        self._set.Add("")
        for pattern in patterns:
            self._set.Add(pattern)
        self._usable = _compiles(self._set)

    def found_in(self, text: str) -> list[str]:
        """The patterns that are found in the text, in the order of the list."""
        hits = set(self._set.Match(text)) if self._usable else set()
        if 0 in hits:
            return [self._patterns[index - 1] for index in sorted(hits) if index]
        return [pattern for pattern in self._patterns if (one := compiled(pattern)) is not None and one.search(text)]


@functools.lru_cache(maxsize=64)
def pattern_set(patterns: tuple[str, ...]) -> PatternSet | None:
    """The set of these patterns, compiled once; None when one of them cannot be read."""
    return PatternSet(patterns) if all(compiled(pattern) is not None for pattern in patterns) else None


def occurrences(place: str, wanted: str) -> Iterator[int]:
    """Where a searchable phrase stands in a searchable text as whole words."""
    if not wanted:
        return
    before, after = _joins(wanted[0]), _joins(wanted[-1])
    start = place.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        free_before = not before or start == 0 or not _is_word(place[start - 1])
        if free_before and (not after or end == len(place) or not _is_word(place[end])):
            yield start
            start = place.find(wanted, end)
        else:
            start = place.find(wanted, start + 1)


def stands_in(place: str, wanted: str) -> bool:
    """Whether a searchable phrase stands in a searchable text as whole words."""
    return next(occurrences(place, wanted), None) is not None


def _compiles(patterns: Any) -> bool:
    """Whether RE2 can hold the set in the memory that it is given."""
    try:
        patterns.Compile()
    except re2.error:
        return False
    return True


def _joins(character: str) -> bool:
    """Whether a further letter beside it would make a longer word."""
    return _is_word(character) and (character.isascii() or not _UNSPACED.search(character))


def _is_word(character: str) -> bool:
    return character == "_" or unicodedata.category(character)[0] in "LMN"
