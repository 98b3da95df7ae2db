"""Who has a right to what: owners, things by their label, people inside and outside, several texts as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from guardagent.reasoners.offline.conditions import Compare, Condition
from guardagent.reasoners.offline.connectives import Any_, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.events import Event
from guardagent.reasoners.offline.families.choices import fitting, one_of
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.families.recipients import all_people
from guardagent.reasoners.offline.families.remarks import as_read as as_read
from guardagent.reasoners.offline.families.subjects import only_who as only_who
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.items import Count, Items, Some
from guardagent.reasoners.offline.listed import SameValue
from guardagent.reasoners.offline.meanings import Meaning, Note
from guardagent.reasoners.offline.people import People
from guardagent.reasoners.offline.places import PLACE
from guardagent.reasoners.offline.texts import Affix
from guardagent.reasoners.offline.values import UNREADABLE, Const, Value, unique

_OWNERS = ("owner", "creator", "author", "uploader", "assignee", "editor", "host", "organiser", "organizer")
_IDENTITIES = ("id", "user_id", "address", "email", "login", "username", "name")
_ACTORS = ("/user/", "/caller/", "/requester/", "/actor/")

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


def means_texts(context: Context, noun: tuple[str, ...], texts: tuple[Field, ...]) -> Meaning | None:
    """`"The advert" means the title and the body together`."""
    words = noun[0].lower().split()
    if words[0] in ("the", "a", "an"):
        words = words[1:]
    if len(noun) != 1 or len(words) != 1:
        return None
    context.meant[f"text {words[0]}"] = Joined(texts)
    return Note()


def is_inside(context: Context, endings: tuple[str, ...]) -> Meaning | None:
    """`An address that ends in "@acme.example" is inside.`"""
    if not all(ending.startswith("@") for ending in endings):
        return None
    context.meant["inside"] = Affix(PLACE, "end", endings)
    return Note()


def inside(context: Context) -> Condition | None:
    found: Condition | None = context.meant.get("inside")
    return found


def outside(context: Context) -> Condition | None:
    found = inside(context)
    return Not(found) if found else None


def owner(context: Context, field: Field) -> Condition | None:
    """Whoever acts is named in the field that says whose a thing is."""
    actors = [f for f in context.fields.all if f.pointer.startswith(_ACTORS) and f.name in _IDENTITIES]
    if field.name not in _OWNERS or len(actors) != 1 or not field.is_text:
        return None
    return SameValue(actors[0], field)


def labelled(_context: Context, field: Field, values: tuple[Any, ...]) -> Condition | None:
    wanted = fitting(field, values)
    found = one_of(_context, wanted)(field) if wanted else None
    known = {str(v).casefold() for v in field.values}
    return found if known and {str(v).casefold() for v in wanted or ()} <= known else None


def any_of(_context: Context, first: Condition, second: Condition) -> Condition:
    return Any_((first, second))


def some_people(context: Context, where: Condition) -> Condition | None:
    people = all_people(context)
    return Some(Items(people), where) if people else None


def all_but(context: Context, where: Condition) -> Condition | None:
    people = all_people(context)
    return Not(Some(Items(people), Not(where))) if people else None


def banned(_context: Context, thing: Condition, deed: Condition, people: Condition) -> Condition:
    return both(thing, deed, people)


def to_these_only(
    context: Context, thing: Condition, deed: Condition, side: Condition, endings: tuple[str, ...]
) -> Condition | None:
    """Of the people on one side, only those with such addresses."""
    people = all_people(context)
    if people is None:
        return None
    return both(thing, deed, Some(Items(people), both(side, Not(Affix(PLACE, "end", endings)))))


def by_only(_context: Context, thing: Condition, deed: Condition, who: Condition) -> Condition:
    return both(thing, deed, Not(who))


def at_most_different(_context: Context, count: int, people: People) -> Condition:
    return Compare(Count(Items(people), PLACE), ">", Const(count))


def value(_context: Context, found: Value) -> Value:
    return found
