"""Numbers that follow from others."""

from __future__ import annotations

from decimal import Decimal

from guardagent.reasoners.offline.arithmetic import Difference, Product
from guardagent.reasoners.offline.conditions import Compare, Condition
from guardagent.reasoners.offline.connectives import All, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.families.limits import is_number
from guardagent.reasoners.offline.families.limits import number as number
from guardagent.reasoners.offline.families.lists import constant as constant
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.items import Count, Items
from guardagent.reasoners.offline.meanings import Predicate
from guardagent.reasoners.offline.nouns import Listing, parts_of_name
from guardagent.reasoners.offline.values import Const, Value, plain

_MONEY = frozenset("fee price charge charged amount cost total payment".split())


def numeric(_context: Context, field: Field) -> Field | None:
    """A field that may hold a number; a text only where its name tells of one."""
    if field.types & {"integer", "number"} and not field.is_list:
        return field
    return field if is_number(field) and _MONEY & set(parts_of_name(field.name)) else None


def number_of_items(_context: Context, listing: Listing) -> Value | None:
    return Count(Items(listing.field)) if listing.parent is None else None


def share(_context: Context, percent: int | float, value: Value) -> Value:
    return Product(Const(plain(Decimal(str(percent)) / 100)), value)


def scaled(_context: Context, ratio: int | float, value: Value) -> Value:
    return Product(Const(ratio), value)


def minus(_context: Context, left: Value, right: Value) -> Value | None:
    return Difference(left, right) if left != right else None


def product(_context: Context, left: Value, right: Value) -> Value | None:
    return Product(left, right) if left != right else None


def for_each(context: Context, price: Value, listing: Listing) -> Value | None:
    counted = number_of_items(context, listing)
    return Product(price, counted) if counted else None


def for_every(context: Context, price: Value, field: Field | None, value: Value | None = None) -> Value | None:
    found = value if value is not None else numeric(context, field) if field else None
    return Product(price, found) if found is not None else None


def equal_to(_context: Context, wanted: Value) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        return _equal(value, wanted) if is_number(value) and value != wanted else None

    return predicate


def pays(context: Context, who: Condition, wanted: Value | None, amount: int | float | None = None) -> Condition | None:
    """What somebody is charged, in the one field of the call for a sum of money."""
    charged = [
        f
        for f in context.fields.all
        if f.pointer.startswith("/tool/") and _MONEY & set(parts_of_name(f.name)) and numeric(context, f)
    ]
    due = wanted if wanted is not None else Const(amount) if amount is not None else None
    return both(who, Not(_equal(charged[0], due))) if len(charged) == 1 and due is not None else None


def _equal(value: Value, wanted: Value) -> Condition:
    return All((Compare(value, ">=", wanted), Compare(value, "<=", wanted)))
