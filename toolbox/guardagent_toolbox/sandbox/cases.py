"""Cases as they are sent: two lines each, as many as fit into one message."""

from __future__ import annotations

from collections.abc import Sequence

from guardagent.ports import RunCase
from guardagent_toolbox.sandbox.wire import MAX_CASES, MAX_RUN


def encoded(case: RunCase) -> bytes | None:
    """The two lines of a case; None when they could be taken for something else, or are too long."""
    try:
        lines = f"{case.event}\n{case.facts}".encode()
    except UnicodeEncodeError:
        return None
    return lines if lines.count(b"\n") == 1 and len(lines) <= MAX_RUN else None


def next_chunk(cases: Sequence[bytes | None], waiting: Sequence[int]) -> list[bytes]:
    """The first of the waiting cases, as many as fit; none when the very first cannot be sent at all."""
    chunk: list[bytes] = []
    room = MAX_RUN
    for case in (cases[n] for n in waiting[:MAX_CASES]):
        if case is None or len(case) > room:
            break
        chunk.append(case)
        room -= len(case) + 1
    return chunk


__all__ = ["encoded", "next_chunk"]
