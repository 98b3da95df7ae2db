"""The host's handle on one worker: what it is asked, what it has loaded, and for how long it may serve."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any, Literal

from guardagent.types import Failure
from guardagent_toolbox.sandbox.confine import Layers
from guardagent_toolbox.sandbox.conversation import Conversation
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.replies import BadReply, answer_in, payload_of
from guardagent_toolbox.sandbox.spawner import Spawner
from guardagent_toolbox.sandbox.wire import MAX_MESSAGE, set_deadline

Wear = Literal["", "events", "seconds", "tainted", "orphaned"]
"""Why a worker is replaced before it ended: enough events, enough time, it may hold what a program piled up, or its
zygote was lost."""


class WorkerHandle(Conversation):
    """One worker process. Not thread-safe: whoever holds the seat's lock uses it."""

    def __init__(self, spawner: Spawner, limits: Limits) -> None:
        """Asks for a worker without waiting for it; raises SandboxError when none can be had."""
        super().__init__(spawner, limits)
        self._slots: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._slots_used = 0
        self._events_left = limits.recycle_after
        self._seconds_left = limits.worker_cpu_s / 2
        self._asked_at = time.perf_counter()
        self._wear: Wear = ""
        self._reply_bytes = limits.reply_bytes
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

    def wear_out(self, wear: Wear) -> None:
        """Lets it serve no other event."""
        self._wear = wear

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
        return self._compile(b"inspect %d\n", source)

    def load(self, source: str) -> tuple[str, ...] | Failure:
        """Makes the program ready to run and names its clauses; a Failure when the compiler does not take it."""
        loaded = self._slots.get(source)
        if loaded is not None:
            return loaded[1]
        if len(self._slots) >= self._limits.programs:
            slot, _clauses = self._slots.pop(next(iter(self._slots)))
            self._send(b"drop %d\n" % slot)
        self._slots_used = slot = self._slots_used + 1
        payload = self._compile(b"load %%d %d\n" % slot, source)
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
        self._number = number = next(self._numbers)
        self._send(b"run %d %d\n" % (number + 1, slot) + body)
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

    def _compile(self, head: bytes, source: str) -> Any:
        self._number = number = next(self._numbers)
        set_deadline(self._channel, self._limits.compile_wall_ms)
        self._send(head % number + source.encode())
        self.last_source = source
        started = time.perf_counter()
        reply = self._receive(MAX_MESSAGE)
        self._seconds_left -= time.perf_counter() - started
        set_deadline(self._channel, self._limits.wall_ms)
        try:
            return payload_of(reply, number)
        except BadReply:
            raise self.refuse() from None


__all__ = ["Wear", "WorkerHandle"]
