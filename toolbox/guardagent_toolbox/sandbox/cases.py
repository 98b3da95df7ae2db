"""Cases as they are sent: two lines each, as many as fit into one message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from guardagent.ports import RunCase
from guardagent_toolbox.sandbox.wire import MAX_RUN


class Body(NamedTuple):
    """What a message to a worker holds."""

    lines: bytes
    events: int


def encoded(case: RunCase) -> bytes | None:
    """The two lines of a case; None when they could be taken for something else, or are too long."""
    try:
        lines = f"{case.event}\n{case.facts}".encode()
    except UnicodeEncodeError:
        return None
    return lines if lines.count(b"\n") == 1 and len(lines) <= MAX_RUN else None


def next_body(cases: Sequence[RunCase]) -> Body | None:
    """The first of the cases, as many as fit; None when the very first cannot be sent at all."""
    return _all_of(cases) or _first_of(cases)


def _all_of(cases: Sequence[RunCase]) -> Body | None:
    """All cases at once, as nearly always; None when one cannot be sent, or they do not fit."""
    texts = [text for case in cases for text in case]
    if sum(map(len, texts)) > MAX_RUN:
        return None
    try:
        lines = "\n".join(texts).encode()
    except UnicodeEncodeError:
        return None
    # Every case has its two lines if no text holds a line break.
    return Body(lines, len(cases)) if lines.count(b"\n") == len(texts) - 1 and len(lines) <= MAX_RUN else None


def _first_of(cases: Sequence[RunCase]) -> Body | None:
    chunk: list[bytes] = []
    room = MAX_RUN
    for case in cases:
        lines = encoded(case)
        if lines is None or len(lines) > room:
            break
        chunk.append(lines)
        room -= len(lines) + 1
    return Body(b"\n".join(chunk), len(chunk)) if chunk else None


__all__ = ["Body", "encoded", "next_body"]
