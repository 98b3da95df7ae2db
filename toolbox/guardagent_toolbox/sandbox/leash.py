"""The leash: a pipe between the host and one worker. When the host lets go, the kernel kills the worker.

The host lets go by closing its end, or by ending in whatever way. The worker cannot slip it: the filter lets it change
or close no descriptor. So a worker lives no longer than the host wants it, whatever became of the zygote.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal

from guardagent_toolbox.sandbox.wire import CHANNEL

# The worker's second and last descriptor; it can neither read nor write there.
LEASH = CHANNEL + 1


def tie_to_host() -> None:
    """Puts this process on its leash; raises OSError where the kernel cannot hold it.

    The kernel checks whether the signal is permitted when it is sent, so privileges are dropped before.
    """
    fcntl.fcntl(LEASH, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(LEASH, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(LEASH, fcntl.F_SETFL, os.O_RDONLY | os.O_ASYNC)
    poll = select.poll()
    poll.register(LEASH, 0)
    if poll.poll(0):  # the host let go before the kernel held the leash
        os._exit(1)


__all__ = ["LEASH", "tie_to_host"]
