"""What connects the host with a new worker: a channel, a page, and a leash."""

from __future__ import annotations

import contextlib
import os

from guardagent.errors import SandboxError
from guardagent_toolbox.sandbox.wire import Progress, channel_pair


class Lines:
    """The host's ends, and the descriptors of the worker's ends, which somebody has to send it and to close."""

    def __init__(self) -> None:
        """Raises SandboxError when this process has no descriptors left."""
        with contextlib.ExitStack() as opened:
            try:
                self.channel, theirs = channel_pair()
                opened.callback(self.channel.close)
                channel = theirs.detach()
                opened.callback(os.close, channel)
                self.progress, page = Progress.create()
                opened.callback(self.progress.close)
                opened.callback(os.close, page)
                held, self.leash = os.pipe()
            except (OSError, AttributeError) as error:
                raise SandboxError(f"no channel for a worker: {error}") from error
            opened.pop_all()
        self.theirs = (channel, page, held)

    def close_ours(self) -> None:
        """Gives the worker up before anybody has it."""
        self.channel.close()
        self.progress.close()
        os.close(self.leash)

    def close_theirs(self) -> None:
        """Closes this process's copies of the worker's ends."""
        for descriptor in self.theirs:
            os.close(descriptor)


__all__ = ["Lines"]
