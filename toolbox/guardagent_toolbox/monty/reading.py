"""Reads sources for Monty in a plain process of its own, which is ended when it takes too long or too much.

A hostile source runs nothing while it is read, and what is read is small (48 KB). But Python's own parser and compiler
have crashed on less, and a crash here would take the service along. The process has no kernel confinement, because this
engine is for machines that have none; it has limits of time and memory, an empty environment, and runs no policy code.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import astuple
from typing import IO, Any

from guardagent_toolbox.language.outline import Errors
from guardagent_toolbox.language.reading import Tools
from guardagent_toolbox.language.shape import check_text
from guardagent_toolbox.monty.limits import MontyLimits
from guardagent_toolbox.monty.program import MontyProgram, compile_for_monty
from guardagent_toolbox.vocabulary import MAX_SOURCE_BYTES

COMMAND = (sys.executable, "-I", "-m", "guardagent_toolbox.monty.reading")

_CPU_SECONDS = 600
_HEADROOM = 256 << 20


class ReaderLost(Exception):
    """The reading process ended, hangs, or gave nonsense; says why in one line."""


class SourceReader:
    """Compiles sources, one at a time, in a child process that is started with the first one."""

    def __init__(self, limits: MontyLimits) -> None:
        self._limits = limits
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process, for monitoring; None when there is none now."""
        return None if self._child is None else self._child.pid

    def read(self, source: str) -> MontyProgram | Errors:
        """What `compile_for_monty` gives for the source; raises ReaderLost."""
        if len(source) > MAX_SOURCE_BYTES:
            # Refused before anything is parsed; nothing of that size needs to be sent.
            return check_text(source)
        child = self._child or self._start()
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(json.dumps(source).encode() + b"\n")
            child.stdin.flush()
        except OSError:
            self.close()
            raise ReaderLost("the process that reads sources ended") from None
        line = _line_within(child.stdout, self._limits.compile_wall_ms / 1000)
        if not line.endswith(b"\n"):
            self.close()
            raise ReaderLost("the compiler could not finish with this source")
        return _decoded(line)

    def close(self) -> None:
        """Ends the process; the next source starts another one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            child = subprocess.Popen(
                COMMAND, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            raise ReaderLost(f"the process that reads sources cannot be started ({type(error).__name__})") from None
        self._child = child
        assert child.stdout is not None
        if _line_within(child.stdout, self._limits.start_ms / 1000) != b"ready\n":
            self.close()
            raise ReaderLost("the process that reads sources does not start; is a package of tools broken?")
        return child


def _line_within(stream: IO[bytes], seconds: float) -> bytes:
    """The next line; what there is of it, perhaps nothing, when the time is up or the stream ends."""
    found: list[bytes] = []
    thread = threading.Thread(target=lambda: found.append(stream.readline()), daemon=True)
    thread.start()
    thread.join(seconds)
    return found[0] if found else b""


def _decoded(line: bytes) -> MontyProgram | Errors:
    try:
        reply: Any = json.loads(line)
        if "errors" in reply:
            return [(int(number), str(message)) for number, message in reply["errors"]]
        source, text, clauses, helpers, tools, facts, places, facts_of = reply["program"]
        where = tuple((int(a), int(b), int(c)) for a, b, c in places)
        names = tuple(clauses), tuple(helpers), tuple(tools)
        return MontyProgram(str(source), str(text), *names, dict(facts), where, dict(facts_of))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ReaderLost("the process that reads sources gave a malformed reply") from None


def main() -> None:
    """Answers one line per source, until the host hangs up."""
    from guardagent_toolbox.registry import functions

    tools = functions()
    _limit()
    # What a stranger's tools print while they are imported must not stand among the answers.
    out = sys.stdout.buffer
    out.write(b"ready\n")
    out.flush()
    for line in sys.stdin.buffer:
        out.write(json.dumps(answer(json.loads(line), tools)).encode() + b"\n")
        out.flush()


def answer(source: str, tools: Tools) -> dict[str, Any]:
    """The reply for a source, as plain JSON."""
    program = compile_for_monty(source, tools)
    return {"program": astuple(program)} if isinstance(program, MontyProgram) else {"errors": program}


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not a POSIX system; the host's patience is all there is
        return
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    bounds = [(resource.RLIMIT_CPU, _CPU_SECONDS), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)]
    for kind, value in [*bounds, (resource.RLIMIT_AS, 4 * used + _HEADROOM)]:
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):  # already lower, or not for this system
            continue


if __name__ == "__main__":
    main()

__all__ = ["ReaderLost", "SourceReader"]
