"""Measuring all variants in turns, on the same fresh events, so that a busy moment of the machine meets them alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice

from guardagent.errors import GuardAgentError
from latency.events import Case, wanted_cases
from latency.variants import BATCH, Burst, Takes, Variant

# About as long as the system lets one process run before another one may.
BURST = 100
BATCHES = 5
_QUIET_SHARE = 0.1


class Disagreement(GuardAgentError):
    """A variant decides otherwise than the check says, so that its time means nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Microseconds per event of one variant."""

    name: str
    p50_us: float
    p95_us: float
    p99_us: float
    quiet_p50_us: float
    """Of the tenth of its bursts that took the least time: what the machine does when nobody else wants it."""
    quiet_p99_us: float
    samples: int
    failed: int
    """Answers that were failures, e.g. a missed deadline; their time counts."""

    def as_json(self) -> dict[str, float | int | str]:
        """The figures, rounded."""
        return {key: round(value, 2) if isinstance(value, float) else value for key, value in asdict(self).items()}


@dataclass(slots=True)
class _Track:
    variant: Variant
    bursts: list[list[float]] = field(default_factory=list)
    failed: int = 0

    def run(self, cases: Sequence[Case]) -> None:
        burst = self.variant.burst(cases)
        self.failed += count_failed(self.variant.name, burst, cases)
        self.bursts.append(burst.micros)


def agree(variants: Sequence[Variant], cases: Iterator[Case]) -> None:
    """Has every variant decide the known cases and some others; raises Disagreement when one is wrong or fails."""
    table = wanted_cases() + list(islice(cases, BURST))
    for variant in variants:
        if count_failed(variant.name, variant.burst(table), table):
            raise Disagreement(f"`{variant.name}` fails on an event of the table")


def count_failed(name: str, burst: Burst, cases: Sequence[Case]) -> int:
    """How many answers were failures; raises Disagreement for one that is wrong."""
    failed = 0
    for case, said in zip(cases, burst.verdicts, strict=True):
        if said == "failed":
            failed += 1
        elif said != case.verdict:
            raise Disagreement(f"`{name}` says `{said}` where `{case.verdict}` is right: {case.ready.event}")
    return failed


def measure(
    variants: Sequence[Variant],
    cases: Iterator[Case],
    denied: Iterator[Case],
    *,
    seconds: float,
    on_round: Callable[[float], object],
) -> list[Figures]:
    """The figures of each variant, measured in turns for so long; `on_round` hears the share that is done."""
    tracks = [_Track(variant) for variant in variants]
    started = time.monotonic()
    rounds = 0
    while (spent := time.monotonic() - started) < seconds or rounds == 0:
        many = list(islice(cases, BATCH * BATCHES))
        fresh: dict[Takes, list[Case]] = {"few": many[:BURST], "many": many, "denied": list(islice(denied, BURST))}
        # Nobody always comes after the same neighbour.
        first = rounds % len(tracks)
        for track in tracks[first:] + tracks[:first]:
            track.run(fresh[track.variant.takes])
        rounds += 1
        on_round(min(1.0, spent / seconds))
    return [figures_of(track.variant.name, track.bursts, track.failed) for track in tracks]


def figures_of(name: str, bursts: Sequence[Sequence[float]], failed: int) -> Figures:
    """Percentiles of all samples, and of those in the quietest bursts."""
    everything = sorted(sample for burst in bursts for sample in burst)
    by_time = sorted(bursts, key=sum)
    quiet = sorted(sample for burst in by_time[: max(1, int(len(bursts) * _QUIET_SHARE))] for sample in burst)
    return Figures(
        name=name,
        p50_us=percentile(everything, 0.50),
        p95_us=percentile(everything, 0.95),
        p99_us=percentile(everything, 0.99),
        quiet_p50_us=percentile(quiet, 0.50),
        quiet_p99_us=percentile(quiet, 0.99),
        samples=len(everything),
        failed=failed,
    )


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that is not below this share of the values, which come in order."""
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


__all__ = ["BURST", "Disagreement", "Figures", "agree", "count_failed", "figures_of", "measure", "percentile"]
