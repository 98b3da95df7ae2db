"""Messages between the host and a worker: one SEQPACKET each.

To a worker: a header line, then what its verb needs. No number can be foreseen, so that no answer can be sent ahead.
    inspect number     the source; answers what the compiler read
    load number slot   the source; keeps the program under `slot` and answers its clauses
    drop slot          nothing; forgets the program of `slot` and does not answer
    run number slot    two lines of JSON per case, event and facts; one answer per case, numbered on from `number`
From a worker: lines of JSON, each an array `[number, payload]`, or `[number, code, message]` when it could not answer,
or `[first, last, []]` for a run of events that passed every clause.
The very first message is the JSON object `layers, pid`: what confines the worker, and its process id.
JSON never holds a raw line break, so that no event can pass for two.

Beside the channel they share one page that holds the number of the event in flight. So the answers to many events can
travel in one message, and the host still knows which of them ended a worker.
"""

from __future__ import annotations

import mmap
import os
import socket
import struct

# The one descriptor of a worker.
CHANNEL = 3
MAX_MESSAGE = 262_144
# What one `run` may carry: small enough for default socket buffers, large enough that its cost is shared.
MAX_CASES = 64
MAX_RUN = 131_072
# Answers are sent once they are together so long; with the longest single one, still within a message.
FLUSH = 65_536

_BUFFER = 1 << 20
_SNDBUFFORCE = getattr(socket, "SO_SNDBUFFORCE", 32)


def channel_pair() -> tuple[socket.socket, socket.socket]:
    """Two connected ends whose buffers hold the longest message; raises OSError where the system has none."""
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in ends:
        try:
            end.setsockopt(socket.SOL_SOCKET, _SNDBUFFORCE, _BUFFER)
        except OSError:  # only root may pass the system's maximum
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
    return ends


def set_deadline(end: socket.socket, milliseconds: int) -> None:
    """Makes sends and receives fail with BlockingIOError after so long; cheaper than a poll before each of them."""
    interval = struct.pack("@ll", milliseconds // 1000, milliseconds % 1000 * 1000)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, interval)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, interval)


class Progress:
    """The page that tells which event is in flight; the worker writes it, the host only reads."""

    def __init__(self, descriptor: int) -> None:
        """Maps the page behind the descriptor, which the caller keeps."""
        self._page = mmap.mmap(descriptor, mmap.PAGESIZE)
        self.cells = memoryview(self._page).cast("Q")
        """The first one holds the number; workers write it at every event, so that a call would show."""

    @classmethod
    def create(cls) -> tuple[Progress, int]:
        """A new page, and its descriptor for the worker; raises OSError where the system has none."""
        descriptor = os.memfd_create("progress")
        try:
            os.ftruncate(descriptor, mmap.PAGESIZE)
            return cls(descriptor), descriptor
        except OSError:
            os.close(descriptor)
            raise

    def get(self) -> int:
        """What the worker said last; it may say anything."""
        return self.cells[0]

    def close(self) -> None:
        """Gives the page up; closing twice is harmless."""
        self.cells.release()
        self._page.close()


__all__ = ["CHANNEL", "FLUSH", "MAX_CASES", "MAX_MESSAGE", "MAX_RUN", "Progress", "channel_pair", "set_deadline"]
