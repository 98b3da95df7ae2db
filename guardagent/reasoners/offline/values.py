"""Values: what a noun phrase stands for, as expressions that can be written as code and tried on an event.

A value that is missing is None. One that is there and can't be read is `UNREADABLE`, which no condition can read
either, so that it counts against the event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from guardagent.reasoners.offline.events import Event, fold, value_at
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.helpers import helper

UNREADABLE = {"unreadable": True}


class Value(Protocol):
    """Something that an event has or from which it follows."""

    def code(self) -> str:
        """The expression in the guard language."""
        ...

    def of(self, event: Event) -> Any:
        """What it is in `event`: None when missing, UNREADABLE when it can't be told."""
        ...

    def put(self, event: Event, wanted: Any) -> list[Event]:
        """Events like `event` in which it is `wanted`; empty when there is no way to it."""
        ...

    def fields(self) -> list[str]:
        """JSON pointers that it reads."""
        ...

    def says(self) -> str:
        """What it is called in messages."""
        ...


helper(
    "number_of",
    '''
def number_of(value):
    """The number in a value, an amount of money too; None without value, UNREADABLE when it holds no number."""
    if value is None:
        return None
    number = parse_number(value)
    if number is None and isinstance(value, str):
        money = parse_money(value)
        number = None if money is None else money["amount"]
    return UNREADABLE if number is None else number
''',
)
helper(
    "sum_of",
    '''
def sum_of(values):
    """The exact sum of the numbers that are there; None when the first is missing, UNREADABLE when one is no number."""
    if not values or values[0] is None:
        return None
    numbers = [number_of(value) for value in values if value is not None]
    if any(number == UNREADABLE for number in numbers):
        return UNREADABLE
    return total(numbers)
''',
)
helper(
    "size_of",
    '''
def size_of(value, unit):
    """The number of characters, words or items; None without value, UNREADABLE when there is nothing to count."""
    if value is None:
        return None
    if unit == "items" and isinstance(value, list):
        return len(value)
    if unit == "words" and isinstance(value, str):
        return count_words(value)
    if unit == "characters" and isinstance(value, str):
        return len(value)
    return UNREADABLE
''',
)
helper(
    "limit_for",
    '''
def limit_for(key, table, default):
    """What the table lists for the key, letter case apart; `default` for a key that is missing or not listed."""
    return table.get(normalise(key), default)
''',
)


@dataclass(frozen=True)
class Const:
    """A number or text of the author."""

    value: Any

    def code(self) -> str:
        return repr(self.value)

    def of(self, event: Event) -> Any:
        del event
        return self.value

    def put(self, event: Event, wanted: Any) -> list[Event]:
        return [event] if wanted == self.value else []

    def fields(self) -> list[str]:
        return []

    def says(self) -> str:
        return f"`{self.value}`" if isinstance(self.value, str) else str(self.value)


@dataclass(frozen=True)
class Table:
    """A number that depends on another field: `1,000 on the basic plan, 5,000 on plus`; None for an unlisted key."""

    key: Field
    entries: tuple[tuple[str, Any], ...]
    default: Any = None

    def code(self) -> str:
        table = {fold(name): value for name, value in self.entries}
        return f"limit_for({self.key.code()}, {table!r}, {self.default!r})"

    def of(self, event: Event) -> Any:
        return {fold(name): value for name, value in self.entries}.get(fold(self.key.of(event)), self.default)

    def put(self, event: Event, wanted: Any) -> list[Event]:
        return [made for name, value in self.entries if value == wanted for made in self.key.put(event, name)]

    def keyed(self, event: Event) -> list[Event]:
        """The event under each key."""
        return [made for name, _ in self.entries for made in self.key.put(event, name)]

    def fields(self) -> list[str]:
        return self.key.fields()

    def says(self) -> str:
        return ", ".join(f"{value} for {name}" for name, value in self.entries)


@dataclass(frozen=True)
class Sum:
    """The sum of numbers; the first must be there, the others count as zero where they are missing."""

    parts: tuple[Value, ...]

    def code(self) -> str:
        return f"sum_of([{', '.join(part.code() for part in self.parts)}])"

    def of(self, event: Event) -> Any:
        found = [part.of(event) for part in self.parts]
        if found[0] is None:
            return None
        numbers = [number_in(value) for value in found if value is not None]
        known = [n for n in numbers if n is not None]
        return sum(known, Decimal(0)) if len(known) == len(numbers) else UNREADABLE

    def put(self, event: Event, wanted: Any) -> list[Event]:
        rest = [number_in(part.of(event)) or Decimal(0) for part in self.parts[1:]]
        first = Decimal(str(wanted)) - sum(rest, Decimal(0))
        return self.parts[0].put(event, plain(first)) if first > 0 else []

    def fields(self) -> list[str]:
        return unique(pointer for part in self.parts for pointer in part.fields())

    def says(self) -> str:
        return " plus ".join(part.says() for part in self.parts)


@dataclass(frozen=True)
class Measure:
    """How many characters, words or items a value has."""

    value: Value
    unit: str

    def code(self) -> str:
        return f"size_of({self.value.code()}, {self.unit!r})"

    def of(self, event: Event) -> Any:
        found = self.value.of(event)
        if found is None:
            return None
        if self.unit == "items":
            return len(found) if isinstance(found, list) else UNREADABLE
        if not isinstance(found, str):
            return UNREADABLE
        return len(found.split()) if self.unit == "words" else len(found)

    def put(self, event: Event, wanted: Any) -> list[Event]:
        count = max(int(wanted), 0)
        found = self.value.of(event)
        if self.unit == "items":
            member = found[0] if isinstance(found, list) and found else "x"
            return self.value.put(event, [member] * count)
        text = found if isinstance(found, str) else ""
        if self.unit == "words":
            return self.value.put(event, " ".join([*text.split(), *["word"] * count][:count]))
        return self.value.put(event, text[:count].ljust(count, "x"))

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"the number of {self.unit} in {self.value.says()}"


def number_in(value: Any) -> Decimal | None:
    """The number in a value, with or without a currency sign; None when it holds none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    text = str(value).strip().lstrip("$€£ ").replace(",", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def plain(number: Decimal) -> int | float:
    """A decimal as JSON has it."""
    return int(number) if number == number.to_integral_value() else float(number)


def unique(items: Iterable[str]) -> list[str]:
    """The items without repetitions, in their order."""
    return list(dict.fromkeys(items))


__all__ = ["UNREADABLE", "Const", "Field", "Measure", "Sum", "Table", "Value", "number_in", "unique", "value_at"]
