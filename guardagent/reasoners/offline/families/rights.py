"""Who has a right to what: owners, things by their label, people inside and outside, several texts as one."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.conditions import Compare, Condition, OneOf, Present
from guardagent.reasoners.offline.connectives import Any_, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.assumptions import not_for as not_for
from guardagent.reasoners.offline.families.choices import fitting, one_of
from guardagent.reasoners.offline.families.choices import only_for as only_for
from guardagent.reasoners.offline.families.deeds import neither as neither
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.families.recipients import all_people
from guardagent.reasoners.offline.families.remarks import as_read as as_read
from guardagent.reasoners.offline.families.subjects import only_who as only_who
from guardagent.reasoners.offline.families.subjects import role as role
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.items import Count, Items, Some
from guardagent.reasoners.offline.jointexts import Joined
from guardagent.reasoners.offline.lexicon import Key
from guardagent.reasoners.offline.listed import SameValue
from guardagent.reasoners.offline.meanings import Change, Meaning, Note
from guardagent.reasoners.offline.people import People
from guardagent.reasoners.offline.places import PLACE
from guardagent.reasoners.offline.rewrite import parts_of
from guardagent.reasoners.offline.texts import Affix
from guardagent.reasoners.offline.values import Const, Value

_OWNERS = ("owner", "creator", "author", "uploader", "assignee", "editor", "host", "organiser", "organizer")
_IDENTITIES = ("id", "user_id", "address", "email", "login", "username", "name")
_ACTORS = ("/user/", "/caller/", "/requester/", "/actor/")


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


def held_by_another(context: Context, field: Field, actor: str) -> Condition | None:
    """Somebody is named there who is not the one that the call is about: `what another reader has reserved`."""
    own = [f for f in context.fields.all if f.pointer in (f"/{actor}/id", f"/{actor}/{actor}_id", f"/{actor}_id")]
    return both(Present(field), Not(SameValue(own[0], field))) if len(own) == 1 else None


def own_is_fine(_context: Context) -> Change:
    """Says again that only what belongs to others is meant."""

    def change(condition: Condition) -> Condition | None:
        others = [p for p in parts_of(condition) if isinstance(p, Not) and isinstance(p.inner, SameValue)]
        return condition if others else None

    return change


def note(_context: Context, *_words: Any) -> Meaning:
    return Note()


def labelled(_context: Context, field: Field, values: tuple[Any, ...]) -> Condition | None:
    wanted = fitting(field, values)
    found = one_of(_context, wanted)(field) if wanted else None
    known = {str(v).casefold() for v in field.values}
    return found if known and {str(v).casefold() for v in wanted or ()} <= known else None


def of_kind(_context: Context, field: Field, key: Key) -> Condition | None:
    """`a fee for something that was lost`: the value is one of the field's own."""
    return OneOf(field, (key.value,)) if key.field == field else None


def any_of(_context: Context, first: Condition, second: Condition) -> Condition:
    return Any_((first, second))


def some_people(context: Context, where: Condition) -> Condition | None:
    people = all_people(context)
    return Some(Items(people), where) if people else None


def all_but(context: Context, where: Condition) -> Condition | None:
    people = all_people(context)
    return Not(Some(Items(people), Not(where))) if people else None


def banned(_context: Context, *parts: Condition) -> Condition:
    return both(*parts)


def needs(_context: Context, done: Condition, field: Field, rule: Condition | None = None) -> Condition:
    """The field must be there, and be as the rule behind it says."""
    absent = Not(Present(field))
    return both(done, Any_((absent, rule)) if rule else absent)


def only_on_side(context: Context, deed: Condition, side: Condition) -> Change | None:
    """The rule before concerns only those who are on a side."""
    found = some_people(context, side)
    return (lambda condition: both(condition, deed, found)) if found else None


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
