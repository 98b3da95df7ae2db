"""Millions of checks with everything that goes wrong on the way: does anything grow, is any verdict wrong?

    python benchmarks/perf/soak.py [--checks 10000000] [--minutes 15] [--json FILE] [--plot FILE]

Ends by itself after so many checks or minutes, and leaves no process behind. Exit code 1 when the soak fails.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from guardagent.errors import GuardAgentError
from guardagent_benchmarks.output import require_place, write_whole
from guardagent_benchmarks.plot import require_matplotlib
from soaking.plot import svg_of
from soaking.report import SoakReport
from soaking.run import soak
from soaking.workload import Rates


def main() -> None:
    """Soaks, prints, and writes what is asked for."""
    options = _options()
    try:
        # Ask before the work, not after.
        if options.plot:
            require_matplotlib()
        for place in filter(None, (options.json, options.plot)):
            require_place(place)
        report = _soaked(options)
    except GuardAgentError as error:
        sys.exit(f"soak: {error}")
    report.show(Console(width=None if sys.stdout.isatty() else 120))
    if options.json:
        write_whole(options.json, (json.dumps(report.as_json(), indent=2) + "\n").encode())
    if options.plot:
        write_whole(options.plot, svg_of(report))
    sys.exit(1 if report.problems else 0)


def _soaked(options: argparse.Namespace) -> SoakReport:
    columns = (TextColumn("checks"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # Redrawing the bar in a thread of its own would take turns from what is measured.
    with Progress(*columns, console=Console(stderr=True), auto_refresh=False, transient=True) as progress:
        bar = progress.add_task("checks", total=options.checks)
        return soak(
            options.checks,
            seconds=options.minutes * 60,
            tenants=options.tenants,
            rates=Rates().times(options.trouble),
            wall_ms=options.wall_ms,
            on_sample=lambda sample: progress.update(bar, completed=sample.checks, refresh=True),
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checks", type=int, default=10_000_000, help="how many checks (default: 10 million)")
    parser.add_argument("--minutes", type=float, default=15.0, help="stop after so long at the latest (default: 15)")
    parser.add_argument("--tenants", type=int, default=4, help="how many tenants take turns (default: 4)")
    parser.add_argument("--trouble", type=float, default=1.0, help="so many times the usual trouble (default: 1)")
    parser.add_argument(
        "--wall-ms",
        type=int,
        default=500,
        help="deadline of one event; a shared machine needs more than 50 ms (default: 500)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there, samples included")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the samples there as SVG")
    return parser.parse_args()


if __name__ == "__main__":
    main()
