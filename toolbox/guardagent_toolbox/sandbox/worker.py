"""The loop of a worker: it receives, computes and answers, until the host hangs up or the kernel ends it."""

from __future__ import annotations

import gc
import mmap
import os
import socket
from collections.abc import Callable
from functools import partial
from signal import ITIMER_PROF, setitimer
from typing import Any, NoReturn, Protocol

from msgspec import DecodeError
from msgspec.json import Decoder, Encoder

from guardagent_toolbox.sandbox.confine import Layers, confine
from guardagent_toolbox.sandbox.libc import give_back
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.wire import CHANNEL, FLUSH, MAX_MESSAGE, Progress

# A fraction of the time of the standard library, which a batch of checks notices. Exact for integers of any size.
_encode: Callable[[object], bytes] = Encoder().encode
_decode: Callable[[bytes], dict[str, Any]] = Decoder(dict).decode

Run = Callable[[dict[str, Any], dict[str, Any]], list[list[Any]]]
"""Answers one event with its facts by rows, as `LoadedProgram.run` does."""


class Rejected(Exception):
    """The compiler does not take a source; says the first reason."""


class Engine(Protocol):
    """Reads and loads sources inside a worker."""

    def inspect(self, source: str) -> dict[str, Any]:
        """What the compiler reads in it, as plain JSON; `errors` stand alone."""
        ...

    def load(self, source: str) -> tuple[tuple[str, ...], Run]:
        """The program's clauses, and the program ready to run; raises Rejected."""
        ...


Rehearsal = Callable[[Engine], None]
"""What a confined worker does with its engine before it serves anybody."""


def no_rehearsal(_engine: Engine) -> None:
    """Lets the worker begin with what it is asked first."""


def become_worker(engine: Engine, limits: Limits, progress: Progress, rehearse: Rehearsal = no_rehearsal) -> NoReturn:
    """Confines this process, says so on the channel, and serves it until it ends."""
    channel = socket.socket(fileno=CHANNEL)
    layers = confine(limits)
    announce(channel, layers)
    rehearse(engine)
    gc.enable()
    Worker(channel, engine, limits, progress).serve()
    os._exit(0)


def announce(channel: socket.socket, layers: Layers) -> None:
    """Sends what confines this process, and its id; the first message of every worker."""
    channel.send(_encode({"layers": layers.as_json(), "pid": os.getpid()}))


class Worker:
    """Answers one message after the other; holds loaded programs by slot and nothing of earlier events."""

    def __init__(self, channel: socket.socket, engine: Engine, limits: Limits, progress: Progress) -> None:
        self._channel = channel
        self._progress = progress.cells
        self._engine = engine
        self._reply_bytes = limits.reply_bytes
        self._event_seconds = limits.cpu_ms / 1000
        self._compile_seconds = limits.compile_cpu_ms / 1000
        self._programs: dict[int, Run] = {}

    def serve(self) -> None:
        """Returns when the host hangs up. Anything unexpected ends the process, which the host takes as a denial."""
        # Pages of it take memory once a message is so long; those of a bytearray would at once.
        buffer = mmap.mmap(-1, MAX_MESSAGE)
        view = memoryview(buffer)
        receive = self._channel.recv_into
        _allow(self._event_seconds)
        while size := receive(buffer):
            end = buffer.find(b"\n", 0, size)
            body = bytes(view[end + 1 : size])
            match buffer[:end].split():
                case [b"run", number, slot]:
                    self._run(int(number), self._programs[int(slot)], body.split(b"\n"))
                case [b"load", number, slot]:
                    self._compile(int(number), partial(self._load, int(slot)), body)
                case [b"inspect", number]:
                    self._compile(int(number), self._engine.inspect, body)
                case [b"drop", slot]:
                    del self._programs[int(slot)]

    def _run(self, number: int, run: Run, lines: list[bytes]) -> None:
        progress, seconds = self._progress, self._event_seconds
        replies: list[bytes] = []
        length = 0
        unsaid = number
        """The first event whose answer is not among the replies: it passed, and so did all after it."""
        for event, facts in zip(lines[::2], lines[1::2], strict=True):
            progress[0] = number
            try:
                rows = run(_object(event), {} if facts == b"{}" else _object(facts))
                reply = _success(number, rows, self._reply_bytes) if rows else b""
            except Exception as error:
                reply = _failure_of(number, error)
            # The budget of the next event starts here, so that one call to the kernel per event is enough.
            setitimer(ITIMER_PROF, seconds)
            if reply:
                if unsaid < number:
                    replies.append(_passes(unsaid, number - 1))
                unsaid = number + 1
                replies.append(reply)
                length += len(reply)
                if length >= FLUSH:
                    self._channel.send(b"\n".join(replies))
                    replies, length = [], 0
            number += 1
        if unsaid < number:
            replies.append(_passes(unsaid, number - 1))
        if replies:
            self._channel.send(b"\n".join(replies))

    def _compile(self, number: int, step: Callable[[str], object], source: bytes) -> None:
        _allow(self._compile_seconds)
        try:
            reply = _success(number, step(source.decode()), MAX_MESSAGE)
        except Exception as error:
            reply = _failure_of(number, error)
        _allow(self._event_seconds)
        self._channel.send(reply)
        give_back()  # a compiler needs far more memory than the programs

    def _load(self, slot: int, source: str) -> tuple[str, ...]:
        clauses, self._programs[slot] = self._engine.load(source)
        return clauses


class _Malformed(Exception):
    """The event or its facts are not JSON objects."""


def _allow(seconds: float) -> None:
    # SIGPROF keeps its default action: it ends the process, and no `except` can swallow it.
    setitimer(ITIMER_PROF, seconds)


def _object(line: bytes) -> dict[str, Any]:
    try:
        return _decode(line)
    except (DecodeError, ValueError, RecursionError):
        raise _Malformed from None


def _success(number: int, payload: object, longest: int) -> bytes:
    reply = b"[%d,%b]" % (number, _encode(payload))
    if len(reply) > longest:
        return _failure(number, "bad_answer", f"the answer is longer than {longest} bytes")
    return reply


def _passes(first: int, last: int) -> bytes:
    return b"[%d,%d,[]]" % (first, last) if first < last else b"[%d,[]]" % first


def _failure_of(number: int, error: Exception) -> bytes:
    """What the host is told of an exception; never its text, which may quote the event."""
    match error:
        case MemoryError():
            return _failure(number, "memory", "the program needs more memory than it is given")
        case RecursionError():
            return _failure(number, "budget", "the program or its data is nested too deeply")
        case _Malformed():
            return _failure(number, "invalid_event", "the event or its facts are not a JSON object")
        case Rejected():
            return _failure(number, "rejected_program", str(error))
        case _:
            return _failure(number, "program_error", f"the program raised `{type(error).__name__}`")


def _failure(number: int, code: str, message: str) -> bytes:
    return _encode([number, code, message])


__all__ = ["Engine", "Rehearsal", "Rejected", "Run", "Worker", "announce", "become_worker", "no_rehearsal"]
