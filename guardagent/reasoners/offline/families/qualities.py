"""What is said of the items of a list."""

from __future__ import annotations

from collections.abc import Callable

from guardagent.reasoners.offline.conditions import Compare, Condition, OneOf, Present
from guardagent.reasoners.offline.connectives import Always, Not
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.items import Items, Some, Total
from guardagent.reasoners.offline.listed import Among
from guardagent.reasoners.offline.meanings import Predicate
from guardagent.reasoners.offline.nouns import Listing
from guardagent.reasoners.offline.rewrite import parts_of
from guardagent.reasoners.offline.spelling import Piece
from guardagent.reasoners.offline.texts import Mentions
from guardagent.reasoners.offline.values import Const, Value

Group = tuple[Listing, Condition | None]
Quality = Callable[[Listing], Condition | None]
Members = tuple[tuple[Listing, Field], ...]
# What an object in a list is called by, where a sentence speaks of the object itself.
_TEXT_MEMBERS = ("name", "path", "address", "email", "url", "id", "title", "code", "sku", "text", "file", "filename")


def group(_context: Context, listing: Listing, quality: Quality | None = None) -> Group | None:
    keep = quality(listing) if quality else None
    return None if quality and keep is None else (listing, keep)


def items(found: Group) -> Items:
    listing, keep = found
    return Items(listing.field, keep or Always())


def some(found: Group, inner: Condition) -> Condition:
    """Some item of the group, in whatever item of the outer list, meets the condition."""
    listing, keep = found
    here = Some(Items(listing.field, keep or Always()), inner)
    return Some(Items(listing.parent), here) if listing.parent else here


# What is said of items.


def said_of_item(_context: Context, predicate: Predicate) -> Quality:
    """What is said of an item itself: of the text that it is, or that it goes by."""

    def quality(listing: Listing) -> Condition | None:
        if not listing.of_objects:
            found = predicate(listing.members[0]) if listing.members else None
            number = listing.members and listing.members[0].types & {"integer", "number"}
            return None if found is None or (not number and _compared(found)) else found
        named = [m for name in _TEXT_MEMBERS for m in listing.members if m.name == name and "string" in m.types]
        found = predicate(named[0]) if named else None
        # Sizes, and whether something is there, are said of a member by its name only.
        return None if found is None or any(isinstance(p, Compare | Present) for p in parts_of(found)) else found

    return quality


def whose(_context: Context, members: Members, predicate: Predicate) -> Quality:
    def quality(listing: Listing) -> Condition | None:
        member = member_in(members, listing)
        return predicate(member) if member else None

    return quality


def named_so(_context: Context, predicate: Predicate) -> Quality:
    """What is said of the texts in a list; what they contain is told by their pieces, as names are no sentences."""

    def quality(listing: Listing) -> Condition | None:
        if listing.of_objects or not listing.members:
            return None
        found = predicate(listing.members[0])
        if isinstance(found, Mentions):
            return Piece(found.value, found.phrases)
        return None if found is None or _compared(found) else found

    return quality


def with_piece(_context: Context, pieces: tuple[str, ...]) -> Quality:
    def quality(listing: Listing) -> Condition | None:
        member = listing.members[0] if listing.members and not listing.of_objects else listing.member(*_TEXT_MEMBERS)
        return Piece(member, pieces) if member and "string" in (member.types or {"string"}) else None

    return quality


def with_member(_context: Context, members: Members) -> Quality:
    def quality(listing: Listing) -> Condition | None:
        member = member_in(members, listing)
        return Present(member) if member else None

    return quality


def without_member(context: Context, members: Members) -> Quality:
    return _negated(with_member(context, members))


def flagged(_context: Context, members: Members) -> Quality:
    def quality(listing: Listing) -> Condition | None:
        member = member_in(members, listing)
        return OneOf(member, (True,)) if member and "boolean" in member.types else None

    return quality


def unflagged(context: Context, members: Members) -> Quality:
    return _negated(flagged(context, members))


def that(_context: Context, about: Quality) -> Quality:
    return about


def age_is(_context: Context, op: str, number: int | float) -> Quality:
    def quality(listing: Listing) -> Condition | None:
        member = listing.member("age", "age_years", "years")
        if not listing.of_objects and listing.members and listing.members[0].types & {"integer", "number"}:
            member = listing.members[0]
        return Compare(member, op, Const(number)) if member else None

    return quality


def grown_up(context: Context) -> Quality:
    return age_is(context, ">=", 18)


def is_aged(context: Context, aged: Quality | None, number: int | float | None = None) -> Quality | None:
    return aged or (age_is(context, ">=", number) if number is not None else None)


def member_more(_context: Context, op: str, members: Members, number: int | float) -> Quality:
    def quality(listing: Listing) -> Condition | None:
        member = member_in(members, listing)
        return Compare(member, op, Const(number)) if member else None

    return quality


def weighs(_context: Context, predicate: Predicate) -> Quality:
    return _said_of(predicate, "weight")


def costs(_context: Context, predicate: Predicate) -> Quality:
    return _said_of(predicate, "price", "cost")


def heavier(context: Context, number: int | float, unit: str | None = None) -> Quality:
    said = measured(context, ">", number, unit) if unit else lambda value: Compare(value, ">", Const(number))
    return _said_of(said, "weight")


def _said_of(predicate: Predicate, *words: str) -> Quality:
    """What is said of the one member whose name begins with such a word."""

    def quality(listing: Listing) -> Condition | None:
        found = [m for m in listing.members if m.name.lower().split("_")[0] in words]
        return predicate(found[0]) if len(found) == 1 else None

    return quality


def measured(_context: Context, op: str, number: int | float, unit: str) -> Predicate:
    """Of a number whose name tells the same unit: `weight_kg`."""

    def predicate(value: Value) -> Condition | None:
        field = value.member if isinstance(value, Total) else value
        same_unit = isinstance(field, Field) and field.name.lower().rsplit("_", 1)[-1] == unit
        return Compare(value, op, Const(number)) if same_unit else None

    return predicate


def the_list(_context: Context, listing: Listing) -> Field | None:
    return listing.field if listing.parent is None else None


def among_items(_context: Context, listing: Listing) -> Predicate:
    """Being one of the people or things in a list: by the name or number that they go by."""

    def predicate(value: Value) -> Condition | None:
        member = listing.member("id", "name", "email") if listing.of_objects else None
        if member is None or listing.parent is not None or not isinstance(value, Field) or value.is_list:
            return None
        return Among(value, Items(listing.field), member)

    return predicate


# Parts.


def _compared(condition: Condition) -> bool:
    return any(isinstance(p, Compare) for p in parts_of(condition))


def in_text_list(value: Value) -> bool:
    return isinstance(value, Field) and bool(value.owner) and "string" in (value.types or {"string"})


def member_in(members: Members, listing: Listing) -> Field | None:
    """The member that belongs to this list."""
    return next((m for own, m in members if own == listing), None)


def _negated(quality: Quality) -> Quality:
    def negated(listing: Listing) -> Condition | None:
        found = quality(listing)
        return Not(found) if found else None

    return negated
