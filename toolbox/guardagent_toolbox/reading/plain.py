"""Reading plain JSON values that may be anything: the first line of every tool."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_MAX_DEPTH = 64
_CONTROLS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def as_text(value: object) -> str | None:
    """The value if it is a text, else None."""
    return value if isinstance(value, str) else None


def as_dict(value: object) -> dict[object, object] | None:
    """The value if it is a mapping, else None."""
    return value if isinstance(value, dict) else None


def as_list(value: object) -> list[object] | None:
    """The items of a list; None for anything else."""
    return list(value) if isinstance(value, list | tuple) else None


def text_of(value: object) -> str:
    """All text in `value`: a text itself, a number in digits, the texts inside a list or mapping line by line.

    Nothing is skipped, so that words cannot hide from a search by standing in a list.
    """
    if isinstance(value, str):
        return value
    return "\n".join(_leaves(value))


def _leaves(value: object) -> Iterator[str]:
    """The texts and numbers inside, in order and without recursion; deeper ones than events can be are left out."""
    waiting: list[tuple[object, int]] = [(value, 0)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, bool) or node is None:
            continue
        elif isinstance(node, int | float):
            yield number_text(node)
        elif depth < _MAX_DEPTH and isinstance(node, dict):
            inside = [part for pair in node.items() for part in pair]
            waiting.extend((part, depth + 1) for part in reversed(inside))
        elif depth < _MAX_DEPTH and isinstance(node, list | tuple):
            waiting.extend((part, depth + 1) for part in reversed(node))


def number_text(number: int | float) -> str:
    """The digits of a number; a whole one too long for a text is given by its size."""
    try:
        return str(number)
    except ValueError:
        return f"a number of {number.bit_length()} bits" if isinstance(number, int) else ""


def short_text(value: object, limit: int) -> str | None:
    """The text itself without spaces around it; None for anything but a text of 1 to `limit` characters."""
    if not isinstance(value, str) or len(value) > limit:
        return None
    return value.strip() or None


def texts_in(value: object) -> tuple[str, ...] | None:
    """The texts of a list (or the one text given in its place); None when it holds anything else."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple | set | frozenset):
        return None
    found = tuple(item for item in value if isinstance(item, str))
    if len(found) != len(value):
        return None
    return tuple(sorted(found)) if isinstance(value, set | frozenset) else found


def has_controls(text: str) -> bool:
    """Whether a character in it is invisible or moves others, so that readers disagree on what stands there."""
    if text.isascii():
        return not text.isprintable() and text != ""
    return any(unicodedata.category(character) in _CONTROLS for character in text)
