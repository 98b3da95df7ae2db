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
    """The ids of all collections in the trees of `roots`."""
    found: set[int] = set()
    waiting = [root for root in roots if type(root) in _CONTAINERS]
    while waiting:
        node = waiting.pop()
        if id(node) in found:
            continue
        found.add(id(node))
        waiting.extend(child for child in _members(node) if type(child) in _CONTAINERS)
    return found


def _members(node: Any) -> Iterable[object]:
    """What a collection holds, apart from keys, which hold nothing that changes."""
    # A view of pairs would make new ones, whose ids mean nothing once they are gone.
    mapping = node.mapping if type(node) in VIEWS else node
    members: Iterable[object] = mapping if type(node) in (list, tuple, set) else mapping.values()
    return members


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
