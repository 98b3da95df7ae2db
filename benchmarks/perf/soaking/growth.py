"""Whether something grows without end: a straight line through what was sampled after the warm-up."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

WARM_UP = 0.25
"""Share of the checks after which caches are full and every tenant has its worker."""
_SHARE = 0.05
_LEAST = 2.0
_MOST_POINTS = 400
_FEWEST_POINTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """The line of one measure from the end of the warm-up to the end of the run."""

    first: float
    last: float
    peak: float
    per_million: float
    """By how much the line rises in a million checks."""
    allowed: float
    """By how much it may rise in all: a twentieth of its level, at least 2 MiB, descriptors, processes or threads."""

    @property
    def rise(self) -> float:
        """By how much the line rose."""
        return self.last - self.first

    @property
    def bounded(self) -> bool:
        """Whether it rose by no more than is allowed."""
        return self.rise <= self.allowed


def growth_of(checks: Sequence[int], values: Sequence[float]) -> Growth | None:
    """The growth of a measure that had these values after so many checks; None when there are too few of them."""
    points = _thinned(after_warm_up(checks, values))
    if len(points) < _FEWEST_POINTS:
        return None
    slope, level = _line(points)
    first, last = level + slope * points[0][0], level + slope * points[-1][0]
    return Growth(
        first=first,
        last=last,
        peak=max(values),
        per_million=slope * 1e6,
        allowed=max(_LEAST, _SHARE * abs(first)),
    )


def after_warm_up(checks: Sequence[int], values: Sequence[float]) -> list[tuple[int, float]]:
    """The points that count."""
    begin = checks[-1] * WARM_UP if checks else 0
    return [(x, y) for x, y in zip(checks, values, strict=True) if x >= begin]


def _line(points: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """Slope and level by Theil and Sen: medians, which a worker that is just being replaced does not move."""
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2) if b[0] != a[0]]
    slope = statistics.median(slopes) if slopes else 0.0
    return slope, statistics.median(y - slope * x for x, y in points)


def _thinned(points: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """At most some hundred points, evenly taken, since every pair of them counts."""
    every = -(-len(points) // _MOST_POINTS) or 1
    return list(points[::every])


__all__ = ["WARM_UP", "Growth", "after_warm_up", "growth_of"]
