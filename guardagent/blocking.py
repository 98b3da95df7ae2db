"""Awaiting from code that cannot await."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_blocking(work: Coroutine[Any, Any, Result], *, limit: float | None = None) -> Result:
    """The result of `work`, run on a loop of its own; TimeoutError after `limit` seconds.

    The caller may itself stand on the thread of a running event loop, so the loop gets another thread. That thread is
    a daemon: a name lookup that hangs, which nothing can cancel, must not hold the caller or the process.
    """
    outcome: Future[Result] = Future()

    async def deliver() -> None:
        # Before the loop is closed, as closing waits for lookups that nobody needs any more.
        outcome.set_result(await work)

    def run() -> None:
        try:
            asyncio.run(deliver())
        except BaseException as error:
            if not outcome.done():
                outcome.set_exception(error)

    threading.Thread(target=run, name="model-endpoint", daemon=True).start()
    return outcome.result(limit)
