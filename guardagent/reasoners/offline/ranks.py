"""Ordered scales: values that prose puts in an order, and fields compared by their places in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from guardagent.reasoners.offline.events import Event, fold
from guardagent.reasoners.offline.fields import Field, Fields
from guardagent.reasoners.offline.helpers import helper

_LEAST = "lowest|low|smallest|least|weakest|cheapest|lightest|mildest"
_MOST = "highest|high|largest|most|strongest|dearest|heaviest|severest|most expensive"
_UP = rf"(?:from )?(?:the )?(?:{_LEAST}) to (?:the )?(?:{_MOST})|in (?:ascending|rising) order|(?:from )?bottom to top"
_DOWN = (
    rf"(?:from )?(?:the )?(?:{_MOST}) to (?:the )?(?:{_LEAST})|in (?:descending|falling) order|(?:from )?top to bottom"
)
_NEW = frozenset("new target requested wanted next proposed desired future".split())

helper(
    "rank_of",
    '''
def rank_of(value, scale, unknown):
    """The place of the value on the scale, from 0 for the lowest; `unknown` for one that is not on it."""
    places = [place for place, name in enumerate(scale) if normalise(value) == name]
    return places[0] if places else unknown
''',
)


class Scale(NamedTuple):
    """Values from lowest to highest, the field that has what is, and the one that has what is asked for."""

    values: tuple[str, ...]
    current: Field
    wanted: Field


@dataclass(frozen=True)
class Rank:
    """The place of a field's value on a scale."""

    field: Field
    scale: tuple[str, ...]
    # The place of what is not on the scale.
    unknown: int

    def code(self) -> str:
        return f"rank_of({self.field.code()}, {[fold(v) for v in self.scale]!r}, {self.unknown})"

    def of(self, event: Event) -> Any:
        found = fold(self.field.of(event))
        known = [fold(v) for v in self.scale]
        return known.index(found) if found in known else self.unknown

    def put(self, event: Event, wanted: Any) -> list[Event]:
        at = int(wanted)
        return self.field.put(event, self.scale[at]) if 0 <= at < len(self.scale) and at == wanted else []

    def fields(self) -> list[str]:
        return self.field.fields()

    def says(self) -> str:
        return f"the rank of {self.field.says()}"


def scales_of(fields: Fields, prose: str) -> tuple[Scale, ...]:
    """The scales that a text orders, where the schema has what is and what is asked for on each."""
    found = []
    for values in {f.values for f in fields.all if len(f.values) > 2}:
        names = [v for v in values if isinstance(v, str)]
        pair = _pair([f for f in fields.all if f.values == values])
        order = _ordered(names, prose) if len(names) == len(values) else None
        if pair and order:
            found.append(Scale(order, *pair))
    return tuple(found)


def _ordered(names: Iterable[str], prose: str) -> tuple[str, ...] | None:
    """The values in the order of the text, lowest first; None where the text orders them not at all or in two ways."""
    listed = list(names)
    word = "|".join(re.escape(n) for n in listed)
    item = rf"[\"“`']?(?:{word})[\"”`']?"
    run = rf"({item}(?:(?:,? (?:and|then|or) |, ?| ?< ?){item}){{{len(listed) - 1}}})"
    orders = set()
    for match in re.finditer(rf"{run},? \(?(?:(?P<up>{_UP})|(?P<down>{_DOWN}))", prose, re.IGNORECASE):
        orders.add((match[1], bool(match["down"])))
    for match in re.finditer(
        rf"(?:(?P<up>{_UP}|rising|ascending)|(?P<down>{_DOWN})),? ?(?:they are|these are|are|is)?:? {run}",
        prose,
        re.IGNORECASE,
    ):
        orders.add((match[match.lastindex or 0] if match.lastindex else "", bool(match["down"])))
    for match in re.finditer(rf"({item}(?: ?< ?{item}){{{len(listed) - 1}}})", prose):
        orders.add((match[1], False))
    read = set()
    for text, down in orders:
        found = re.findall(word, text, re.IGNORECASE)
        by_fold = {n.casefold(): n for n in listed}
        order = tuple(by_fold[f.casefold()] for f in found)
        if len(set(order)) == len(listed):
            read.add(order[::-1] if down else order)
    return read.pop() if len(read) == 1 else None


def _pair(fields: list[Field]) -> tuple[Field, Field] | None:
    """What is and what is asked for: `cabin` and `new_cabin`."""
    if len(fields) != 2:
        return None
    for one, other in (fields, fields[::-1]):
        extra = set(other.name.lower().split("_")) - set(one.name.lower().split("_"))
        if extra and extra <= _NEW and set(one.name.lower().split("_")) < set(other.name.lower().split("_")):
            return one, other
    return None
