"""The time, and ids that sort by it."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The time of this machine, in UTC."""

    def now(self) -> datetime:
        """The current time."""
        return datetime.now(UTC)


class FixedClock:
    """A clock for tests: stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """The time that was set."""
        return self._at

    def move(self, by: timedelta) -> None:
        """Sets the clock forward, or back."""
        self._at += by


def new_id(at: datetime) -> str:
    """A UUID of version 7: unique, and later ones sort behind earlier ones."""
    milliseconds = int(at.timestamp() * 1000) & (2**48 - 1)
    chance = secrets.randbits(74)
    value = milliseconds << 80 | 0x7 << 76 | (chance >> 62) << 64 | 0b10 << 62 | chance & (2**62 - 1)
    return str(uuid.UUID(int=value))
