"""What one check costs, side by side: a plain function, the guard language in process, and the confined worker.

    python benchmarks/perf/check_latency.py [--seconds 10] [--json FILE]

All variants run the same 20-line access-control check on the same event, in turns, so that a busy moment of the machine
meets them alike. Figures are microseconds per event; a quiet machine gives the ones that count.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from guardagent.ports import RunCase
from guardagent.types import Program
from guardagent_toolbox.compiler import Compiled, LoadedProgram, compile_source
from guardagent_toolbox.registry import TOOLBOX_VERSION, functions
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits

CHECK = '''
ALLOWED = {
    "nurse": {"lab": ["patientunitstayid", "labname"], "medication": ["drugname"]},
    "doctor": {"lab": ["labname", "labresult"], "diagnosis": ["diagnosisname"]},
}


def clause_c1(event, facts):
    """Each role reads only its own tables and columns."""
    allowed = ALLOWED.get(event["user"]["role"])
    if allowed is None:
        return violation("an unknown role", evidence=["/user/role"])
    missing = []
    for table, columns in sorted(event["tool"]["arguments"]["tables"].items()):
        for column in columns:
            if column not in allowed.get(table, []):
                missing.append(f"{table}.{column}")
    if missing:
        return violation("needs data this role may not read", details=missing, evidence=["/user/role"])
    return None
'''
EVENT = {
    "agent": "ehr",
    "stage": "tool_call",
    "user": {"name": "A. Nurse", "role": "nurse"},
    "input": {"task": "which drugs were given to this patient, and which lab values were measured today?"},
    "tool": {"name": "query", "arguments": {"tables": {"lab": ["labname"], "medication": ["drugname"]}}},
}
BATCH = 100
BURST = 200
RECOVERIES = 20


class Variant:
    """One way to run the check; collects microseconds per event."""

    def __init__(self, name: str, run: Callable[[], object], *, events: int = 1) -> None:
        self.name = name
        self._run = run
        self._events = events
        self.samples: list[float] = []

    def burst(self) -> None:
        """Takes a burst of samples."""
        for _ in range(max(1, BURST // self._events)):
            started = time.perf_counter_ns()
            self._run()
            self.samples.append((time.perf_counter_ns() - started) / 1000 / self._events)

    def figures(self) -> dict[str, float]:
        """The 50th, 95th and 99th percentile."""
        cuts = statistics.quantiles(self.samples, n=100, method="inclusive")
        return {"p50_us": round(cuts[49], 2), "p95_us": round(cuts[94], 2), "p99_us": round(cuts[98], 2)}


def measure(sandbox: Sandbox, program: Program, seconds: float) -> dict[str, dict[str, float]]:
    """The figures of every variant, measured in turns for so long."""
    case = RunCase(json.dumps(EVENT))
    cases = [case] * BATCH
    compiled = compile_source(program.source, functions())
    assert isinstance(compiled, Compiled)
    loaded = LoadedProgram(compiled, functions())
    plain: dict[str, Any] = {"violation": dict}
    exec(CHECK, plain)
    variants = (
        Variant("plain function", lambda: plain["clause_c1"](EVENT, {})),
        Variant("guard language, in process", lambda: loaded.run(EVENT, {})),
        Variant("confined worker, one event", lambda: sandbox.run(program, [case])),
        Variant(f"confined worker, batch of {BATCH}", lambda: sandbox.run(program, cases), events=BATCH),
    )
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for variant in variants:
            variant.burst()
    return {variant.name: variant.figures() for variant in variants}


def recovery_ms(sandbox: Sandbox, program: Program) -> float:
    """Median time from the death of a worker to the next answer: the spare takes over and loads the program."""
    case = RunCase(json.dumps(EVENT))
    times = []
    for _ in range(RECOVERIES):
        sandbox.run(program, [case])
        time.sleep(0.05)  # the next spare gets ready
        os.kill(min(worker_pids(sandbox)), signal.SIGKILL)
        started = time.perf_counter()
        # A check that reaches the worker in its last moment fails; the next one does not.
        while sandbox.run(program, [case])[0].failure is not None:
            pass
        times.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(times), 2)


def private_mb(sandbox: Sandbox) -> float:
    """Memory that a worker shares with nobody, in MiB."""
    with open(f"/proc/{min(worker_pids(sandbox))}/smaps_rollup") as rollup:
        kilobytes = sum(int(line.split()[1]) for line in rollup if line.startswith(("Private_Dirty", "Private_Clean")))
    return round(kilobytes / 1024, 2)


def worker_pids(sandbox: Sandbox) -> list[int]:
    """The process ids of all workers; the oldest is the one in use."""
    with open(f"/proc/{sandbox.zygote_pid}/task/{sandbox.zygote_pid}/children") as children:
        return [int(pid) for pid in children.read().split()]


def report(seconds: float) -> dict[str, Any]:
    """Everything that is measured."""
    started = time.perf_counter()
    with Sandbox(Limits(recycle_after=10**9, worker_cpu_s=3_600, kills=RECOVERIES * 10)) as sandbox:
        start_ms = round((time.perf_counter() - started) * 1000, 1)
        program = Program.of(sandbox.inspect(CHECK), toolbox_version=TOOLBOX_VERSION)
        return {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "confinement": sandbox.confinement,
            "load_before": round(os.getloadavg()[0], 2),
            "variants": measure(sandbox, program, seconds),
            "start_ms": start_ms,
            "private_mb": private_mb(sandbox) if os.geteuid() == 0 else None,
            "recovery_ms": recovery_ms(sandbox, program),
        }


def show(found: dict[str, Any]) -> None:
    """Prints the report for people."""
    figures: dict[str, dict[str, float]] = found["variants"]
    plain = figures["plain function"]["p50_us"]
    table = Table(title=f"one check, microseconds per event ({found['machine']}, load {found['load_before']})")
    table.add_column("variant")
    for heading in ("p50", "p95", "p99", "x plain"):
        table.add_column(heading, justify="right")
    for name, row in figures.items():
        cells = [f"{row[key]:.1f}" for key in ("p50_us", "p95_us", "p99_us")]
        table.add_row(name, *cells, f"{row['p50_us'] / plain:.0f}")
    console = Console()
    console.print(table)
    memory = "" if found["private_mb"] is None else f", {found['private_mb']} MiB private memory per worker"
    console.print(
        f"confined by: {found['confinement']}; start {found['start_ms']} ms, "
        f"next answer {found['recovery_ms']} ms after a worker is killed{memory}"
    )


def main() -> None:
    """Measures, prints, and writes JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long to measure (default: 10)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    found = report(options.seconds)
    show(found)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
