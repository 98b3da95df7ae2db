"""Which programs may not run for now, because they keep ending their sessions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

_KILLS: Final = 3
_WINDOW_S: Final = 60.0
_PAUSE_S: Final = 60.0
_LONGEST_PAUSE_S: Final = 3_600.0
_MOST: Final = 1_024


@dataclass(slots=True)
class _Record:
    kills: list[float] = field(default_factory=list)
    pauses: int = 0
    until: float = -math.inf


class Patience:
    """Counts the sessions that each program of a tenant ended, told apart by (tenant, source).

    The third within a minute holds the program back, each time for longer.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._records: dict[tuple[str, str], _Record] = {}

    def is_over(self, program: tuple[str, str]) -> bool:
        """Whether the program may not run now."""
        record = self._records.get(program)
        return record is not None and self._clock() < record.until

    def count(self, program: tuple[str, str]) -> None:
        """Notes that the program ended a session."""
        if program not in self._records and len(self._records) >= _MOST:
            # The oldest goes first: a flood of programs must not cost memory without end.
            del self._records[next(iter(self._records))]
        now = self._clock()
        record = self._records.setdefault(program, _Record())
        record.kills = [*(at for at in record.kills if at > now - _WINDOW_S), now]
        if len(record.kills) >= _KILLS:
            record.until = now + min(_PAUSE_S * 2 ** min(record.pauses, 16), _LONGEST_PAUSE_S)
            record.pauses += 1
            record.kills.clear()


__all__ = ["Patience"]
