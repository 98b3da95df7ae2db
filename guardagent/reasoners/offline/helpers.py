"""Helper functions that programs may need, each written beside the condition that calls it.

They are written into a program when it uses them, so that a reviewer sees what is decided about unreadable values.
"""

from __future__ import annotations

import re

_SOURCES: dict[str, str] = {"UNREADABLE": 'UNREADABLE = {"unreadable": True}\n'}


def helper(name: str, source: str) -> None:
    """Makes `source`, a function of the guard language, available to programs; raises ValueError for a taken name."""
    if name in _SOURCES:
        raise ValueError(f"there is a helper `{name}` already")
    _SOURCES[name] = source.strip() + "\n"


def helpers_for(body: str) -> list[str]:
    """The sources of the helpers that `body` uses, and of those that they use in turn, in the order of their names."""
    needed: set[str] = set()
    waiting = [body]
    while waiting:
        text = waiting.pop()
        new = {name for name in _SOURCES if name not in needed and re.search(rf"\b{name}\b", text)}
        needed |= new
        waiting += [_SOURCES[name] for name in new]
    return [_SOURCES[name] for name in sorted(needed, key=lambda name: (name != "UNREADABLE", name))]
