"""Machines that are missing something: the kernel lacks a layer, or the second engine is not installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from guardagent_toolbox.sandbox.syscalls import LANDLOCK_CREATE_RULESET, number_of
from tests.support.cli import Ended

ROOT = Path(__file__).parents[2]

LAYERS = {
    "Landlock": LANDLOCK_CREATE_RULESET,
    "seccomp": number_of("seccomp"),
    "socket pairs": {"x86_64": 53, "aarch64": 199}[os.uname().machine],
}
"""What a machine may lack, and the system call that then fails; without the last there are no workers at all."""

# An entry of None in `sys.modules` is Python's own way to say that a module cannot be had.
_WITHOUT_MONTY = "import sys; sys.modules['pydantic_monty'] = None\n"


def without(layer: str, code: str, arguments: Sequence[object] = (), *, monty: bool, stdin: str = "") -> Ended:
    """How Python code ends on a kernel without a layer, with or without pydantic-monty."""
    prefix = "" if monty else _WITHOUT_MONTY
    command = [
        sys.executable, ROOT / "tests/support/deny_system_call.py", LAYERS[layer],
        sys.executable, "-c", f"{prefix}{code}", *arguments,
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [str(word) for word in command], input=stdin, capture_output=True, text=True, env=environment, check=False
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def guardagent_without(layer: str, *arguments: object, monty: bool = False, stdin: str = "") -> Ended:
    """Runs `guardagent` with these arguments on a kernel without a layer."""
    return without(layer, "from guardagent.cli import main; main()", arguments, monty=monty, stdin=stdin)


def answer_without(layer: str, code: str, *, monty: bool) -> Any:
    """What the code prints as JSON there; fails when it ends badly."""
    ended = without(layer, code, monty=monty)
    assert ended.code == 0, ended.err
    return json.loads(ended.out)
