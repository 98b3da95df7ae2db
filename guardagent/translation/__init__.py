"""Translation: from a guard request to a draft, and the paper's way of translating anew for every event.

The names load on first use, because LangGraph behind `Translator` takes a second to import.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guardagent.translation.graph import Progress
    from guardagent.translation.per_event import PerEventGuard, PerEventVerdict
    from guardagent.translation.translator import Translator

_HOME = {
    "PerEventGuard": "guardagent.translation.per_event",
    "PerEventVerdict": "guardagent.translation.per_event",
    "Progress": "guardagent.translation.graph",
    "Translator": "guardagent.translation.translator",
}

__all__ = ["PerEventGuard", "PerEventVerdict", "Progress", "Translator"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module `guardagent.translation` has no attribute `{name}`")
