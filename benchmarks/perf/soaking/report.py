"""What a soak found: verdicts, growth, what was left behind; as JSON and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from latency.report import machine
from soaking.growth import Growth, growth_of
from soaking.sampling import MEASURES, Sample
from soaking.tally import Tally

# A busy machine may stop a worker for longer than the deadline; more than this is not the machine.
_MOST_FAILED = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakReport:
    """One soak."""

    tally: Tally
    samples: Sequence[Sample]
    seconds: float
    tenants: int
    left_processes: int
    left_descriptors: int
    load: tuple[float, float]

    @property
    def growth(self) -> Mapping[str, Growth | None]:
        """The growth of each measure."""
        checks = [sample.checks for sample in self.samples]
        return {name: growth_of(checks, [getattr(sample, name) for sample in self.samples]) for name in MEASURES}

    @property
    def problems(self) -> list[str]:
        """Why the soak fails, one line each; empty when it passes."""
        tally = self.tally
        found = []
        if tally.wrong:
            found.append(f"{tally.wrong} wrong verdicts")
        if (failed := tally.unexpected_failures.total()) > _MOST_FAILED * tally.checks:
            found.append(f"{failed} checks failed for no reason of their own: {dict(tally.unexpected_failures)}")
        if self.left_processes or self.left_descriptors:
            found.append(f"left behind: {self.left_processes} processes, {self.left_descriptors} descriptors")
        for name, growth in self.growth.items():
            if growth is None:
                found.append(f"`{name}`: too few samples; run for longer")
            elif not growth.bounded:
                found.append(f"`{name}` grows: by {growth.rise:.1f}, and {growth.allowed:.1f} is allowed")
        return found

    def as_json(self) -> dict[str, Any]:
        """The report as plain data."""
        tally = self.tally
        return {
            "machine": machine(),
            "load": self.load,
            "passed": not self.problems,
            "problems": self.problems,
            "checks": tally.checks,
            "seconds": round(self.seconds, 1),
            "checks_per_second": round(tally.checks / self.seconds),
            "tenants": self.tenants,
            "wrong": tally.wrong,
            "expected_failures": tally.expected_failures,
            "unexpected_failures": dict(tally.unexpected_failures),
            "events": dict(tally.events),
            "left_processes": self.left_processes,
            "left_descriptors": self.left_descriptors,
            "growth": {
                name: None if growth is None else _rounded(asdict(growth)) | {"bounded": growth.bounded}
                for name, growth in self.growth.items()
            },
            "samples": [asdict(sample) for sample in self.samples],
        }

    def show(self, console: Console) -> None:
        """Prints the table and the verdict."""
        tally = self.tally
        load = "-".join(f"{value:.1f}" for value in self.load)
        table = Table(
            title=f"{tally.checks:,} checks in {self.seconds:.0f} s, {self.tenants} tenants\n{machine()}, load {load}"
        )
        table.add_column("measure")
        for heading in ("after warm-up", "at the end", "peak", "per million checks", "bounded"):
            table.add_column(heading, justify="right")
        for name, growth in self.growth.items():
            if growth is not None:
                numbers = (
                    f"{growth.first:.1f}",
                    f"{growth.last:.1f}",
                    f"{growth.peak:.1f}",
                    f"{growth.per_million:+.2f}",
                )
                table.add_row(MEASURES[name], *numbers, "[green]yes[/]" if growth.bounded else "[red]no[/]")
        console.print(table)
        console.print(
            f"{tally.wrong} wrong verdicts; failed as they should: {tally.expected_failures}, "
            f"though they should not: {dict(tally.unexpected_failures) or 0}; troubles: {dict(tally.events)}; "
            f"left behind: {self.left_processes} processes, {self.left_descriptors} descriptors"
        )
        for problem in self.problems:
            console.print(f"[red]fails[/]: {problem}", highlight=False)
        if not self.problems:
            console.print("[green]passes[/]")


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {key: round(value, 3) for key, value in values.items()}


__all__ = ["SoakReport"]
