"""Everything that was measured, as JSON and as tables for people."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import packages_distributions, version
from typing import Any

from rich.console import Console
from rich.table import Table

from latency.lifecycle import Respawns
from latency.ours import PLAIN, WORKER
from latency.peers import Missing
from latency.rounds import Figures
from latency.targets import Target

_PEER_MODULES = ("cedarpy", "cel", "regorus", "pydantic_monty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run."""

    figures: Sequence[Figures]
    missing: Sequence[Missing]
    targets: Sequence[Target]
    respawn: Respawns
    storm: Respawns
    """The same without a pause between the kills."""
    start_ms: float
    private_mb: float | None
    confinement: str
    violating: float
    load: tuple[float, float]
    """Load average before and after."""

    def as_json(self) -> dict[str, Any]:
        """The report as plain data."""
        plain, worker = self._by_name(PLAIN), self._by_name(WORKER)
        return {
            "machine": machine(),
            "load": self.load,
            "confinement": self.confinement,
            "violating": self.violating,
            "variants": [
                figures.as_json()
                | {
                    "x_plain": round(figures.p50_us / plain.p50_us, 2),
                    "x_worker": round(figures.p50_us / worker.p50_us, 2),
                }
                for figures in self.figures
            ],
            "missing": [missing._asdict() for missing in self.missing],
            "peers": peer_versions(),
            "targets": [
                asdict(target) | {"met": target.met, "met_when_quiet": target.met_when_quiet} for target in self.targets
            ],
            "respawn": asdict(self.respawn),
            "respawn_storm": asdict(self.storm),
            "start_ms": self.start_ms,
            "private_mb": self.private_mb,
        }

    def show(self, console: Console) -> None:
        """Prints the tables."""
        console.print(self._costs())
        console.print(self._bounds())
        console.print(
            f"confined by: {self.confinement}; first worker after {self.start_ms:.0f} ms; "
            f"served again after a kill: median {self.respawn.median_ms} ms, at most {self.respawn.max_ms} ms of "
            f"{self.respawn.kills}; kill upon kill: {self.storm.median_ms} ms, at most {self.storm.max_ms} ms"
        )
        for figures in self.figures:
            if figures.failed:
                console.print(f"{figures.name}: {figures.failed} of its answers were failures; their time counts")

    def _costs(self) -> Table:
        load = "-".join(f"{value:.1f}" for value in self.load)
        table = Table(
            title=f"one check, microseconds per event, {self.violating:.0%} violating\n{machine()}, load {load}",
            caption="quiet: the tenth of its bursts that went fastest",
        )
        table.add_column("variant", no_wrap=True)
        for heading in ("p50", "p95", "p99", "x plain", "x worker", "quiet p50", "quiet p99"):
            table.add_column(heading, justify="right")
        plain, worker = self._by_name(PLAIN), self._by_name(WORKER)
        for row in self.figures:
            micros = [f"{value:.1f}" for value in (row.p50_us, row.p95_us, row.p99_us)]
            ratios = [f"{row.p50_us / plain.p50_us:.1f}", f"{row.p50_us / worker.p50_us:.2f}"]
            table.add_row(row.name, *micros, *ratios, f"{row.quiet_p50_us:.1f}", f"{row.quiet_p99_us:.1f}")
        for missing in self.missing:
            table.add_row(missing.name, missing.reason)
        return table

    def _bounds(self) -> Table:
        table = Table(title="targets")
        table.add_column("what", no_wrap=True)
        for heading in ("at most", "measured", "", "quiet", ""):
            table.add_column(heading, justify="right")
        for target in self.targets:
            table.add_row(
                target.what,
                f"{target.at_most:g} {target.unit}",
                _number(target.measured, target.unit),
                _mark(target.met),
                _number(target.quiet, target.unit),
                _mark(target.met_when_quiet),
            )
        return table

    def _by_name(self, name: str) -> Figures:
        return next(figures for figures in self.figures if figures.name == name)


def machine() -> str:
    """What the figures were taken on."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def peer_versions() -> dict[str, str]:
    """The distribution and version behind each peer that is installed."""
    providers = packages_distributions()
    return {
        module: f"{providers[module][0]} {version(providers[module][0])}"
        for module in _PEER_MODULES
        if module in providers
    }


def _number(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:.2f} {unit}"


def _mark(met: bool | None) -> str:
    if met is None:
        return ""
    return "[green]met[/]" if met else "[red]not met[/]"


__all__ = ["Report", "machine", "peer_versions"]
