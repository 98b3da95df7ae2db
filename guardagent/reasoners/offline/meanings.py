"""What a sentence may mean: a rule, a remark on the rule before it, or a statement on the whole document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.values import Value

# What a remark makes of the condition of the rule before it; None where it contradicts or doesn't fit.
Change = Callable[[Condition], Condition | None]

# A predicate: says of a value what the words after it say; None where that makes no sense for such a value.
Predicate = Callable[[Value], Condition | None]


@dataclass(frozen=True)
class Ruling:
    """A rule is violated when `violated` holds."""

    violated: Condition


@dataclass(frozen=True)
class Remark:
    """A sentence on the rule before it: gives that rule's condition as it is to be read; None where it contradicts."""

    change: Change


@dataclass(frozen=True)
class Note:
    """A sentence that asks nothing of an event: how to report, what is left to people."""


@dataclass(frozen=True)
class Scope:
    """The rules with these labels (None: all) concern only events of which the condition is true."""

    labels: tuple[str, ...] | None
    condition: Condition
    # Whether it concerns only the clauses after the one in which it stands.
    below: bool = False
    # Whether it concerns only the clauses under the heading under which it stands, where it stands under one.
    section: bool = False
    # Whether it concerns only what comes after it in the same paragraph.
    paragraph: bool = False
    # How many rules right before it it is about; none: those that the other fields say.
    back: int = 0


@dataclass(frozen=True)
class Default:
    """A field that is missing, null, blank or (with `unknown`) none of the known values counts as `value`."""

    field: Field
    value: object
    unknown: bool = False


@dataclass(frozen=True)
class Respelling:
    """A sentence on how texts are compared in every rule: its change is made where it fits a rule."""

    change: Change


@dataclass(frozen=True)
class First:
    """When one of the rules `first` (None: the one in which it stands) is broken, the rules `rest` are not checked."""

    first: tuple[str, ...] | None
    rest: tuple[str, ...] | None


@dataclass(frozen=True)
class Amend:
    """A sentence that changes the rule right before it, in whatever clause: an exception to an allow-list."""

    change: Change
    # How many rules right before it it is about.
    back: int = 1


Meaning = Ruling | Respelling | Remark | Amend | Note | Scope | Default | First

__all__ = [
    "Amend",
    "Change",
    "Default",
    "First",
    "Meaning",
    "Note",
    "Predicate",
    "Remark",
    "Respelling",
    "Ruling",
    "Scope",
]
