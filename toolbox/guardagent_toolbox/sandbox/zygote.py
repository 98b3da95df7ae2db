"""The zygote: a process that imports and warms everything once and forks workers on request.

It is started with an empty environment, hears only "fork" and "end" from the host, and never sees a program, an event
or anything else of a tenant. It ends when the host hangs up, and its workers with it. Should it be lost while the host
lives, its workers serve on: they are on the host's leash, not on that of their parent.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import sys
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

from guardagent_toolbox.sandbox.leash import LEASH
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.probes import become_probe
from guardagent_toolbox.sandbox.sharing import settle
from guardagent_toolbox.sandbox.wire import CHANNEL, Progress
from guardagent_toolbox.sandbox.worker import Engine, Rehearsal, become_worker, no_rehearsal

_MESSAGE = 4096
_MOST_DESCRIPTORS = 64


def main(make_engine: Callable[[], Engine], rehearse: Rehearsal = no_rehearsal) -> None:
    """Serves the control socket whose descriptor is the one argument; workers compile and run with the engine.

    Each worker rehearses with it as soon as it is confined.
    """
    control = _control_socket(int(sys.argv[1]))
    warnings.simplefilter("ignore")  # showing one would read source files, which kills a confined worker
    try:
        engine = make_engine()
    # Whatever a third party's tool raises while it is imported, the host must learn why it has no sandbox.
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        control.send(json.dumps({"error": reason[:1000]}).encode())
        return
    _settle()
    control.send(b'{"ready":true}')
    Zygote(control, engine, rehearse).serve()


def _control_socket(descriptor: int) -> socket.socket:
    """The socket under a low number: children close the low ones, and none of them may keep this one."""
    low = os.dup(descriptor)
    os.close(descriptor)
    return socket.socket(fileno=low)


def _settle() -> None:
    """Leaves this process as workers should inherit it."""
    os.environ.clear()  # Python itself may have set a locale
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    sys.stdin = sys.stdout = sys.stderr = None
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_DESCRIPTORS, _MOST_DESCRIPTORS))
    settle()


class Zygote:
    """Forks and ends workers, which it knows by the host's numbers."""

    def __init__(self, control: socket.socket, engine: Engine, rehearse: Rehearsal = no_rehearsal) -> None:
        self._control = control
        self._engine = engine
        self._rehearse = rehearse
        self._children: dict[int, int] = {}

    def serve(self) -> None:
        """Returns when the host hangs up; then no worker is left."""
        while True:
            message, descriptors, _flags, _address = socket.recv_fds(self._control, _MESSAGE, 3)
            if not message:
                break
            request = json.loads(message)
            if request["do"] == "fork":
                self._fork(request, *descriptors)
                for descriptor in descriptors:
                    os.close(descriptor)
            else:
                status = self._end(request["worker"])
                self._control.send(json.dumps({"worker": request["worker"], "status": status}).encode())
        for worker in list(self._children):
            self._end(worker)

    def _fork(self, request: dict[str, Any], channel: int, page: int, leash: int) -> None:
        parent = os.getpid()
        # A refused fork closes the channel, and the host sees a worker that hung up.
        with contextlib.suppress(OSError):
            pid = os.fork()
            if pid == 0:
                self._be_child(request, channel, page, leash, parent)
            self._children[request["worker"]] = pid

    def _be_child(self, request: dict[str, Any], channel: int, page: int, leash: int, parent: int) -> NoReturn:
        try:
            self._control.detach()
            progress = Progress(page)
            # Both numbers may be those of a descriptor that is still to be moved.
            moved = os.dup(channel), os.dup(leash)
            os.dup2(moved[0], CHANNEL)
            os.dup2(moved[1], LEASH)
            os.closerange(0, CHANNEL)
            os.closerange(LEASH + 1, _MOST_DESCRIPTORS)
            limits = Limits(**request["limits"])
            if request["probe"]:
                become_probe(request["probe"], limits, parent=parent)
            become_worker(self._engine, limits, progress, self._rehearse)
        finally:
            os._exit(1)

    def _end(self, worker: int) -> int | None:
        """The wait status of a worker, which is killed if it still runs; None for one that never was."""
        pid = self._children.pop(worker, None)
        if pid is None:
            return None
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return os.waitpid(pid, 0)[1]


if __name__ == "__main__":
    from guardagent_toolbox.sandbox.warm import rehearse, warmed_engine

    main(warmed_engine, rehearse)

__all__ = ["Zygote", "main"]
