"""Lists: some of their items, how many there are, what they add up to, and whether something is in them."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.connectives import Always, both
from guardagent.reasoners.offline.events import Event, fold, sample_moment, value_at
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.values import UNREADABLE, Value, number_in, plain, unique

helper(
    "items_of",
    '''
def items_of(value):
    """The items of a list: none without a value, a single unreadable one for anything that is no list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [UNREADABLE]
''',
)
helper(
    "after_last",
    '''
def after_last(items, marks):
    """The items after the last one that is marked; all of them when none is."""
    places = [place for place, marked in enumerate(marks) if marked]
    return items[places[-1] + 1 :] if places else items
''',
)
helper(
    "different",
    '''
def different(values):
    """How many different values there are; texts are compared without regard to letter case and outer spaces."""
    found = []
    for value in values:
        key = normalise(value) if isinstance(value, str) else value
        if value is not None and key not in found:
            found.append(key)
    return len(found)
''',
)
helper(
    "added_up",
    '''
def added_up(values):
    """The exact sum of the numbers that are there; UNREADABLE when one is no number."""
    numbers = [number_of(value) for value in values if value is not None]
    return UNREADABLE if any(number == UNREADABLE for number in numbers) else total(numbers)
''',
)
helper(
    "repeats",
    '''
def repeats(values):
    """Whether a value stands there twice, letter case and outer spaces apart."""
    return different(values) < len([value for value in values if value is not None])
''',
)


_ALL = Always()


@dataclass(frozen=True)
class Items:
    """The items of a list, or those of them that meet `keep`; the event that `keep` sees has the item under `item`."""

    field: Value
    keep: Condition = _ALL
    # The name under which `keep` sees an item, and by which the code calls it.
    var: str = "item"
    # Only the items after the last one that meets this count.
    after: Condition | None = None

    def code(self, unclear: bool = True) -> str:
        """The expression for the list of items."""
        if isinstance(self.keep, Always):
            return self.every()
        return f"[{self.var} for {self.var} in {self.every()} if {self.keep.code(unclear)}]"

    def every(self) -> str:
        """The expression for the items that `keep` is asked about."""
        listed = f"items_of({self.field.code()})"
        if self.after is None:
            return listed
        return f"after_last({listed}, [{self.after.code(True)} for {self.var} in {listed}])"

    def seen(self, event: Event, item: Any) -> Event:
        """The event with an item under its name."""
        return {**event, self.var: item}

    def of(self, event: Event) -> list[Any]:
        """The items in `event`."""
        return [item for item in self.listed(event) if self.keep.holds(self.seen(event, item))]

    def listed(self, event: Event) -> list[Any]:
        """The items that `keep` is asked about."""
        found = self.field.of(event)
        items = found if isinstance(found, list) else [] if found is None else [UNREADABLE]
        after = self.after
        if after is None:
            return items
        marks = [n for n, item in enumerate(items) if after.holds(self.seen(event, item))]
        return items[marks[-1] + 1 :] if marks else items

    def last_mark(self, event: Event) -> list[Any]:
        """Items that `after` speaks of, made where there are none."""
        if self.after is None:
            return []
        base = self.seen(event, copy.deepcopy(sample_item(self.field, event)))
        return [made[self.var] for made in _met(self.after, base)[:1]]

    def sample(self, event: Event) -> list[Any]:
        """Items that may stand in the list and meet `keep`."""
        known = self.of(event)
        bases = [*known[-1:], *self.listed(event)[-1:], sample_item(self.field, event)]
        made = [m[self.var] for base in bases for m in _met(self.keep, self.seen(event, copy.deepcopy(base)))]
        return made[:3]

    def with_items(self, event: Event, items: list[Any]) -> list[Event]:
        """The event with these items in the place of those that meet `keep`."""
        found = self.field.of(event)
        whole = found if isinstance(found, list) else []
        before = whole[: len(whole) - len(self.listed(event))] if self.after else []
        others = [i for i in self.listed(event) if not self.keep.holds(self.seen(event, i))]
        return self.field.put(event, [*before, *others, *items])

    def fields(self) -> list[str]:
        """JSON pointers that it reads."""
        return unique([*self.field.fields(), *self.keep.fields()])

    def says(self) -> str:
        """What it is called in messages."""
        named = self.field.says()
        return named if isinstance(self.keep, Always) else f"{named} where {self.keep.says()}"


@dataclass(frozen=True)
class Some:
    """Some item of the list meets a condition."""

    items: Items
    inner: Condition

    def code(self, unclear: bool) -> str:
        condition = both(self.items.keep, self.inner)
        return f"any({condition.code(unclear)} for {self.items.var} in {self.items.every()})"

    def holds(self, event: Event) -> bool:
        return any(self.inner.holds(self.items.seen(event, item)) for item in self.items.of(event))

    def make(self, event: Event, truth: bool) -> list[Event]:
        items, inner, var = self.items, self.inner, self.items.var
        bases = items.sample(event)
        made = [m for base in bases for m in inner.make(items.seen(event, base), truth)]
        made += [items.seen(event, base) for base in bases]
        events: list[Event] = []
        for one in [m for m in made if items.keep.holds(m) and inner.holds(m) is truth][:4]:
            item, changed = one[var], without_item(one, var, event)
            kept = [i for i in items.of(changed) if not inner.holds(items.seen(changed, i))]
            if truth:
                events += [*items.with_items(changed, [*kept, item]), *items.with_items(changed, [item])]
            else:
                events += items.with_items(changed, [*kept, item] if kept else [item])
        if not truth:
            kept = [i for i in items.of(event) if not inner.holds(items.seen(event, i))]
            # Items that would meet it, were they not left out by `keep`, or not before the last mark.
            events += [*self._beside(event), *self._before(event), *items.with_items(event, kept)]
        return [e for e in events if self.holds(e) is truth]

    def _beside(self, event: Event) -> list[Event]:
        if isinstance(self.items.keep, Always):
            return []
        items, var = self.items, self.items.var
        bases = [*items.listed(event)[-1:], sample_item(items.field, event)]
        inside = [m for base in bases for m in _met(self.inner, items.seen(event, copy.deepcopy(base)))]
        made = [m for one in inside for m in items.keep.make(one, False) if self.inner.holds(m)]
        return [e for m in made[:3] for e in items.field.put(without_item(m, var, event), [m[var]])]

    def _before(self, event: Event) -> list[Event]:
        items = self.items
        inside = [m for base in items.sample(event) for m in _met(self.inner, items.seen(event, base))]
        marks = items.last_mark(event)
        return [e for m in inside[:1] for mark in marks for e in items.field.put(event, [m[items.var], mark])]

    def fields(self) -> list[str]:
        return unique([*self.items.fields(), *self.inner.fields()])

    def says(self) -> str:
        if isinstance(self.inner, Always):
            return f"there is an entry in {self.items.says()}"
        return f"in {self.items.says()} there is one with {self.inner.says()}"


@dataclass(frozen=True)
class Count:
    """How many items there are; with `member`, how many different values of it."""

    items: Items
    member: Value | None = None
    numeric: ClassVar[bool] = True

    def code(self) -> str:
        if self.member is None:
            return f"len({self.items.code()})"
        return f"different([{self.member.code()} for {self.items.var} in {self.items.code()}])"

    def of(self, event: Event) -> Any:
        found = self.items.of(event)
        if self.member is None:
            return len(found)
        keys = [self.member.of(self.items.seen(event, item)) for item in found]
        return len({fold(k) if isinstance(k, str) else repr(k) for k in keys if k is not None})

    def put(self, event: Event, wanted: Any) -> list[Event]:
        count = int(wanted)
        if count < 0 or count > 200:
            return []
        known = self.items.of(event)[:count]
        sample = next(iter(self.items.sample(event)), None)
        if sample is None and count > len(known):
            return []
        added = [self._varied(event, sample, n) for n in range(count - len(known))]
        return self.items.with_items(event, [*known, *added])

    def _varied(self, event: Event, item: Any, number: int) -> Any:
        """Another item like this one: with a text of its own, where that keeps it among those that count."""
        field = self.items.field
        member = self.member or (field.members[0] if isinstance(field, Field) and _plain_texts(field) else None)
        if not isinstance(member, Field):
            return copy.deepcopy(item)
        shaped = self.items.seen(event, copy.deepcopy(item))
        text = member.of(shaped)
        if not isinstance(text, str):
            return copy.deepcopy(item)
        other = next(iter(member.put(shaped, f"n{number}{text}")), shaped)
        return other[self.items.var] if self.items.keep.holds(other) else copy.deepcopy(item)

    def fields(self) -> list[str]:
        return self.items.fields()

    def says(self) -> str:
        return f"the number of {'different values' if self.member else 'entries'} in {self.items.says()}"


@dataclass(frozen=True)
class Total:
    """The sum of a member over the items; members that are missing count as nothing."""

    items: Items
    member: Value
    numeric: ClassVar[bool] = True

    def code(self) -> str:
        return f"added_up([{self.member.code()} for {self.items.var} in {self.items.code()}])"

    def of(self, event: Event) -> Any:
        found = [self.member.of(self.items.seen(event, item)) for item in self.items.of(event)]
        numbers = [number_in(value) for value in found if value is not None]
        return UNREADABLE if None in numbers else sum((n for n in numbers if n is not None), Decimal(0))

    def put(self, event: Event, wanted: Any) -> list[Event]:
        sample = next(iter(self.items.sample(event)), None)
        if sample is None:
            return []
        whole = Decimal(str(wanted))
        half = Decimal(int(whole / 2))
        events: list[Event] = []
        for parts in ([whole - half, half], [whole]):
            made = [self.member.put(self.items.seen(event, copy.deepcopy(sample)), plain(part)) for part in parts]
            if all(made):
                events += self.items.with_items(event, [one[0][self.items.var] for one in made])
        return events

    def fields(self) -> list[str]:
        return self.items.fields()

    def says(self) -> str:
        return f"the sum of {self.member.says()} in {self.items.says()}"


@dataclass(frozen=True)
class Repeated:
    """A value stands twice in the list, or in a member of its items."""

    items: Items
    member: Value

    def code(self, unclear: bool) -> str:
        del unclear
        return f"repeats([{self.member.code()} for {self.items.var} in {self.items.code()}])"

    def holds(self, event: Event) -> bool:
        found = [self.member.of(self.items.seen(event, item)) for item in self.items.of(event)]
        keys = [fold(v) if isinstance(v, str) else repr(v) for v in found if v is not None]
        return len(set(keys)) < len(keys)

    def make(self, event: Event, truth: bool) -> list[Event]:
        counter = Count(self.items, self.member)
        bases = counter.put(event, 2)
        if not truth:
            return [e for e in [*bases, *counter.put(event, 1)] if not self.holds(e)]
        made = []
        for base in bases:
            first, *_rest = self.items.of(base)
            shouted = _shouted(self, base, first)
            made += self.items.with_items(base, [first, copy.deepcopy(first)])
            made += self.items.with_items(base, [*self.items.of(base), shouted])
        return [e for e in made if self.holds(e)]

    def fields(self) -> list[str]:
        return self.items.fields()

    def says(self) -> str:
        return f"{self.items.says()} has the same entry twice"


def sample_item(field: Value, event: Event) -> Any:
    """An item that may stand in the list, with harmless values and with the event's own time where it has one."""
    members = field.members if isinstance(field, Field) else ()
    if not members:
        return "x"
    if not members[0].pointer:
        return _sample_value(members[0], event)
    owner = members[0].owner
    item: dict[str, Any] = {owner: {}}
    for member in members:
        if member.required or member.values:
            item = member.put(item, _sample_value(member, event))[0]
    return item[owner]


def _sample_value(member: Field, event: Event) -> Any:
    if member.values:
        return next((v for v in member.values if v is not None), None)
    if member.is_list:
        return []
    if "boolean" in member.types:
        return False
    if member.types & {"integer", "number"}:
        now = now_of(event)
        return now if isinstance(now, int | float) and member.name in ("t", "at", "time", "clock") else 1
    if sample_moment(member.name):
        now = now_of(event)
        return now if isinstance(now, str) else sample_moment(member.name)
    return "someone" if member.name in ("by", "user", "author") else "x"


def now_of(event: Event) -> Any:
    """What the event calls the present."""
    names = ("now", "at", "time", "timestamp", "current_time", "clock", "today")
    found = (value_at(event, f"{place}/{name}") for place in ("", "/context", "/session") for name in names)
    return next((value for value in found if value is not None), None)


def _met(condition: Condition, event: Event) -> list[Event]:
    """The event, or ones like it, of which the condition is true."""
    return [event] if condition.holds(event) else [e for e in condition.make(event, True) if condition.holds(e)]


def _plain_texts(field: Field) -> bool:
    return len(field.members) == 1 and not field.members[0].pointer


def _shouted(repeated: Repeated, event: Event, item: Any) -> Any:
    """The item with its text in capitals."""
    shaped = repeated.items.seen(event, copy.deepcopy(item))
    text = repeated.member.of(shaped)
    if not isinstance(text, str):
        return copy.deepcopy(item)
    return repeated.member.put(shaped, text.upper())[0][repeated.items.var]


def without_item(event: Event, var: str, before: Event) -> Event:
    """The event as it was before an item was shown in it under a name."""
    bare = {name: value for name, value in event.items() if name != var}
    return {**bare, var: before[var]} if var in before else bare
