"""Sandboxes whose workers run plain Python, so that tests reach what lies behind the language."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from guardagent.ports import RunCase, RunResult
from guardagent.types import Program, digest_of
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits

UNRESTRICTED = (sys.executable, "-I", str(Path(__file__).with_name("unrestricted_zygote.py")))

# The machine that runs the tests may be busy; what a test is about gets its own, tighter limit.
PATIENT = Limits(cpu_ms=500, wall_ms=5_000, kills=1_000, spares=1)

EVENT = RunCase(json.dumps({"agent": "a", "stage": "output", "output": "hello"}))

PASS = "def check(event, facts):\n    return []\n"


def plain_sandbox(limits: Limits = PATIENT, *, clock: Callable[[], float] = time.monotonic) -> Sandbox:
    """A sandbox without language layers; everything else is as in production."""
    return Sandbox(limits, zygote=UNRESTRICTED, clock=clock)


def plain_program(source: str) -> Program:
    """Any source as a program with the one clause `c1`."""
    return Program(source=source, digest=digest_of(f"0\n{source}"), clauses=("c1",), toolbox_version="0")


def body(*lines: str) -> Program:
    """A program whose check runs the lines."""
    return plain_program("def check(event, facts):\n" + "".join(f"    {line}\n" for line in lines))


def code_of(result: RunResult) -> str:
    """The code of a result's failure; `passed` when every clause passed, else `answered`."""
    if result.failure is not None:
        return result.failure.code
    return "passed" if all(answer.outcome == "pass" for answer in result.answers) else "answered"


def run_code(sandbox: Sandbox, program: Program, case: RunCase = EVENT) -> str:
    """What became of one event, in a word."""
    (result,) = sandbox.run(program, [case])
    return code_of(result)


def has_ended(pid: int) -> bool:
    """Whether a process has ended, even if its parent has not noticed."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def children_of(pid: int) -> list[int]:
    """The process ids of a process's children."""
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return [int(child) for child in children.read().split()]


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether the condition came true in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


def open_descriptors() -> int:
    """How many descriptors this process has open."""
    return len(os.listdir("/proc/self/fd"))
