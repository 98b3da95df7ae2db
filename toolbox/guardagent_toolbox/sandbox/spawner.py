"""The host's side of the zygote: starts it, asks it for workers, has it end them, and holds their leashes."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from guardagent.errors import SandboxError, UnconfinedError
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.lines import Lines
from guardagent_toolbox.sandbox.wire import Progress, channel_pair, set_deadline

ZYGOTE = (sys.executable, "-I", "-m", "guardagent_toolbox.sandbox.zygote")

_MESSAGE = 4096
_ANSWER_MS = 2_000
_GOODBYE_SECONDS = 2.0


class ZygoteLost(SandboxError):
    """The zygote ended or hangs; only a new one can give workers."""


class Spawner:
    """One running zygote. When it is lost its workers serve on, and the owner starts another one for new workers."""

    def __init__(self, limits: Limits, command: Sequence[str] = ZYGOTE) -> None:
        """Starts the zygote and waits until it has imported everything.

        Raises:
            UnconfinedError: this is not Linux.
            SandboxError: the system cannot run it, or a tool cannot be imported.
        """
        _require_linux()
        self._limits = asdict(limits)
        # May be asked for again by the thread that has it: the garbage collector may close a sandbox anywhere.
        self._lock = threading.RLock()
        self._workers = 0
        self._leashes: dict[int, int] = {}
        self.lost = False
        """Whether it ended or hung; it then gives no worker any more, nor tells how one ended."""
        try:
            self._control, theirs = channel_pair()
        except OSError as error:
            raise SandboxError(f"this system has no sequenced unix sockets ({error.strerror})") from error
        self._process = self._launch(command, theirs)
        try:
            self._await_ready(limits.start_ms, command)
        except SandboxError:
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
    def pid(self) -> int | None:
        """The process id of the zygote; None once it has ended."""
        return self._process.pid if self._process.poll() is None else None

    @property
    def workers(self) -> int:
        """How many of its workers nobody has ended yet."""
        return len(self._leashes)

    def fork(self, *, probe: str = "") -> tuple[int, socket.socket, Progress]:
        """A new worker's number, and the host's ends of its channel and page; it announces itself when it is confined.

        Raises:
            ZygoteLost: the zygote is lost.
            SandboxError: this process has no descriptors left.
        """
        lines = Lines()
        with self._lock:
            self._workers += 1
            try:
                self._request(lines, probe)
            except ZygoteLost:
                lines.close_ours()
                raise
            finally:
                lines.close_theirs()
            self._leashes[self._workers] = lines.leash
            return self._workers, lines.channel, lines.progress

    def _request(self, lines: Lines, probe: str) -> None:
        request = {"do": "fork", "worker": self._workers, "limits": self._limits, "probe": probe}
        if not self.lost:
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], lines.theirs)
            except OSError:
                self._lose()
        if self.lost:
            raise ZygoteLost("the sandbox's first process is lost")

    def end(self, worker: int) -> int | None:
        """Kills the worker if it still runs, and tells the wait status it ended with; None when nobody knows."""
        with self._lock:
            status = None if self.lost else self._status_of(worker)
            self._let_go(worker)
            return status

    def _status_of(self, worker: int) -> int | None:
        try:
            self._control.send(json.dumps({"do": "end", "worker": worker}).encode())
            answer: dict[str, Any] = json.loads(self._control.recv(_MESSAGE) or b"{}")
        except (OSError, ValueError):
            answer = {}
        if answer.get("worker") != worker:
            self._lose()
            return None
        return answer.get("status")

    def _let_go(self, worker: int) -> None:
        """The kernel then kills the worker if it still runs."""
        leash = self._leashes.pop(worker, None)
        if leash is not None:
            os.close(leash)

    def _lose(self) -> None:
        """Kills a zygote that does not answer; its workers are none the worse for it."""
        self.lost = True
        self._control.close()
        self._process.kill()
        self._process.wait()

    def abandon(self) -> None:
        """Closes a forked child's copies of what the parent holds; zygote and workers stay the parent's."""
        self.lost = True
        self._control.close()
        for worker in tuple(self._leashes):
            self._let_go(worker)
        self._process.poll()  # notes that it is no child of this process

    def close(self) -> None:
        """Ends the zygote and all its workers; closing twice is harmless."""
        with self._lock:
            self.lost = True
            self._control.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_GOODBYE_SECONDS)
            if self._process.poll() is None:
                self._lose()
            for worker in tuple(self._leashes):
                self._let_go(worker)


def _require_linux() -> None:
    system = platform.system()
    if system != "Linux":
        raise UnconfinedError(
            f"the sandbox's workers need Linux, and this is `{system}`; elsewhere the engine of the extra `monty` runs",
            missing=("Landlock", "seccomp"),
        )


__all__ = ["ZYGOTE", "Spawner", "ZygoteLost"]
