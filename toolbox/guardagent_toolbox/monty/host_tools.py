"""The tools as Monty calls them: functions of this process, called with data and answering with data.

Monty has none of the packages that tools are made of. What it sends is believed no more than a reply: types are exact,
depth is bounded, and calls are counted here as well as inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

Path = list[object]

_SCALARS: Final = frozenset({type(None), bool, int, float, str})
_MANY: Final = frozenset({list, tuple, set})
# As deep as the runtime lets a tool answer, and as much as any honest event holds.
_MAX_DEPTH: Final = 64
_MAX_VALUES: Final = 1_000_000
_BUILTIN_ERRORS: Final = (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError)


class HostTools:
    """Calls tools for one session; `begin` opens the account of an event."""

    def __init__(self, tools: Mapping[str, Callable[..., object]]) -> None:
        self._tools = tools
        self._left = 0
        self.overdrawn = False

    def begin(self, calls: int) -> None:
        """Allows so many calls until the next event begins."""
        self._left = calls
        self.overdrawn = False

    def call(self, name: object, given: object) -> list[object]:
        """The answer of a tool, and which of its parts are parts of `given`, as [place, source] paths.

        Raises:
            TypeError: not a call that the driver makes.
            RuntimeError: the calls of this event are used up, or the tool failed in a way of its own.
        """
        self._left -= 1
        if self._left < 0:
            self.overdrawn = True
            raise RuntimeError("too many calls of tools")
        match given:
            case [list(args), dict(named)] if type(name) is str and name in self._tools and is_plain(given):
                answer = self._answer(name, args, named)
            case _:
                raise TypeError("a tool is called with data")
        if not is_plain(answer):
            raise TypeError(f"tool `{name}` gave what is not plain data")
        return [answer, [[place, source] for place, source in _shared(answer, given)]]

    def _answer(self, name: str, args: list[Any], named: dict[str, Any]) -> object:
        try:
            return self._tools[name](*args, **named)
        except (MemoryError, *_BUILTIN_ERRORS):
            raise
        # Monty knows only Python's own exceptions, and the program sees none of them anyway.
        except Exception as error:
            raise RuntimeError(type(error).__name__) from None


def is_plain(value: object) -> bool:
    """Whether it is data of exactly the types that programs have, neither too deep nor too much."""
    waiting: list[tuple[Any, int]] = [(value, 0)]
    seen = 0
    while waiting:
        node, depth = waiting.pop()
        kind = type(node)
        if kind in _SCALARS:
            continue
        seen += 1 + (len(node) if kind is dict or kind in _MANY else 0)
        if depth > _MAX_DEPTH or seen > _MAX_VALUES:
            return False
        if kind is dict:
            waiting += [(key, depth + 1) for key in node]
            waiting += [(member, depth + 1) for member in node.values()]
        elif kind in _MANY:
            waiting += [(member, depth + 1) for member in node]
        else:
            return False
    return True


def _shared(answer: object, given: object) -> Iterator[tuple[Path, Path]]:
    """The places in an answer that hold the very collections of `given`, with their places there."""
    if type(answer) not in (list, dict) and type(answer) is not tuple:
        return
    known = {id(node): path for node, path in _collections(given)}
    waiting: list[tuple[Any, Path]] = [(answer, [])]
    while waiting:
        node, path = waiting.pop()
        if not node:
            continue
        if id(node) in known:
            yield path, known[id(node)]
        elif type(node) in (list, dict):
            waiting += [(member, [*path, key]) for key, member in _members(node) if type(member) in (list, dict, tuple)]


def _collections(root: object) -> Iterator[tuple[object, Path]]:
    """Every collection that can be reached by keys and indices, with the way to it."""
    waiting: list[tuple[Any, Path]] = [(root, [])]
    while waiting:
        node, path = waiting.pop()
        yield node, path
        waiting += [
            (member, [*path, key]) for key, member in _members(node) if type(member) in (list, dict, tuple, set)
        ]


def _members(node: Any) -> Iterator[tuple[object, Any]]:
    if type(node) is dict:
        yield from node.items()
    elif type(node) in (list, tuple):
        yield from enumerate(node)


__all__ = ["HostTools", "is_plain"]
