"""Numbers of messages that no worker can foresee.

A worker that was taken over could otherwise send the answer to its tenant's next event before it is asked.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import Final

# Drawn at once: a call to the kernel for each message would cost a third of a microsecond.
_AT_ONCE: Final = 256
_SPARED_BITS: Final = 16
"""So many bits are left over for the events of a message, which are numbered on from its first."""


def unforeseen_numbers() -> Iterator[int]:
    """Numbers of 48 bits from the system's source of randomness, without end; for one thread at a time."""
    while True:
        for (number,) in struct.iter_unpack("=Q", os.urandom(8 * _AT_ONCE)):
            yield number >> _SPARED_BITS


__all__ = ["unforeseen_numbers"]
