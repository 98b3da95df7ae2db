"""A zygote whose workers run plain Python: what an attacker has once every language layer is broken.

Only tests start it. It shows that the kernel, the deadlines and the host hold without the compiler.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import re
import signal
import socket
import sys
import time
from typing import Any

from guardagent_toolbox.sandbox.wire import CHANNEL, Progress
from guardagent_toolbox.sandbox.worker import Run
from guardagent_toolbox.sandbox.zygote import main

# What hostile sources use; importing them in a confined worker would be one more thing that is stopped.
MODULES = (ctypes, gc, json, os, signal, socket, sys, time)


def send(message: bytes) -> None:
    """Sends a message to the host, beside the worker's own."""
    ctypes.pythonapi.send(CHANNEL, message, len(message), 0)


def send_numbered(message: str) -> None:
    """Sends a message in which `+0` stands for the number of the event in flight, `+1` for that of the next one."""
    (page,) = [one for one in gc.get_objects() if type(one) is Progress]
    send(re.sub(r"\+(\d)", lambda found: str(page.get() + int(found[1])), message).encode())


def wait() -> None:
    """Waits for a message that never comes."""
    ctypes.pythonapi.recv(CHANNEL, ctypes.create_string_buffer(1), 1, 0)


class PlainPython:
    """Runs any source. `check(event, facts)` in it gives the payload of the reply, `INSPECTION` that of an inspect."""

    def inspect(self, source: str) -> dict[str, Any]:
        names = _run(source)
        found: dict[str, Any] = names.get("INSPECTION", {"errors": [[1, "no INSPECTION"]]})
        return found

    def load(self, source: str) -> tuple[tuple[str, ...], Run]:
        run: Run = _run(source)["check"]
        return ("c1",), run


def _run(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {module.__name__: module for module in MODULES} | {
        "send": send,
        "send_numbered": send_numbered,
        "wait": wait,
    }
    exec(compile(source, "<plain\ud800>", "exec"), names)
    return names


if __name__ == "__main__":
    main(PlainPython)
