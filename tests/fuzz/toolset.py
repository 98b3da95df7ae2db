"""The tools that random programs may call: the shipped ones, and some by a careless author."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from guardagent_toolbox.registry import functions

KEPT: Final[dict[str, Any]] = {"words": ["a", ["b"]], "by": {"k": {"x"}}}


def kept() -> object:
    """What the tool goes on holding."""
    return KEPT


def pick(value: object) -> object:
    """A part of what it was given, in something new."""
    return [value.get("l"), value.get("d")] if isinstance(value, dict) else [value]


def echo(value: object) -> object:
    """What it was given."""
    return value


SHIPPED: Final[dict[str, Callable[..., object]]] = functions()
CARELESS: Final[dict[str, Callable[..., object]]] = SHIPPED | {"kept": kept, "pick": pick, "echo": echo}
