"""Sentences of a text and where they stand."""

from __future__ import annotations

import re

from guardagent.request.words import MARKER, MODAL

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=(?:>\s*)?[\"'“‘(]?[A-Z0-9À-Þ$€£])")
# A sentence may also begin with a small letter, as with the name of a command; then it must oblige to something.
_SMALL_BEGIN = re.compile(r"(?<=[a-z0-9]{2}[.!?])[\"'”’)]*\s+(?=[\"'“‘`]?[a-z][\w-]*[`\"'”’]?[, ])")
_SHORT = re.compile(
    r"\b(?:max|min|resp|dept|est|sec|hrs?|avg|tel|ref|ca|pp|vol|art|par|ex|inc|misc|std)\.$", re.IGNORECASE
)
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|approx|no|nos|vs|cf|Mr|Mrs|Ms|Dr|St|fig|incl)\.|\b[A-Z]\.|\s\.{3})$")


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans of the sentences in `text[start:end]`, without surrounding space."""
    stop = len(text) if end is None else end
    found: list[tuple[int, int]] = []
    begin = start
    ends = [*_SENTENCE_END.finditer(text, start, stop), *_SMALL_BEGIN.finditer(text, start, stop)]
    for match in sorted(ends, key=lambda one: one.start()):
        if _ABBREVIATION.search(text[begin : match.start()]):
            continue
        if match.re is _SMALL_BEGIN and not _two_rules(text[begin : match.start()], text[match.end() : stop]):
            continue
        found.append(trim(text, begin, match.start() + _closing(match)))
        begin = match.end()
    found.append(trim(text, begin, stop))
    return [span for span in found if span[0] < span[1]]


def _two_rules(before: str, after: str) -> bool:
    """Whether a full stop before a small letter ends a sentence: a modal on both sides, and no abbreviation."""
    if _SHORT.search(before):
        return False
    ended = _SENTENCE_END.search(after)
    return bool(MODAL.search(before) and MODAL.search(after[: ended.start()] if ended else after))


def without_marker(text: str) -> str:
    """`text` without a list marker such as `1.`, `T3.` or `-` at its start."""
    return MARKER.sub("", text.lstrip(), count=1) if MARKER.match(text.lstrip()) else text.strip()


def _closing(match: re.Match[str]) -> int:
    return len(match.group().rstrip())


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
