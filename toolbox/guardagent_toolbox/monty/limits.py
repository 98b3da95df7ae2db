"""How much time, memory and patience a program in Monty gets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MontyLimits:
    """The bounds of a session; the budget of the language ends every honest program long before them."""

    wall_ms: int = 500
    """How long one event may take, tools not counted; the worker process is ended if Monty itself does not stop."""
    memory_mb: int = 64
    """What a program may hold."""
    start_ms: int = 10_000
    """How long the worker process and the reader of sources may take to start."""
    compile_wall_ms: int = 4_000
    """How long one source may take to be read."""
    tool_calls: int = 2_000
    """Calls of tools that one event may make, as many as the step budget pays for."""
    sessions: int = 4
    """Tenants that have a worker process at once; one more takes the place of the one that waited longest."""
    recycle_after: int = 10_000
    """Events after which a session is replaced."""

    def __post_init__(self) -> None:
        """Refuses what no session could keep to."""
        for name in self.__slots__:
            if getattr(self, name) <= 0:
                raise ValueError(f"limit `{name}` must be above 0")


__all__ = ["MontyLimits"]
