"""How conditions join: not, all, any, always."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guardagent.reasoners.offline.conditions import Compare, Condition, Event, OneOf
from guardagent.reasoners.offline.values import Const

_OPPOSITES = {
    " is not ": " is ",
    " is ": " is not ",
    " has ": " has not ",
    " begins with ": " does not begin with ",
    " ends with ": " does not end with ",
    " mentions ": " does not mention ",
    " asks to ": " does not ask to ",
}


@dataclass(frozen=True)
class Not:
    """The condition doesn't hold."""

    inner: Condition

    def code(self, unclear: bool) -> str:
        return f"not ({self.inner.code(not unclear)})"

    def holds(self, event: Event) -> bool:
        return not self.inner.holds(event)

    def make(self, event: Event, truth: bool) -> list[Event]:
        return self.inner.make(event, not truth)

    def fields(self) -> list[str]:
        return self.inner.fields()

    def says(self) -> str:
        return negated(self.inner.says())


@dataclass(frozen=True)
class Unbroken:
    """Another rule is not violated, as that rule itself decides it: what can't be read violates it here too."""

    rule: Condition

    def code(self, unclear: bool) -> str:
        del unclear
        return f"not ({self.rule.code(True)})"

    def holds(self, event: Event) -> bool:
        return not self.rule.holds(event)

    def make(self, event: Event, truth: bool) -> list[Event]:
        return self.rule.make(event, not truth)

    def fields(self) -> list[str]:
        return self.rule.fields()

    def says(self) -> str:
        return negated(self.rule.says())


@dataclass(frozen=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]

    def code(self, unclear: bool) -> str:
        return " and ".join(f"({p.code(unclear)})" for p in self.parts)

    def holds(self, event: Event) -> bool:
        return all(p.holds(event) for p in self.parts)

    def make(self, event: Event, truth: bool) -> list[Event]:
        return _all(self.parts, event) if truth else _one_fails(self.parts, event)

    def fields(self) -> list[str]:
        return _unique(f for p in self.parts for f in p.fields())

    def says(self) -> str:
        return " and ".join(p.says() for p in self.parts)


@dataclass(frozen=True)
class EachOf(All):
    """Every part holds; a ban on them bans each."""


@dataclass(frozen=True)
class Any_:
    """Some part holds."""

    parts: tuple[Condition, ...]

    def code(self, unclear: bool) -> str:
        return " or ".join(f"({p.code(unclear)})" for p in self.parts)

    def holds(self, event: Event) -> bool:
        return any(p.holds(event) for p in self.parts)

    def make(self, event: Event, truth: bool) -> list[Event]:
        turned = [Not(p) for p in self.parts]
        return _one_fails(turned, event) if truth else _all(turned, event)

    def fields(self) -> list[str]:
        return _unique(f for p in self.parts for f in p.fields())

    def says(self) -> str:
        return " or ".join(p.says() for p in self.parts)


@dataclass(frozen=True)
class Always:
    """True of every event: the subject of rules that bind everybody."""

    def code(self, unclear: bool) -> str:
        del unclear
        return "True"

    def holds(self, event: Event) -> bool:
        del event
        return True

    def make(self, event: Event, truth: bool) -> list[Event]:
        return [event] if truth else []

    def fields(self) -> list[str]:
        return []

    def says(self) -> str:
        return "always"


def negated(words: str) -> str:
    """The opposite of a condition in words."""
    if " and " in words or " where " in words or " or " in words.split(" is ")[0]:
        return f"not ({words})"
    for verb, opposite in _OPPOSITES.items():
        if verb in words:
            return words.replace(verb, opposite, 1)
    return f"not ({words})"


def both(*parts: Condition) -> Condition:
    """All of the parts, flattened, without those that are always true."""
    flat: list[Condition] = []
    for part in parts:
        if isinstance(part, All):
            flat.extend(part.parts)
        elif not isinstance(part, Always):
            flat.append(part)
    if not flat:
        return Always()
    return flat[0] if len(flat) == 1 else All(tuple(flat))


def disjoint(one: Condition, other: Condition) -> bool:
    """Whether the two can't both be true, as far as fields with listed values and numbers show it."""
    for left in _demands(one):
        for right in _demands(other):
            if _exclude(left, right):
                return True
    return False


def _exclude(left: Condition, right: Condition) -> bool:
    if isinstance(left, OneOf) and isinstance(right, OneOf) and left.value == right.value:
        return not {_plain(v) for v in left.values} & {_plain(v) for v in right.values}
    if isinstance(left, Compare) and isinstance(right, Compare) and left.value == right.value:
        return _no_overlap(left, right) or _no_overlap(right, left)
    return False


def _demands(condition: Condition) -> Sequence[Condition]:
    """What must all be true for the condition to be."""
    return condition.parts if isinstance(condition, All) else (condition,)


def _plain(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value


def _no_overlap(low: Compare, high: Compare) -> bool:
    """Whether one is below a number and the other above it."""
    if low.op[0] != "<" or high.op[0] != ">" or not isinstance(low.limit, Const) or not isinstance(high.limit, Const):
        return False
    touching = low.op == "<=" and high.op == ">="
    return bool(low.limit.value < high.limit.value or (low.limit.value == high.limit.value and not touching))


def _all(parts: Sequence[Condition], event: Event) -> list[Event]:
    """Events of which every part is true: each part in turn shapes what the earlier ones made."""
    made = [event]
    for part in parts:
        made = [m for e in made for m in ([e] * part.holds(e) + part.make(e, True))][:8]
    return [e for e in made if all(p.holds(e) for p in parts)]


def _one_fails(parts: Sequence[Condition], event: Event) -> list[Event]:
    """Events of which exactly one part fails while the others hold: the near misses."""
    found: list[Event] = []
    for number, part in enumerate(parts):
        rest = [p for n, p in enumerate(parts) if n != number]
        for base in _all(rest, event)[:2]:
            found.extend(e for e in part.make(base, False)[:2] if not part.holds(e))
    return found


def _unique(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))
