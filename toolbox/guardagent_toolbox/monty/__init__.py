"""Runs guard programs in pydantic-monty, a Python interpreter of its own, written in Rust.

It is the second engine: the runner of machines whose kernel cannot confine workers, and a second opinion at compile
time. What holds a program here is the language only: a worker process without Python's own interpreter, but also
without any confinement by the kernel.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from guardagent_toolbox.monty.limits import MontyLimits

if TYPE_CHECKING:
    from guardagent_toolbox.monty.runner import MontyRunner as MontyRunner

__all__ = ["MontyLimits", "MontyRunner", "is_installed", "is_one", "second_engine"]

# A second opinion is asked for once, and a busy machine must not decide it.
_PATIENT = MontyLimits(wall_ms=5_000)


def is_installed() -> bool:
    """Whether the optional package `pydantic-monty` is there; it is not imported."""
    return find_spec("pydantic_monty") is not None


def is_one(runner: object) -> bool:
    """Whether a runner is of this engine."""
    module = type(runner).__module__
    return module == __name__ or module.startswith(f"{__name__}.")


def second_engine() -> MontyRunner:
    """A runner that gives a second opinion on programs which the first engine has compiled before.

    It reads sources in this process: they were read without harm a moment ago, by the same compiler in the worker.

    Raises:
        SandboxError: Monty cannot be started.
    """
    from guardagent_toolbox.monty.runner import MontyRunner
    from guardagent_toolbox.registry import functions

    return MontyRunner(_PATIENT, tools=functions())


def __getattr__(name: str) -> object:
    if name == "MontyRunner":
        from guardagent_toolbox.monty.runner import MontyRunner

        return MontyRunner
    raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
