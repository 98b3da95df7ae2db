"""The sessions of a runner: one per tenant, each in a process of its own, as many at once as the limits say."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final

from pydantic_monty import Monty, MontyError

from guardagent.errors import SandboxError
from guardagent_toolbox.monty.limits import MontyLimits
from guardagent_toolbox.monty.panics import is_panic
from guardagent_toolbox.monty.session import Session

# How long Monty may overrun its own limits, in the middle of a huge number for example, before its process is killed.
_GRACE_SECONDS: Final = 0.25


class Sessions:
    """Gives each tenant its session, a new one when the last has ended or served long enough."""

    def __init__(self, limits: MontyLimits, tools: Mapping[str, Callable[..., object]]) -> None:
        """Starts Monty; raises SandboxError when it cannot be started."""
        self._limits = limits
        self._tools = tools
        self._pool = _started(limits)
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def of(self, tenant: str) -> Session:
        """The tenant's session; the one that waited longest makes room. Raises Ended when none can be had."""
        session = self._sessions.get(tenant)
        if session is not None and session.worn:
            self.drop(tenant)
            session = None
        if session is None:
            while len(self._sessions) >= self._limits.sessions:
                self.drop(next(iter(self._sessions)))
            session = self._sessions[tenant] = Session(self._pool, self._limits, self._tools)
        self._sessions.move_to_end(tenant)
        return session

    def pid(self, tenant: str) -> int | None:
        """The process of the tenant's session; None when there is none now."""
        session = self._sessions.get(tenant)
        return None if session is None else session.pid

    def drop(self, tenant: str) -> None:
        """Ends the tenant's session."""
        session = self._sessions.pop(tenant, None)
        if session is not None:
            session.close()

    def close(self) -> None:
        """Ends all sessions and Monty."""
        for tenant in list(self._sessions):
            self.drop(tenant)
        try:
            self._pool.__exit__(None, None, None)
        except BaseException as error:
            if not is_panic(error):
                raise


def _started(limits: MontyLimits) -> Monty:
    try:
        pool = Monty(
            min_processes=1,
            max_processes=limits.sessions,
            checkout_timeout=limits.start_ms / 1000,
            request_timeout=(limits.wall_ms + limits.start_ms) / 1000,
            # A process serves one session: nothing of a tenant can be left in it for the next one.
            max_checkouts_per_worker=1,
            feed_duration_limit_grace=_GRACE_SECONDS,
        )
        return pool.__enter__()
    except BaseException as error:
        if not (isinstance(error, MontyError | OSError | RuntimeError) or is_panic(error)):
            raise
        raise SandboxError(f"Monty cannot be started ({type(error).__name__}): reinstall `pydantic-monty`") from None


__all__ = ["Sessions"]
