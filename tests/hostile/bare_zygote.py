"""A zygote whose workers run programs as plain Python: no allow-list, no RestrictedPython, no guards, no budgets.

Only tests start it. Everything else is as in production: tools, answers, confinement, deadlines, host. With the word
`unconfined` the kernel does not confine them either, which shows that the attacks are real.
"""

from __future__ import annotations

import ast
import ctypes
import functools
import gc
import io
import json
import mmap
import operator
import os
import re
import signal
import socket
import string
import struct
import subprocess
import sys
import time
from typing import Any

from guardagent_toolbox.registry import catalogue, functions
from guardagent_toolbox.runtime.answers import ANSWER_FUNCTIONS, Reply, row_of
from guardagent_toolbox.sandbox import worker
from guardagent_toolbox.sandbox.confine import Layers
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.syscalls import number_of
from guardagent_toolbox.sandbox.warm import warm_tool
from guardagent_toolbox.sandbox.wire import CHANNEL
from guardagent_toolbox.sandbox.worker import Run
from guardagent_toolbox.sandbox.zygote import main

# What hostile programs use; importing them in a confined worker would be one more thing that is stopped.
MODULES = (
    ast, ctypes, functools, gc, io, json, mmap, operator, os, re, signal, socket, string, struct, subprocess,
    sys, time,
)  # fmt: skip

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def kernel(call: str | int, *arguments: Any) -> int:
    """A raw system call by name or number, as native code would make it; -1 when it fails."""
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    number = number_of(call) if isinstance(call, str) else call
    return int(_libc.syscall(ctypes.c_long(number), *words))


def send(message: bytes) -> None:
    """Sends a message to the host, beside the worker's own."""
    kernel("sendto", CHANNEL, message, len(message), 0, None, 0)


class BareLanguage:
    """Runs the clause functions of any source; what is no answer goes to the host as it is."""

    def __init__(self) -> None:
        for spec in catalogue().values():
            warm_tool(spec)

    def inspect(self, source: str) -> dict[str, Any]:
        clauses, _run = self.load(source)
        return {"source": source, "clauses": clauses, "helpers": [], "tools": [], "facts": {}}

    def load(self, source: str) -> tuple[tuple[str, ...], Run]:
        names: dict[str, Any] = {**functions(), **ANSWER_FUNCTIONS, "kernel": kernel, "send": send}
        exec(compile(source, "<bare\ud800>", "exec"), names)
        clauses = tuple(name.removeprefix("clause_") for name in names if name.startswith("clause_"))

        def run(event: dict[str, Any], facts: dict[str, Any]) -> Any:
            answers = [(clause, names[f"clause_{clause}"](event, facts)) for clause in clauses]
            if any(answer is not None and type(answer) is not Reply for _, answer in answers):
                return [answer for _, answer in answers]
            return [row_of(clause, answer) for clause, answer in answers if answer is not None]

        return clauses, run


def leave_open(limits: Limits) -> Layers:
    """Confines nothing."""
    return Layers(uid=os.getuid())


if __name__ == "__main__":
    if "unconfined" in sys.argv:
        sys.argv.remove("unconfined")
        worker.confine = leave_open  # type: ignore[attr-defined]
    main(BareLanguage)
