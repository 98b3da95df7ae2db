"""Several texts that an author's noun takes as one: `"The advert" means the title and the body together`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from guardagent.reasoners.offline.events import Event
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.values import UNREADABLE, unique

helper(
    "joined_texts",
    '''
def joined_texts(values):
    """The texts that are there, one under the other; None without any, UNREADABLE when one is none."""
    there = [value for value in values if value is not None and value != ""]
    if any(not isinstance(value, str) for value in there):
        return UNREADABLE
    return "\\n".join(there) if there else None
''',
)


@dataclass(frozen=True)
class Joined:
    """Several texts as one, each on lines of its own."""

    texts: tuple[Field, ...]

    def code(self) -> str:
        return f"joined_texts([{', '.join(text.code() for text in self.texts)}])"

    def of(self, event: Event) -> Any:
        there = [value for value in (text.of(event) for text in self.texts) if value is not None and value != ""]
        if any(not isinstance(value, str) for value in there):
            return UNREADABLE
        return "\n".join(there) if there else None

    def put(self, event: Event, wanted: Any) -> list[Event]:
        """The whole of it in each of the texts, with the others empty."""
        made: list[Event] = []
        for holder in self.texts:
            events = [event]
            for text in self.texts:
                events = [e for one in events for e in text.put(one, wanted if text == holder else "")]
            made += events
        return made

    def fields(self) -> list[str]:
        return unique(pointer for text in self.texts for pointer in text.fields())

    def says(self) -> str:
        return " and ".join(text.says() for text in self.texts)
