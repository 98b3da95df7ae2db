"""GuardAgent: plain-language policies for LLM agents, compiled once, enforced without a model.

Exports the nouns, the errors and `Guard`; everything else is imported from its own module.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guardagent.errors import GuardAgentError
    from guardagent.guard import Guard
    from guardagent.types import Clause, Decision, Event, Example, Finding, GuardRequest, Policy

_HOME = {
    "Clause": "guardagent.types",
    "Decision": "guardagent.types",
    "Event": "guardagent.types",
    "Example": "guardagent.types",
    "Finding": "guardagent.types",
    "Guard": "guardagent.guard",
    "GuardAgentError": "guardagent.errors",
    "GuardRequest": "guardagent.types",
    "Policy": "guardagent.types",
}

__version__ = "0.1.0"
__all__ = ["Clause", "Decision", "Event", "Example", "Finding", "Guard", "GuardAgentError", "GuardRequest", "Policy"]


def __getattr__(name: str) -> Any:
    # Loaded on first use: `guardagent --help` must not pay for pydantic models that it never touches.
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module `guardagent` has no attribute `{name}`")
