"""The people whom a message goes to: the addresses in all fields that name recipients, as one list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from guardagent.reasoners.offline.events import Event
from guardagent.reasoners.offline.fields import Field, Fields
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.places import PLACE
from guardagent.reasoners.offline.values import UNREADABLE, unique

_NAMES = ("to", "cc", "bcc", "recipients", "recipient", "addressees", "to_address", "to_addresses", "invitees")
_SEPARATORS = re.compile(r"[,;]")

helper(
    "addresses_in",
    '''
def addresses_in(values):
    """The addresses in all of the values, lists and texts of several; UNREADABLE for anything that is none."""
    found = []
    for value in values:
        entries = value if isinstance(value, list) else [] if value is None else [value]
        for entry in entries:
            if isinstance(entry, str):
                found = found + [part.strip() for part in entry.replace(";", ",").split(",") if part.strip() != ""]
            else:
                found = found + [UNREADABLE]
    return found
''',
)


@dataclass(frozen=True)
class People:
    """The addresses in some fields, one after the other."""

    sources: tuple[Field, ...]

    @property
    def members(self) -> tuple[Field, ...]:
        """What stands in the list: plain texts."""
        return (PLACE,)

    def code(self) -> str:
        return f"addresses_in([{', '.join(source.code() for source in self.sources)}])"

    def of(self, event: Event) -> Any:
        found: list[Any] = []
        for source in self.sources:
            value = source.of(event)
            for entry in value if isinstance(value, list) else [] if value is None else [value]:
                parts = _SEPARATORS.split(entry) if isinstance(entry, str) else [UNREADABLE]
                found += [part.strip() if isinstance(part, str) else part for part in parts if part]
        return [entry for entry in found if entry != ""]

    def put(self, event: Event, wanted: Any) -> list[Event]:
        """The addresses in the first field alone, and spread over the first two."""
        addresses = [a for a in wanted if isinstance(a, str)] if isinstance(wanted, list) else []
        spread = [(addresses, [])] if len(self.sources) < 2 else [(addresses, []), (addresses[:1], addresses[1:])]
        made = []
        for first, second in spread:
            events = [event]
            for source, part in zip(self.sources, (first, second, *([[]] * len(self.sources))), strict=False):
                events = [
                    e for one in events for e in source.put(one, part if source.is_list else ", ".join(part) or None)
                ]
            made += events
        return [e for e in made if self.of(e) == addresses]

    def fields(self) -> list[str]:
        return unique(pointer for source in self.sources for pointer in source.fields())

    def says(self) -> str:
        return " and ".join(source.says() for source in self.sources)


def people_of(fields: Fields, names: tuple[str, ...] = _NAMES) -> People | None:
    """Everybody whom a message goes to, by all fields that say so; None where the agent sends nothing."""
    found = [f for name in names for f in fields.all if f.name == name and _holds_addresses(f)]
    parents = {f.pointer.rsplit("/", 1)[0] for f in found}
    return People(tuple(found)) if found and len(parents) == 1 else None


def _holds_addresses(field: Field) -> bool:
    if field.values:
        return False
    if field.is_list:
        return len(field.members) == 1 and not field.members[0].pointer
    return "string" in field.types
