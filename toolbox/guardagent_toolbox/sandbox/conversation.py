"""The conversation with one worker: sends, waits, reads strictly, and tells why it ended."""

from __future__ import annotations

import select
import socket
from functools import partial

from guardagent.types import Failure, FailureCode
from guardagent_toolbox.sandbox.endings import Ended, Undelivered, cause_of
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.numbers import unforeseen_numbers
from guardagent_toolbox.sandbox.placing import Placement
from guardagent_toolbox.sandbox.spawner import Spawner
from guardagent_toolbox.sandbox.wire import MAX_MESSAGE


class Conversation:
    """The host's end of the lines of one worker. Not thread-safe: whoever holds the seat's lock uses it."""

    def __init__(self, spawner: Spawner, limits: Limits) -> None:
        """Asks for a worker without waiting for it; raises SandboxError when none can be had."""
        self._spawner = spawner
        self._limits = limits
        self._worker, self._channel, self._progress = spawner.fork()
        self._buffer = bytearray(MAX_MESSAGE)
        self._view = memoryview(self._buffer)
        self._numbers = unforeseen_numbers()
        self._number = 0
        """Of the last answer that came; a message that is sent sets it, and its answers are numbered on from there."""
        self._awaited = 0
        self._seen = 0
        self._placement = Placement(follows=limits.same_core)
        self._next = partial(self._channel.recv_into, self._buffer)
        self._answers = select.poll()
        self._answers.register(self._channel, select.POLLIN)

    @property
    def hung_up(self) -> bool:
        """Whether the process is gone."""
        poll = select.poll()
        poll.register(self._channel, 0)
        return bool(poll.poll(0))

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to receive: it said nothing that it was not asked, and has not hung up."""
        return not self._answers.poll(0)

    def require_silence(self) -> None:
        """Raises Ended when it spoke before it was asked: what is there before the question is no answer."""
        if self.is_silent:
            return
        try:
            unasked = self._channel.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except OSError:
            return  # it hung up, as sending will show
        if unasked:
            raise self.refuse()

    def answers_within(self, milliseconds: int) -> bool:
        """Whether there is something to receive before so long."""
        return bool(self._placement.wait(lambda: self._answers.poll(milliseconds)))

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
            except BaseException:
                # Interrupted, by Ctrl-C for example: the answer would come when another one is awaited.
                self.close()
                raise
            if size == 0:
                raise self._post_mortem()
            return size

    def _stalled(self) -> bool:
        """Whether the worker is still at the event that it was at a deadline ago."""
        before, self._seen = self._seen, max(self._seen, self._in_flight())
        return self._seen == before

    def _in_flight(self) -> int:
        """The number of the event in flight: what the worker says if it was sent that one; else the first."""
        said = self._progress.get()
        return said if self._number < said <= self._number + self._awaited else self._number + 1

    def _completed(self) -> int:
        """How many events are done whose answers have not come."""
        return self._in_flight() - self._number - 1

    def _end(self, code: FailureCode, message: str, completed: int = 0) -> Ended:
        self.close()
        return Ended(Failure(code=code, message=message), completed=completed)

    def _post_mortem(self, *, idle: bool = False) -> Ended:
        """Why a worker that hung up ended; `idle` when it had no message to answer."""
        completed = 0 if idle else self._completed()
        failure, blame = cause_of(self.close(), idle=idle)
        return Ended(failure, blame=blame, completed=completed)


__all__ = ["Conversation"]
