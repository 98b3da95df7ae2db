"""The host's handle on one worker: sends, waits, reads strictly, and tells why it ended."""

from __future__ import annotations

import json
import select
import signal
import time
from collections.abc import Iterator
from functools import partial
from typing import Any, Literal

from guardagent.types import Failure, FailureCode
from guardagent_toolbox.sandbox.confine import Layers
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.placing import Placement
from guardagent_toolbox.sandbox.replies import BadReply, answer_in, payload_of
from guardagent_toolbox.sandbox.spawner import Spawner
from guardagent_toolbox.sandbox.wire import MAX_MESSAGE, set_deadline

_TIME_SIGNALS = frozenset({signal.SIGPROF, signal.SIGXCPU})
# What a person, an orderly shutdown or the kernel short of memory sends to a worker that did nothing.
_OUTER_SIGNALS = frozenset({signal.SIGKILL, signal.SIGTERM})


Wear = Literal["", "events", "seconds", "tainted", "orphaned"]
"""Why a worker is replaced before it ended: enough events, enough time, it may hold what a program piled up, or its
zygote was lost."""


class Ended(Exception):
    """The worker is gone; `failure` is what the message in flight gets."""

    def __init__(self, failure: Failure, *, blame: bool = True, completed: int = 0) -> None:
        super().__init__(failure.code)
        self.failure = failure
        self.completed = completed
        """Events before the one in flight that were done, but whose answers are lost."""
        self.blame = blame
        """Whether the program is the suspect; not so when somebody else ended the worker."""


class Undelivered(Ended):
    """The worker was gone before the message reached it, so that another one may safely have it."""


class WorkerHandle:
    """One worker process. Not thread-safe: whoever holds the seat's lock uses it."""

    def __init__(self, spawner: Spawner, limits: Limits) -> None:
        """Asks for a worker without waiting for it; raises SandboxError when none can be had."""
        self._spawner = spawner
        self._limits = limits
        self._worker, self._channel, self._progress = spawner.fork()
        self._buffer = bytearray(MAX_MESSAGE)
        self._view = memoryview(self._buffer)
        self._number = 0
        self._awaited = 0
        self._seen = 0
        self._slots: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._events_left = limits.recycle_after
        self._seconds_left = limits.worker_cpu_s / 2
        self._asked_at = time.perf_counter()
        self._wear: Wear = ""
        self._reply_bytes = limits.reply_bytes
        self._placement = Placement(follows=limits.same_core)
        self._next = partial(self._channel.recv_into, self._buffer)
        self._answers = select.poll()
        self._answers.register(self._channel, select.POLLIN)
        self._pid = 0
        self.layers = Layers()
        self.last_source = ""
        """The program that it ran last: the suspect if it is found dead."""

    @property
    def ready(self) -> bool:
        """Whether it has said how it is confined."""
        return self.layers.uid >= 0

    @property
    def pid(self) -> int | None:
        """The worker's process id; None until it is ready."""
        return self._pid or None

    @property
    def worn(self) -> Wear:
        """Why it is to serve no other event; empty while it may."""
        if self._events_left <= 0:
            return "events"
        return "seconds" if self._seconds_left <= 0 else self._wear

    @property
    def asked_at(self) -> float:
        """When it was last asked something, by `time.perf_counter`."""
        return self._asked_at

    @property
    def orphaned(self) -> bool:
        """Whether its zygote was lost, so that nobody could tell how it ends."""
        return self._spawner.lost

    @property
    def hung_up(self) -> bool:
        """Whether the process is gone."""
        poll = select.poll()
        poll.register(self._channel, 0)
        return bool(poll.poll(0))

    def wear_out(self, wear: Wear) -> None:
        """Lets it serve no other event."""
        self._wear = wear

    def answers_within(self, milliseconds: int) -> bool:
        """Whether there is something to receive before so long."""
        return bool(self._placement.wait(lambda: self._answers.poll(milliseconds)))

    def loaded(self, source: str) -> tuple[str, ...] | None:
        """The clauses of a program that is ready to run; None for any other."""
        slot = self._slots.get(source)
        return None if slot is None else slot[1]

    def await_ready(self) -> None:
        """Waits until the worker is confined; raises Ended when it does not get there."""
        set_deadline(self._channel, self._limits.worker_start_ms)
        try:
            announced = json.loads(self._receive(MAX_MESSAGE))
            self.layers = Layers(**announced["layers"])
            self._pid = int(announced["pid"])
        except (ValueError, TypeError, KeyError):
            raise self._end("bad_reply", "the worker did not say how it is confined") from None
        set_deadline(self._channel, self._limits.wall_ms)

    def inspect(self, source: str) -> Any:
        """What the compiler reads in `source`, still to be validated, or a Failure."""
        return self._compile(b"inspect %d\n" % self._count(), source)

    def load(self, source: str) -> tuple[str, ...] | Failure:
        """Makes the program ready to run and names its clauses; a Failure when the compiler does not take it."""
        loaded = self._slots.get(source)
        if loaded is not None:
            return loaded[1]
        if len(self._slots) >= self._limits.programs:
            slot, _clauses = self._slots.pop(next(iter(self._slots)))
            self._send(b"drop %d %d\n" % (self._count(), slot))
        slot = self._count()
        payload = self._compile(b"load %d %d\n" % (slot, slot), source)
        if isinstance(payload, Failure):
            return payload
        if type(payload) is not list or any(type(clause) is not str for clause in payload):
            raise self.refuse()
        self._slots[source] = slot, tuple(payload)
        return tuple(payload)

    def send_events(self, source: str, body: bytes, events: int) -> None:
        """Starts the checks of a loaded program on encoded cases, whose answers `receive_answers` then gives."""
        slot, _clauses = self._slots[source]
        self._placement.follow(self._pid, self._answers)
        self._send(b"run %d %d\n" % (self._number + 1, slot) + body)
        self._awaited = events
        self.last_source = source
        self._asked_at = time.perf_counter()

    def receive_answers(self) -> Iterator[tuple[Any, int]]:
        """The answers to the next events, at least to one: a payload, still to be validated, or a Failure.

        With each, how many events it answers.
        """
        reply = self._receive(MAX_MESSAGE)
        now = time.perf_counter()
        self._seconds_left -= now - self._asked_at
        self._asked_at = now
        answers = reply.split(b"\n")
        if len(answers) > self._awaited:
            raise self.refuse()
        for answer in answers:
            if len(answer) > self._reply_bytes or not self._awaited:
                raise self.refuse()
            try:
                payload, events = answer_in(answer, self._number + 1, self._awaited)
            except BadReply:
                raise self.refuse() from None
            self._number += events
            self._awaited -= events
            self._events_left -= events
            yield payload, events

    def refuse(self) -> Ended:
        """Ends the worker for a reply that no honest worker sends; the exception to raise."""
        return self._end("bad_reply", "the worker's reply was malformed")

    def close(self) -> int | None:
        """Ends the worker; its wait status where it is known."""
        self.abandon()
        return self._spawner.end(self._worker)

    def abandon(self) -> None:
        """Closes this process's end without touching the worker."""
        self._channel.close()
        self._progress.close()

    def _compile(self, head: bytes, source: str) -> Any:
        number = self._number
        set_deadline(self._channel, self._limits.compile_wall_ms)
        self._send(head + source.encode())
        self.last_source = source
        started = time.perf_counter()
        reply = self._receive(MAX_MESSAGE)
        self._seconds_left -= time.perf_counter() - started
        set_deadline(self._channel, self._limits.wall_ms)
        return self._payload(reply, number)

    def _payload(self, reply: bytes, number: int) -> Any:
        try:
            return payload_of(reply, number)
        except BadReply:
            raise self.refuse() from None

    def _count(self) -> int:
        self._number += 1
        return self._number

    def _send(self, message: bytes) -> None:
        self._awaited = 0
        self._seen = self._number + 1
        try:
            self._channel.send(message)
        except OSError:
            ended = self._post_mortem(idle=True)
            raise Undelivered(ended.failure, blame=ended.blame) from None

    def _receive(self, longest: int) -> bytes:
        size = self._size_of_next()
        # A longer message fills the buffer and is cut, so that a full buffer is always too long.
        if size > longest or size >= MAX_MESSAGE:
            raise self.refuse()
        return bytes(self._view[:size])

    def _size_of_next(self) -> int:
        """Receives one message into the buffer."""
        while True:
            try:
                size = self._placement.wait(self._next)
            except BlockingIOError:
                if self._stalled():
                    raise self._end("timeout", "no answer within the deadline", self._completed()) from None
                continue
            except OSError:
                size = 0
            if size == 0:
                raise self._post_mortem()
            return size

    def _stalled(self) -> bool:
        """Whether the worker is still at the event that it was at a deadline ago."""
        before, self._seen = self._seen, max(self._seen, self._in_flight())
        return self._seen == before

    def _in_flight(self) -> int:
        """The number of the event in flight, as the worker says and within what it was sent."""
        return min(self._progress.get(), self._number + self._awaited)

    def _completed(self) -> int:
        """How many events are done whose answers have not come."""
        return max(0, self._in_flight() - self._number - 1)

    def _end(self, code: FailureCode, message: str, completed: int = 0) -> Ended:
        self.close()
        return Ended(Failure(code=code, message=message), completed=completed)

    def _post_mortem(self, *, idle: bool = False) -> Ended:
        """Why a worker that hung up ended; `idle` when it had no message to answer."""
        completed = self._completed()
        failure, blame = _cause_of(self.close(), idle=idle)
        return Ended(failure, blame=blame, completed=completed)


def _cause_of(status: int | None, *, idle: bool) -> tuple[Failure, bool]:
    """The failure that a wait status tells of, and whether the program is to blame for it."""
    if status is None:
        unknown = "the worker ended, and the process that would know how was lost before"
        return Failure(code="crash", message=unknown), not idle
    number = status & 0x7F
    if number == signal.SIGSYS:
        return Failure(code="escape_attempt", message="a forbidden system call; worker killed"), True
    if number in _TIME_SIGNALS:
        return Failure(code="timeout", message="the CPU time of the event is spent; worker killed"), True
    how = f"signal {number}" if number else f"exit code {status >> 8}"
    return Failure(code="crash", message=f"the worker ended with {how}"), not (idle and number in _OUTER_SIGNALS)


__all__ = ["Ended", "Undelivered", "Wear", "WorkerHandle"]
