"""What one check costs, side by side: our own ways of running it, and other engines that do the same job.

    python benchmarks/perf/check_latency.py [--seconds 20] [--json FILE]

All run the same 20-line access check on the same fresh events, in turns, after they have agreed on what is allowed.
Other engines come with `pip install 'guardagent[peers]'`; one that is not installed is named and left out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from pathlib import Path
from random import Random

from rich.console import Console
from rich.progress import Progress

from guardagent.errors import GuardAgentError
from guardagent_benchmarks.output import require_place, write_whole
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits
from latency.events import endless_cases
from latency.lifecycle import private_mb, respawns
from latency.ours import our_variants
from latency.peers import opened
from latency.report import Report
from latency.rounds import agree, measure
from latency.targets import targets

_SEED = 20


def measured(options: argparse.Namespace, progress: Progress) -> Report:
    """The report of one run."""
    load = os.getloadavg()[0]
    random = Random(_SEED)
    cases, denied = endless_cases(random, violating=options.violating), endless_cases(random, violating=1.0)
    started = time.perf_counter()
    # The deadline is production's. A busy machine must not quarantine the program, whose answers would then be quick.
    with Sandbox(Limits(kills=10**6)) as sandbox, asyncio.Runner() as runner, opened() as (peers, missing):
        start_ms = (time.perf_counter() - started) * 1000
        variants = our_variants(sandbox, runner) + peers
        agree(variants, cases)
        bar = progress.add_task("checks", total=1.0)
        figures = measure(
            variants,
            cases,
            denied,
            seconds=options.seconds,
            on_round=lambda share: progress.update(bar, completed=share, refresh=True),
        )
        confinement, memory = sandbox.confinement, private_mb(sandbox)
    respawn = respawns(options.respawns)
    return Report(
        figures=figures,
        missing=missing,
        targets=targets({row.name: row for row in figures}, respawn, memory),
        respawn=respawn,
        storm=respawns(options.respawns, pause=0.0),
        start_ms=round(start_ms, 1),
        private_mb=memory,
        confinement=confinement,
        violating=options.violating,
        load=(round(load, 2), round(os.getloadavg()[0], 2)),
    )


def main() -> None:
    """Measures, prints, and writes JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to measure (default: 20)")
    parser.add_argument("--violating", type=float, default=0.0, help="share of violating events (default: 0)")
    parser.add_argument("--respawns", type=int, default=50, help="how many workers to kill (default: 50)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    try:
        if options.json:
            require_place(options.json)
        # Redrawing the bar in a thread of its own would take turns from what is measured.
        with Progress(console=Console(stderr=True), auto_refresh=False, transient=True) as progress:
            report = measured(options, progress)
    except GuardAgentError as error:
        sys.exit(f"check_latency: {error}")
    report.show(Console(width=None if sys.stdout.isatty() else 120))
    if options.json:
        write_whole(options.json, (json.dumps(report.as_json(), indent=2) + "\n").encode())


if __name__ == "__main__":
    main()
