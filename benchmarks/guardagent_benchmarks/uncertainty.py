"""How far the rates can be trusted: intervals, comparisons with another judge, and answers that change."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from guardagent_benchmarks.metrics import METRICS, Judged, Rates, Tally, tally_of_one
from guardagent_benchmarks.suites.suite import Judgement

DRAWS = 2000


class Interval(NamedTuple):
    """Bounds of a 95% interval."""

    low: float
    high: float


class McNemar(NamedTuple):
    """Two judges on the same items: how often only one was right, and the exact two-sided p value."""

    only_first: int
    only_second: int
    p: float


def intervals(judged: Judged, *, seed: int = 0, draws: int = DRAWS) -> dict[str, Interval]:
    """A 95% interval per metric from a bootstrap that draws whole tasks, since items of one task are not independent.

    A metric that cannot be computed in some draw leaves that draw out; one that never can is left out.
    """
    clusters: defaultdict[str, list[Tally]] = defaultdict(list)
    for item, judgement in judged:
        clusters[item.task].append(tally_of_one(item, judgement))
    tallies = [Tally.total(members) for members in clusters.values()]
    rng = random.Random(seed)
    values: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(draws if tallies else 0):
        drawn = Rates.of(Tally.total(rng.choices(tallies, k=len(tallies))))
        for metric in METRICS:
            if (value := getattr(drawn, metric)) is not None:
                values[metric].append(value)
    return {metric: Interval(percentile(found, 2.5), percentile(found, 97.5)) for metric, found in values.items()}


def mcnemar(first: Sequence[bool], second: Sequence[bool]) -> McNemar:
    """Whether two judges of the same items differ by more than chance: the exact test on the discordant ones."""
    pairs = list(zip(first, second, strict=True))
    only_first = sum(a and not b for a, b in pairs)
    only_second = sum(b and not a for a, b in pairs)
    discordant = only_first + only_second
    tail = sum(math.comb(discordant, k) for k in range(min(only_first, only_second) + 1))
    return McNemar(only_first, only_second, min(1.0, 2 * tail / 2**discordant))


def flip_rate(runs: Sequence[Sequence[Judgement]]) -> float | None:
    """The share of items whose verdict or explanation was not the same in all runs; None for less than two runs."""
    if len(runs) < 2:
        return None
    said = [[(j.verdict, j.explanation) for j in run] for run in runs]
    flips = [any(answer != answers[0] for answer in answers) for answers in zip(*said, strict=True)]
    return sum(flips) / len(flips) if flips else None


def percentile(values: Iterable[float], percent: float) -> float:
    """The nearest-rank percentile; 0 when there are no values."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]
