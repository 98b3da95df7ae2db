"""What the corpus has shown so far, and the lines that say so at the end of a test run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.hostile.corpus import cases

TITLES = {"normal": "normal", "bare": "language layers off"}


@dataclass(slots=True)
class Scoreboard:
    """Cases that were blocked in each build, and benign programs that were accepted and answered right."""

    tried: dict[str, set[str]] = field(default_factory=lambda: {build: set() for build in TITLES})
    blocked: dict[str, set[str]] = field(default_factory=lambda: {build: set() for build in TITLES})
    longest: dict[str, float] = field(default_factory=lambda: dict.fromkeys(TITLES, 0.0))
    benign: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    right: set[str] = field(default_factory=set)

    def time(self, build: str, seconds: float) -> None:
        """Notes how long a hostile check took."""
        self.longest[build] = max(self.longest[build], seconds)

    def lines(self) -> Iterator[str]:
        """The table, for what was run."""
        for build, title in TITLES.items():
            tried, blocked = self.tried[build], self.blocked[build]
            if tried:
                part = "" if len(tried) == len(cases()) else f", of {len(cases())} in all"
                longest = f"{1000 * self.longest[build]:.0f} ms"
                yield f"blocked {len(blocked)}/{len(tried)} ({title}{part}); the longest check took {longest}"
            yield from (f"    NOT BLOCKED: {case}" for case in sorted(tried - blocked))
        if self.benign:
            count, rejected = len(self.benign), sorted(self.benign - self.accepted)
            yield (
                f"benign accepted {len(self.accepted)}/{count}, answered right {len(self.right)}/{count}; "
                f"false rejects {len(rejected)} of {count}"
            )
            yield from (f"    REJECTED: {name}" for name in rejected)
