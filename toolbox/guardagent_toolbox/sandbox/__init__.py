"""Runs guard programs in processes that the kernel confines; see `Sandbox` and `selftest.self_test`.

The zygote and its workers import modules of this package, too, and must stay small: the host's part is loaded on use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guardagent_toolbox.sandbox.pool import Sandbox as Sandbox

__all__ = ["Sandbox"]


def __getattr__(name: str) -> object:
    if name == "Sandbox":
        from guardagent_toolbox.sandbox.pool import Sandbox

        return Sandbox
    raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
