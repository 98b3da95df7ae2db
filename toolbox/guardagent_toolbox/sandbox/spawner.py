"""The host's side of the zygote: starts it, asks it for workers, and has it end them."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from guardagent.errors import SandboxError
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.wire import Progress, channel_pair, set_deadline

ZYGOTE = (sys.executable, "-I", "-m", "guardagent_toolbox.sandbox.zygote")

_MESSAGE = 4096
_ANSWER_MS = 2_000
_GOODBYE_SECONDS = 2.0


class ZygoteLost(SandboxError):
    """The zygote ended or hangs; only a new one can give workers."""


class Spawner:
    """One running zygote. When it is lost, so are its workers, and the owner starts another one."""

    def __init__(self, limits: Limits, command: Sequence[str] = ZYGOTE) -> None:
        """Starts the zygote and waits until it has imported everything.

        Raises:
            SandboxError: the system cannot run it, or a tool cannot be imported.
        """
        self._limits = asdict(limits)
        self._lock = threading.Lock()
        self._workers = 0
        try:
            self._control, theirs = channel_pair()
        except OSError as error:
            raise SandboxError(f"this system has no sequenced unix sockets ({error.strerror})") from error
        self._process = self._launch(command, theirs)
        try:
            self._await_ready(limits.start_ms, command)
        except SandboxError:
            self._control.close()
            self._lose()
            raise

    def _launch(self, command: Sequence[str], theirs: socket.socket) -> subprocess.Popen[bytes]:
        with theirs:
            try:
                return subprocess.Popen(
                    [*command, str(theirs.fileno())],
                    env={},
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # a Ctrl-C in the terminal is the host's business
                )
            except OSError as error:
                self._control.close()
                raise SandboxError(f"cannot start `{command[0]}`: {error.strerror}") from error

    def _await_ready(self, milliseconds: int, command: Sequence[str]) -> None:
        set_deadline(self._control, milliseconds)
        try:
            answer = json.loads(self._control.recv(_MESSAGE) or b"{}")
        except BlockingIOError:
            answer = {"error": f"not ready after {milliseconds} ms"}
        except OSError as error:
            answer = {"error": str(error.strerror)}
        set_deadline(self._control, _ANSWER_MS)
        if "ready" not in answer:
            reason = answer.get("error", f"it ended at once; run `{' '.join(command)} 0` to see why")
            raise SandboxError(f"the sandbox's first process did not start: {reason}")

    @property
    def pid(self) -> int:
        """The process id of the zygote."""
        return self._process.pid

    def fork(self, *, probe: str = "") -> tuple[int, socket.socket, Progress]:
        """A new worker's number, and the host's ends of its channel and page; it announces itself when it is confined.

        Raises:
            ZygoteLost: the zygote is lost.
            SandboxError: this process has no descriptors left.
        """
        ours, theirs, progress, page = _connections()
        with self._lock, theirs:
            self._workers += 1
            request = {"do": "fork", "worker": self._workers, "limits": self._limits, "probe": probe}
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], [theirs.fileno(), page])
            except OSError as error:
                ours.close()
                progress.close()
                raise ZygoteLost("the sandbox's first process is lost") from error
            finally:
                os.close(page)
            return self._workers, ours, progress

    def end(self, worker: int) -> int | None:
        """Kills the worker if it still runs, and tells the wait status it ended with; None when nobody knows."""
        with self._lock:
            try:
                self._control.send(json.dumps({"do": "end", "worker": worker}).encode())
                answer: dict[str, Any] = json.loads(self._control.recv(_MESSAGE) or b"{}")
            except OSError:
                self._lose()
                return None
            if answer.get("worker") != worker:
                self._lose()
                return None
            return answer.get("status")

    def _lose(self) -> None:
        """A zygote that does not answer is killed; the kernel then kills its workers."""
        self._process.kill()
        self._process.wait()

    def abandon(self) -> None:
        """Closes a forked child's copy of the control socket; the zygote stays the parent's."""
        self._control.close()
        self._process.poll()  # notes that it is no child of this process

    def close(self) -> None:
        """Ends the zygote and all its workers; closing twice is harmless."""
        with self._lock:
            self._control.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_GOODBYE_SECONDS)
            if self._process.poll() is None:
                self._lose()


def _connections() -> tuple[socket.socket, socket.socket, Progress, int]:
    try:
        ours, theirs = channel_pair()
    except OSError as error:
        raise SandboxError(f"no channel for a worker: {error.strerror}") from error
    try:
        return ours, theirs, *Progress.create()
    except (OSError, AttributeError) as error:
        ours.close()
        theirs.close()
        raise SandboxError(f"no shared page for a worker: {error}") from error


__all__ = ["ZYGOTE", "Spawner", "ZygoteLost"]
