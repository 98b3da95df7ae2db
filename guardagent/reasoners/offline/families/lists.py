"""Lists: quantifiers over items, counts, sums, repetitions, what stands in a list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from guardagent.reasoners.offline.conditions import Compare, Condition, OneOf
from guardagent.reasoners.offline.connectives import All, Always, EachOf, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.choices import fitting
from guardagent.reasoners.offline.families.entries import has_entry as has_entry
from guardagent.reasoners.offline.families.entries import keyed_not_both as keyed_not_both
from guardagent.reasoners.offline.families.entries import no_repeated_members as no_repeated_members
from guardagent.reasoners.offline.families.entries import no_repeats as no_repeats
from guardagent.reasoners.offline.families.entries import not_both as not_both
from guardagent.reasoners.offline.families.entries import one_needs_other as one_needs_other
from guardagent.reasoners.offline.families.entries import only_entries as only_entries
from guardagent.reasoners.offline.families.entries import only_listed as only_listed
from guardagent.reasoners.offline.families.entries import row as row
from guardagent.reasoners.offline.families.entries import single as single
from guardagent.reasoners.offline.families.frames import must, must_not
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.families.qualities import (
    Group,
    Members,
    Quality,
    in_text_list,
    items,
    member_in,
    some,
)
from guardagent.reasoners.offline.families.qualities import age_is as age_is
from guardagent.reasoners.offline.families.qualities import among_items as among_items
from guardagent.reasoners.offline.families.qualities import costs as costs
from guardagent.reasoners.offline.families.qualities import flagged as flagged
from guardagent.reasoners.offline.families.qualities import group as group
from guardagent.reasoners.offline.families.qualities import grown_up as grown_up
from guardagent.reasoners.offline.families.qualities import heavier as heavier
from guardagent.reasoners.offline.families.qualities import is_aged as is_aged
from guardagent.reasoners.offline.families.qualities import measured as measured
from guardagent.reasoners.offline.families.qualities import member_more as member_more
from guardagent.reasoners.offline.families.qualities import named_so as named_so
from guardagent.reasoners.offline.families.qualities import said_of_item as said_of_item
from guardagent.reasoners.offline.families.qualities import that as that
from guardagent.reasoners.offline.families.qualities import the_list as the_list
from guardagent.reasoners.offline.families.qualities import unflagged as unflagged
from guardagent.reasoners.offline.families.qualities import weighs as weighs
from guardagent.reasoners.offline.families.qualities import whose as whose
from guardagent.reasoners.offline.families.qualities import with_member as with_member
from guardagent.reasoners.offline.families.qualities import with_piece as with_piece
from guardagent.reasoners.offline.families.qualities import without_member as without_member
from guardagent.reasoners.offline.families.subjects import tool
from guardagent.reasoners.offline.families.texts import mentioning
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.items import Count, Items, Repeated, Some, Total
from guardagent.reasoners.offline.listed import Among
from guardagent.reasoners.offline.meanings import Change, Meaning, Predicate, Respelling
from guardagent.reasoners.offline.nouns import Listing
from guardagent.reasoners.offline.rewrite import parts_of, rewritten_conditions
from guardagent.reasoners.offline.spelling import Loose, loosened
from guardagent.reasoners.offline.texts import Mentions
from guardagent.reasoners.offline.values import Const, Measure, Value


def constant(_context: Context, value: str) -> str:
    return value


def nothing(_context: Context, *_words: Any) -> bool:
    return True


# Rules on items.


def every_must(context: Context, found: Group, about: Quality) -> Condition | None:
    inner = about(found[0])
    if inner is None:
        return None
    return some(found, _violation(context, inner))


def none_may(_context: Context, found: Group, about: Quality) -> Condition | None:
    inner = about(found[0])
    if inner is None:
        return None
    return some(found, replace(inner, every=False) if isinstance(inner, Mentions) else inner)


def member_must(context: Context, found: tuple[Group, Field], predicate: Predicate) -> Condition | None:
    inner = must(context, found[1], predicate)
    return some(found[0], inner) if inner else None


def member_must_not(context: Context, found: tuple[Group, Field], predicate: Predicate) -> Condition | None:
    inner = must_not(context, found[1], predicate)
    return some(found[0], inner) if inner else None


def member_of(
    _context: Context, listing: Listing | None, found: Group | None, members: Members
) -> tuple[Group, Field] | None:
    chosen: Group | None = found or ((listing, None) if listing else None)
    member = member_in(members, chosen[0]) if chosen else None
    return (chosen, member) if chosen and member else None


def lone_member(_context: Context, found: tuple[Listing, Field]) -> tuple[Group, Field]:
    return (found[0], None), found[1]


def some_are(_context: Context, found: Group, about: Quality) -> Condition | None:
    inner = about(found[0])
    return some(found, inner) if inner else None


def all_are(_context: Context, found: Group, about: Quality) -> Condition | None:
    inner = about(found[0])
    return Not(some(found, Not(inner))) if inner else None


def none_are(_context: Context, found: Group, about: Quality) -> Condition | None:
    inner = about(found[0])
    return Not(some(found, inner)) if inner else None


def some_member(_context: Context, found: tuple[Group, Field], predicate: Predicate) -> Condition | None:
    inner = predicate(found[1])
    return some(found[0], inner) if inner else None


def there_is(_context: Context, found: Group) -> Condition:
    return some(found, Always())


def there_is_none(_context: Context, found: Group) -> Condition:
    return Not(some(found, Always()))


# How many.


def counted(_context: Context, op: str, number: int) -> Predicate:
    return lambda value: Compare(value, op, Const(number))


def counted_between(_context: Context, low: int, high: int) -> Predicate:
    return lambda value: All((Compare(value, ">=", Const(low)), Compare(value, "<=", Const(high))))


def there_are(_context: Context, upto: Predicate, found: Group) -> Condition | None:
    return upto(Count(items(found))) if found[0].parent is None else None


def how_many(context: Context, upto: Predicate, found: Group) -> Condition | None:
    return must(context, Count(items(found)), upto) if found[0].parent is None else None


def at_most_items(context: Context, number: int, found: Group, deed: str | None = None) -> Condition | None:
    if found[0].parent is not None:
        return None
    return _done(context, deed, Compare(Count(items(found)), ">", Const(number)))


def at_most_different(context: Context, number: int, found: Group, deed: str | None = None) -> Condition | None:
    """Entries that are alike, letter case and outer spaces apart, count once."""
    listing = found[0]
    if listing.parent is not None or listing.of_objects or not listing.members:
        return None
    return _done(context, deed, Compare(Count(items(found), listing.members[0]), ">", Const(number)))


def at_least_items(
    context: Context, number: int, found: Group, deed: str | None = None, about: Quality | None = None
) -> Condition | None:
    inner = about(found[0]) if about else Always()
    if found[0].parent is not None or inner is None:
        return None
    kept = items((found[0], both(found[1] or Always(), inner)))
    return _done(context, deed, Compare(Count(kept), "<", Const(number)))


def no_items(context: Context, found: Group, deed: str | None = None) -> Condition | None:
    return _done(context, deed, some(found, Always()))


def in_each(context: Context, listing: Listing, upto: Predicate, found: Group) -> Condition | None:
    """So many of an inner list in every item of the outer one."""
    if found[0].parent != listing.field or listing.parent is not None:
        return None
    broken = must(context, Count(items(found)), upto)
    return Some(Items(listing.field), broken) if broken else None


def in_none_more(_context: Context, listing: Listing, number: int, found: Group) -> Condition | None:
    if found[0].parent != listing.field or listing.parent is not None:
        return None
    return Some(Items(listing.field), Compare(Count(items(found)), ">", Const(number)))


def holder_how_many(
    context: Context, holder: str | None, name: str | None, upto: Predicate, found: Group
) -> Condition | None:
    counting = how_many(context, upto, found)
    return _held(context, holder, name, found, counting)


def holder_no_more(
    context: Context, holder: str | None, name: str | None, number: int, found: Group
) -> Condition | None:
    return _held(context, holder, name, found, at_most_items(context, number, found))


def count_of(_context: Context, found: Group) -> Value | None:
    return Count(items(found)) if found[0].parent is None else None


def count_of_different(_context: Context, found: Group) -> Value | None:
    listing = found[0]
    if listing.of_objects or listing.parent is not None or not listing.members:
        return None
    return Count(items(found), listing.members[0])


def total_of(_context: Context, members: Members, found: Group | None = None) -> Value | None:
    chosen = found or ((members[0][0], None) if len(members) == 1 else None)
    member = member_in(members, chosen[0]) if chosen else None
    if chosen is None or member is None or chosen[0].parent is not None or not _is_number(member):
        return None
    return Total(items(chosen), member)


def only_group(context: Context, found: Group, deed: str | None = None) -> Condition | None:
    listing, keep = found
    return _done(context, deed, some((listing, None), Not(keep))) if keep else None


def contains(context: Context, values: tuple[str, ...]) -> Predicate:
    """Of a list: that one of the texts stands in it; of a text: that it holds one of them as words."""
    del context

    def predicate(value: Value) -> Condition | None:
        if isinstance(value, Field) and value.is_list:
            listing = Listing(value)
            wanted = None if listing.of_objects or not listing.members else fitting(listing.members[0], values)
            return some((listing, None), OneOf(listing.members[0], wanted)) if wanted else None
        text = not isinstance(value, Field) or not value.types or "string" in value.types
        return mentioning(value, values) if text else None

    return predicate


def contains_all(context: Context, values: tuple[str, ...]) -> Predicate:
    """Of a list: that each of the texts stands in it; of a text: that it holds all of them as words."""

    def predicate(value: Value) -> Condition | None:
        if isinstance(value, Field) and value.is_list:
            parts = [contains(context, (v,))(value) for v in values]
            found = tuple(p for p in parts if p is not None)
            return EachOf(found) if len(found) == len(values) else None
        text = not isinstance(value, Field) or not value.types or "string" in value.types
        return Mentions(value, values, every=True) if text else None

    return predicate


def contains_together(context: Context, values: tuple[str, ...]) -> Predicate:
    """That it holds all of the texts; a ban bans them together only."""

    def predicate(value: Value) -> Condition | None:
        found = tuple(p for v in values if (p := contains(context, (v,))(value)) is not None)
        return All(found) if len(found) == len(values) else None

    return predicate


def of_each(_context: Context, about: Quality) -> Quality:
    def quality(listing: Listing) -> Condition | None:
        found = about(listing)
        return None if found is None or any(isinstance(p, Mentions) for p in parts_of(found)) else found

    return quality


def among(_context: Context, field: Field) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        if value == field or (isinstance(value, Field) and value.is_list) or not field.members:
            return None
        return Among(value, Items(field), field.members[0])

    return predicate


def caseless(_context: Context, *_words: Any) -> Change:
    """Letter case is ignored, as it is anyhow where texts are compared."""

    def change(condition: Condition) -> Condition | None:
        return condition if any(isinstance(p, OneOf | Among | Repeated | Count) for p in parts_of(condition)) else None

    return change


def harmless_repeats(_context: Context) -> Change:
    """Repetitions make no difference where nothing is counted."""

    def change(condition: Condition) -> Condition | None:
        return None if any(isinstance(p, Count | Repeated | Measure) for p in parts_of(condition)) else condition

    return change


def spaced_alike(_context: Context) -> Meaning:
    """Spaces, hyphens and underscores are the same wherever the items of a list are compared with values."""

    def change(condition: Condition) -> Condition | None:
        compared = [p for p in parts_of(condition) if isinstance(p, OneOf) and in_text_list(p.value)]

        def respelled(part: Condition) -> Condition:
            if not isinstance(part, OneOf) or part not in compared:
                return part
            return replace(part, value=Loose(part.value), values=tuple(loosened(v) for v in part.values))

        return rewritten_conditions(condition, respelled) if compared else None

    return Respelling(change)


def _violation(context: Context, inner: Condition) -> Condition:
    """What breaks a demand; like `must`, with the condition at hand."""
    return must(context, Const(None), lambda _value: inner) or Not(inner)


def _done(context: Context, deed: str | None, condition: Condition) -> Condition | None:
    """The condition of calls of the tool that does so."""
    called = tool(context, (deed,)) if deed else Always()
    return both(called, condition) if called else None


def _held(
    context: Context, holder: str | None, name: str | None, found: Group, condition: Condition | None
) -> Condition | None:
    if condition is None:
        return None
    if name:
        return _done(context, name, condition)
    inside = not holder or found[0].field.pointer.startswith(f"{holder}/")
    return condition if inside else None


def _is_number(field: Field) -> bool:
    return not field.types or bool(field.types & {"integer", "number"}) or (field.is_text and not field.values)
