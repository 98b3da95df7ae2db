"""Whom a message goes to."""

from __future__ import annotations

from guardagent.reasoners.offline.conditions import Compare, Condition, Present
from guardagent.reasoners.offline.connectives import Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.frames import must as must
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.families.frames import when as when
from guardagent.reasoners.offline.families.subjects import tool
from guardagent.reasoners.offline.items import Count, Items, Some
from guardagent.reasoners.offline.people import People, people_of
from guardagent.reasoners.offline.places import PLACE
from guardagent.reasoners.offline.texts import HostIn
from guardagent.reasoners.offline.values import Const, Value

Hosts = tuple[str, ...]


def all_people(context: Context) -> People | None:
    return people_of(context.fields)


def people_in(context: Context, names: tuple[str, ...]) -> People | None:
    found = people_of(context.fields, names)
    return found if found and len(found.sources) == len(names) else None


def one_name(_context: Context, name: str, rest: tuple[str, ...] = ()) -> tuple[str, ...]:
    return (name, *(rest or ()))


def text(_context: Context, words: str) -> str:
    return words


def at(_context: Context, hosts: Hosts) -> Condition:
    return HostIn(PLACE, hosts, mail=True)


def outside(context: Context, hosts: Hosts | None, said: Condition | None = None) -> Condition | None:
    if said is not None:
        return said if isinstance(said, Not) else None
    return Not(at(context, hosts)) if hosts else None


def all_at(context: Context, people: People, where: Condition) -> Condition:
    return _sending(context, Some(Items(people), Not(where)))


def none_at(context: Context, people: People, where: Condition) -> Condition:
    return _sending(context, Some(Items(people), where))


def some_at(_context: Context, people: People, where: Condition) -> Condition:
    return Some(Items(people), where)


def all_are_at(_context: Context, people: People, where: Condition) -> Condition:
    return Not(Some(Items(people), Not(where)))


def none_are_at(_context: Context, people: People, where: Condition) -> Condition:
    return Not(Some(Items(people), where))


def at_most_people(context: Context, count: int, people: People) -> Condition:
    return _sending(context, Compare(Count(Items(people)), ">", Const(count)))


def at_least_people(context: Context, count: int, people: People) -> Condition:
    return _sending(context, Not(Compare(Count(Items(people)), ">=", Const(count))))


def more_people(_context: Context, count: int, people: People) -> Condition:
    return Compare(Count(Items(people)), ">", Const(count))


def none_in_fields(context: Context, where: Condition, names: tuple[str, ...]) -> Condition | None:
    found = people_in(context, names)
    return none_at(context, found, where) if found else None


def at_most_in_fields(context: Context, count: int, names: tuple[str, ...]) -> Condition | None:
    found = people_in(context, names)
    return at_most_people(context, count, found) if found else None


def people_count(context: Context, people: People, names: tuple[str, ...] | None = None) -> Value | None:
    found = people_in(context, names) if names else people
    return Count(Items(found)) if found else None


def is_there(_context: Context, value: Value) -> Condition:
    return Present(value)


def _sending(context: Context, violated: Condition) -> Condition:
    """The violation where something is sent: by the one tool whose name says so, if others do something else."""
    names = context.fields.tools()
    sending = tuple(
        n for n in names if any(word in n.lower() for word in ("send", "mail", "forward", "share", "invite"))
    )
    field_of_call = any("/arguments/" in pointer for pointer in violated.fields())
    called = tool(context, sending) if field_of_call and len(names) > 1 and len(sending) == 1 else None
    return both(called, violated) if called else violated
