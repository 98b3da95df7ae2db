"""JSON pointers into plain values."""

from __future__ import annotations

from typing import Final

MISSING: Final = object()


def at_pointer(value: object, pointer: str) -> object:
    """What a JSON pointer names; MISSING where there is nothing, or the pointer is none."""
    if pointer and not pointer.startswith("/"):
        return MISSING
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list | tuple) and key.isascii() and key.isdecimal() and len(key) < 9:
            position = int(key)
            if position >= len(value) or key != str(position):
                return MISSING
            value = value[position]
        else:
            return MISSING
    return value
