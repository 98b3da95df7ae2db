"""Whose a collection is: the program may change only what it made itself in this run.

Event, facts and constants are *foreign*. They stay alive for the whole run, so their ids cannot be given to another
object, and they are walked only when a program first wants to change something.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from guardagent_toolbox.runtime.budget import GuardError
from guardagent_toolbox.runtime.iteration import VIEWS

_CONTAINERS = frozenset({dict, list, tuple, set}) | VIEWS


def container_ids(roots: Iterable[object]) -> set[int]:
    """The ids of all collections in the trees of `roots`; keys hold nothing that changes."""
    found: set[int] = set()
    waiting: list[Any] = list(roots)
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind not in _CONTAINERS or id(node) in found:
            continue
        found.add(id(node))
        if kind is dict:
            waiting.extend(node.values())
        elif kind in VIEWS:
            # A view of pairs would make new ones, whose ids mean nothing once they are gone.
            waiting.extend(node.mapping.values())
        else:
            waiting.extend(node)
    return found


class Ownership:
    """Tells what the current run may change."""

    __slots__ = ("_constants", "foreign", "roots")

    def __init__(self) -> None:
        self._constants: frozenset[int] = frozenset()
        self.roots: tuple[object, ...] = ()
        """The event and the facts of the current run: only these are foreign beside the constants."""
        self.foreign: set[int] | None = None
        """The ids of the collections in there; None until somebody asks. Whoever sets the roots sets it to None."""

    def freeze(self, constants: Iterable[object]) -> None:
        """Declares the constants of the module foreign, for all runs."""
        self._constants = frozenset(container_ids(constants))

    def is_foreign(self, value: object) -> bool:
        """Whether `value` belongs to the event, the facts or the constants."""
        key = id(value)
        if key in self._constants:
            return True
        if self.foreign is None:
            self.foreign = container_ids(self.roots)
        return key in self.foreign

    def check_own(self, value: object) -> None:
        """Raises GuardError for a collection that the program did not make."""
        if self.is_foreign(value):
            raise GuardError("event, facts and constants cannot be changed; copy first: `list(x)`, `dict(x)`, `set(x)`")
