"""Terminal symbols for what happened earlier: the kinds of history entries, and what else entries say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from guardagent.reasoners.offline.chart import Terminal
from guardagent.reasoners.offline.conditions import Condition, OneOf
from guardagent.reasoners.offline.fields import Field, Fields
from guardagent.reasoners.offline.nouns import HISTORY_NAMES, parts_of_name, stem
from guardagent.reasoners.offline.timewords import is_timely
from guardagent.reasoners.offline.tokens import Token

_KINDS = ("type", "kind", "event", "tool", "action", "name", "op", "operation", "entry", "what")
_TIMES = ("at", "time", "timestamp", "when", "t", "ts", "date", "created_at")
_BEGINNINGS = frozenset(
    "opened open started start begun begin raised seen declared entered on activated locked paused set placed".split()
)
_ENDS = frozenset(
    "closed close ended end finished finish stopped stop cleared clear resolved lifted left off deactivated unlocked "
    "resumed released removed".split()
)
_GOOD = frozenset("ok success succeeded successful successfully done completed complete passed".split())
_BAD = frozenset("failed fail failure error unsuccessful unsuccessfully".split())


class History(NamedTuple):
    """The list of what happened before, with the members of its entries that have a meaning of their own."""

    field: Field
    kind: Field | None
    time: Field | None
    members: tuple[Field, ...]

    def member(self, name: str) -> Field | None:
        """The member with this name."""
        return next((m for m in self.members if m.name.lower() == name.lower()), None)


def history_of(fields: Fields) -> History | None:
    """The history of an event, when the schema has one whose entries it describes."""
    found = [f for f in fields.all if f.is_list and f.name in HISTORY_NAMES and any(m.pointer for m in f.members)]
    if len(found) != 1:
        return None
    members = tuple(m._replace(owner="entry") for m in found[0].members)
    kind = next((m for name in _KINDS for m in members if m.name.lower() == name and not m.is_list), None)
    if kind is not None and kind.pointer.endswith("/name") and len([m for m in members if m.name == "name"]) > 1:
        kind = None
    time = next((m for name in _TIMES for m in members if m.name.lower() == name and is_timely(m)), None)
    return History(found[0]._replace(members=members), kind, time, members)


class Eventwords:
    """The terminals on history for one agent. `terms` holds what authors define: `a "sent mail" is …`."""

    def __init__(self, fields: Fields, terms: Mapping[str, Any]) -> None:
        self._fields = fields
        self._history = history_of(fields)
        self._terms = terms
        kind = self._history.kind if self._history else None
        self._kinds = tuple(str(v) for v in kind.values) if kind and kind.values else ()
        if kind and not self._kinds:
            self._kinds = tuple(dict.fromkeys((*fields.tools(), *fields.prose_tools)))

    def terminals(self) -> Mapping[str, Terminal]:
        """The terminals, by name."""
        return {
            "kindnoun": self._kindnoun,
            "entryvalue": self._entryvalue,
            "entrymember": self._entrymember,
            "happening": self._happening,
            "newterm": self._newterm,
            "ordinal": self._ordinal,
            "episode": self._episode,
        }

    def _kindnoun(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Condition]]:
        """The kind of an entry, by a noun or verb for it: `deployments`, `approved`, `incident opened`."""
        kind = self._history.kind if self._history else None
        if kind is None:
            return
        for end in range(start + 1, min(start + 4, len(tokens)) + 1):
            if tokens[end - 1].kind not in ("word", "quote"):
                return
            words = parts_of_name(" ".join(t.lower.replace("e-mail", "email") for t in tokens[start:end]))
            stems = [stem(word) for word in words]
            named = [k for k in self._kinds if sorted(stem(p) for p in parts_of_name(k)) == sorted(stems)]
            if not named and len(stems) == 1 and len(words[0]) > 2:
                named = [k for k in self._kinds if stems[0] in {stem(p) for p in parts_of_name(k)}]
            if len(named) == 1:
                yield end, OneOf(kind, (named[0],))

    def _episode(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[Condition, Condition]]]:
        """What entries of two kinds open and close: `incident`, of incident_opened and incident_closed."""
        kind = self._history.kind if self._history else None
        if kind is None:
            return
        for end in range(start + 1, min(start + 3, len(tokens)) + 1):
            words = [stem(w) for w in parts_of_name(" ".join(t.lower for t in tokens[start:end]))]
            own = [k for k in self._kinds if [stem(p) for p in parts_of_name(k)[:-1]] == words]
            begun = [k for k in own if parts_of_name(k)[-1] in _BEGINNINGS]
            ended = [k for k in own if parts_of_name(k)[-1] in _ENDS]
            if len(begun) == 1 and len(ended) == 1:
                yield end, (OneOf(kind, (begun[0],)), OneOf(kind, (ended[0],)))

    def _entryvalue(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Condition]]:
        """A value that a member of entries may have: `failed`, `production`."""
        if self._history is None or start >= len(tokens) or tokens[start].kind == "mark":
            return
        word = tokens[start].lower
        pairs = [
            (m, v) for m in self._history.members for v in m.values if isinstance(v, str) and m != self._history.kind
        ]
        for wanted in ({word}, _GOOD if word in _GOOD else set(), _BAD if word in _BAD else set()):
            found = [(m, v) for m, v in pairs if v.lower() in wanted or (len(wanted) == 1 and stem(v) == stem(word))]
            if len({m.pointer for m, _ in found}) == 1:
                yield start + 1, OneOf(found[0][0], tuple(v for _, v in found))
                return
        free = [m for m in self._history.members if m.name in ("result", "status", "outcome") and not m.values]
        if len(free) == 1 and (word in _GOOD or word in _BAD):
            yield start + 1, OneOf(free[0], tuple(sorted(_GOOD if word in _GOOD else _BAD)))

    def _entrymember(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        """A member of entries by its name."""
        if self._history is None:
            return
        for end in range(start + 1, min(start + 3, len(tokens)) + 1):
            words = [stem(w) for w in parts_of_name(" ".join(t.lower for t in tokens[start:end]))]
            found = [m for m in self._history.members if [stem(p) for p in parts_of_name(m.name)] == words]
            if len(found) == 1:
                yield end, found[0]

    def _happening(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Any]]:
        """What the author has defined, in the singular or plural, quoted or not."""
        for end in range(start + 1, min(start + 5, len(tokens)) + 1):
            words = " ".join(t.lower for t in tokens[start:end])
            found = self._terms.get(words) or self._terms.get(words.removesuffix("s"))
            if found is not None:
                yield end, found

    def _newterm(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        if start < len(tokens) and tokens[start].kind == "quote" and len(tokens[start].text) < 40:
            yield start + 1, tokens[start].text.lower()

    def _ordinal(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, int]]:
        names = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
        if start < len(tokens):
            word = tokens[start].lower
            if word in names:
                yield start + 1, names.index(word) + 1
            elif word[:-2].isdigit() and word[-2:] in ("st", "nd", "rd", "th"):
                yield start + 1, int(word[:-2])
