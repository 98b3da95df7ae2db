"""What a tenant's programs are known by: a digest that was verified, and the answers when nothing is wrong."""

from __future__ import annotations

from typing import NamedTuple

from guardagent.ports import Answer, RunResult
from guardagent.types import Program, digest_of
from guardagent_toolbox.sandbox.wire import MAX_MESSAGE

_MOST = 1_024


class Known(NamedTuple):
    """A program whose digest is that of its source."""

    source: str
    clauses: tuple[str, ...]
    passes: dict[str, Answer]
    all_pass: RunResult


class KnownPrograms:
    """The programs that were verified, by digest."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}

    def get(self, program: Program) -> Known | None:
        """What is known of the program; None when its digest is not that of its source, or it cannot be sent."""
        known = self._known.get(program.digest)
        if known is not None and known.source == program.source and known.clauses == program.clauses:
            return known
        if program.digest != digest_of(f"{program.toolbox_version}\n{program.source}") or unsendable(program.source):
            return None
        if len(self._known) >= _MOST:
            self._known.clear()
        passes = {clause: Answer(clause, "pass") for clause in program.clauses}
        known = Known(program.source, program.clauses, passes, RunResult(tuple(passes.values())))
        self._known[program.digest] = known
        return known


def unsendable(source: str) -> str:
    """Why a source cannot be sent to a worker; empty when it can."""
    try:
        size = len(source.encode())
    except UnicodeEncodeError:
        return "the source holds half a character (lone surrogate); remove it"
    return f"the source has {size} bytes; split the policy into several" if size > MAX_MESSAGE // 2 else ""


__all__ = ["Known", "KnownPrograms", "unsendable"]
