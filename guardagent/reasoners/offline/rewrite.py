"""Conditions with one value put in the place of another, wherever it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.events import Event, fold
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.meanings import Default
from guardagent.reasoners.offline.values import Table

_Node = TypeVar("_Node")

helper(
    "or_default",
    '''
def or_default(value, default, known):
    """The value; `default` when it is missing, blank or, with a list of `known` ones, none of them."""
    if value is None or (isinstance(value, str) and value.strip() == ""):
        return default
    return default if known and isinstance(value, str) and normalise(value) not in known else value
''',
)


@dataclass(frozen=True)
class Defaulted:
    """A field that counts as `default` where it is missing, blank or, with `known` ones, none of them."""

    field: Field
    default: Any
    known: tuple[str, ...] = ()

    def code(self) -> str:
        return f"or_default({self.field.code()}, {self.default!r}, {sorted(fold(v) for v in self.known)!r})"

    def of(self, event: Event) -> Any:
        found = self.field.of(event)
        if found is None or (isinstance(found, str) and not found.strip()):
            return self.default
        strange = self.known and isinstance(found, str) and fold(found) not in {fold(v) for v in self.known}
        return self.default if strange else found

    def put(self, event: Event, wanted: Any) -> list[Event]:
        without = self.field.put(event, None) if wanted == self.default else []
        return [*self.field.put(event, wanted), *without]

    def fields(self) -> list[str]:
        return self.field.fields()

    def says(self) -> str:
        return self.field.says()


def with_default(condition: Condition, default: Default) -> Condition:
    """The condition with the default in every reading of the field."""
    known = tuple(str(v) for v in default.field.values) if default.unknown else ()
    filled = Defaulted(default.field, default.value, known)

    def change(node: Any) -> Any:
        return filled if isinstance(node, Field) and node.pointer == default.field.pointer and not node.owner else node

    return rewritten(condition, change)


def rewritten(node: _Node, change: Callable[[Any], Any]) -> _Node:
    """The node with `change` made to every value in it, innermost first."""
    found: Any = node
    if isinstance(node, Defaulted):
        return node
    if isinstance(node, Field):
        return change(node)  # type: ignore[no-any-return]
    if is_dataclass(node) and not isinstance(node, type):
        changed = {f.name: rewritten(getattr(node, f.name), change) for f in fields(node)}
        found = replace(node, **changed)
    elif _is_plain(node):
        found = tuple(rewritten(item, change) for item in found)
    return change(found) if isinstance(found, Table) else found  # type: ignore[no-any-return]


def rewritten_conditions(node: _Node, change: Callable[[Any], Any]) -> _Node:
    """The node with `change` made to every condition in it, innermost first."""
    found: Any = node
    if is_dataclass(node) and not isinstance(node, type):
        found = replace(node, **{f.name: rewritten_conditions(getattr(node, f.name), change) for f in fields(node)})
    elif _is_plain(node):
        found = tuple(rewritten_conditions(item, change) for item in found)
    return change(found)  # type: ignore[no-any-return]


def parts_of(node: Any) -> Iterator[Any]:
    """The node and every value and condition in it, outermost first."""
    if isinstance(node, Field):
        yield node
    elif is_dataclass(node) and not isinstance(node, type):
        yield node
        for entry in fields(node):
            yield from parts_of(getattr(node, entry.name))
    elif _is_plain(node):
        for item in node:
            yield from parts_of(item)


def _is_plain(node: Any) -> bool:
    """Whether it is a tuple of parts, and no named one."""
    return type(node) is tuple
