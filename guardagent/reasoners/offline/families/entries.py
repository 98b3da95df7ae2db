"""What stands in a list of texts: single entries, some together, none twice."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.conditions import Condition, OneOf
from guardagent.reasoners.offline.connectives import All, Always, Any_, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.choices import fitting
from guardagent.reasoners.offline.families.qualities import (
    Members,
    member_in,
    some,
)
from guardagent.reasoners.offline.families.subjects import tool
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.items import Items, Repeated, Some
from guardagent.reasoners.offline.lexicon import Key
from guardagent.reasoners.offline.nouns import Listing, Nouns

Row = tuple[Key | tuple[str, ...], tuple[Any, ...]]


# What stands in lists.


def no_repeats(_context: Context, listing: Listing) -> Condition | None:
    named = listing.members[0] if listing.members and not listing.of_objects else listing.member("id", "name", "sku")
    return _nested(listing, Repeated(Items(listing.field), named)) if named else None


def keyed_not_both(context: Context, keys: Condition | None, name: str, one: str, other: str) -> Condition | None:
    found = not_both(context, None, one, other)
    called = tool(context, (name,))
    return both(called, keys or Always(), found) if found and called else None


def no_repeated_members(_context: Context, listing: Listing, members: Members) -> Condition | None:
    member = member_in(members, listing)
    return _nested(listing, Repeated(Items(listing.field), member)) if member else None


def single(_context: Context, values: tuple[Any, ...]) -> str | None:
    return values[0] if len(values) == 1 and isinstance(values[0], str) else None


def has_entry(_context: Context, listing: Listing, name: str) -> Condition | None:
    if listing.of_objects or not listing.members:
        return None
    wanted = fitting(listing.members[0], (name,))
    return some((listing, None), OneOf(listing.members[0], wanted)) if wanted else None


def not_both(context: Context, listing: Listing | None, one: str, other: str) -> Condition | None:
    chosen = listing or Nouns(context.fields).only_list()
    left = has_entry(context, chosen, one) if chosen else None
    right = has_entry(context, chosen, other) if chosen else None
    return All((left, right)) if left and right and one != other else None


def one_needs_other(context: Context, listing: Listing, one: str, other: str) -> Condition | None:
    left, right = has_entry(context, listing, one), has_entry(context, listing, other)
    return both(left, Not(right)) if left and right else None


def only_entries(_context: Context, listing: Listing, values: tuple[Any, ...]) -> Condition | None:
    if listing.of_objects or not listing.members:
        return None
    wanted = fitting(listing.members[0], values)
    return some((listing, None), Not(OneOf(listing.members[0], wanted))) if wanted else None


def row(_context: Context, key: Any, values: tuple[Any, ...], rest: tuple[Row, ...] = ()) -> tuple[Row, ...]:
    return ((key, values), *rest)


def only_listed(context: Context, listing: Listing, field: Field, rows: tuple[Row, ...]) -> Condition | None:
    """For each key its own list of what may stand there; a key without a list is a matter for other rules."""
    if listing.of_objects or not listing.members:
        return None
    del context
    rules: list[Condition] = []
    for key, values in rows:
        named = fitting(field, (key.value,) if isinstance(key, Key) else key)
        wanted = fitting(listing.members[0], values)
        if not named or not wanted or (isinstance(key, Key) and key.field != field):
            return None
        outside = some((listing, None), Not(OneOf(listing.members[0], wanted)))
        rules.append(both(OneOf(field, named), outside))
    return rules[0] if len(rules) == 1 else Any_(tuple(rules))


def _nested(listing: Listing, condition: Condition) -> Condition:
    return Some(Items(listing.parent), condition) if listing.parent else condition
