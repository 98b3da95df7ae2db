"""Terminal symbols for what stands in lists: the nouns of lists, of the members of their items, and of what is done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from guardagent.reasoners.offline.chart import Terminal
from guardagent.reasoners.offline.fields import Field, Fields
from guardagent.reasoners.offline.tokens import Token

# What lists of earlier events are called.
HISTORY_NAMES = (
    "history",
    "events",
    "log",
    "timeline",
    "trajectory",
    "steps",
    "previous_calls",
    "past_actions",
    "session",
)
# What calls do with their arguments, whatever the tool.
_PLAIN_DEEDS = frozenset(
    "given listed named passed used included chosen selected stated provided specified contained comprised entered "
    "requested set allowed present accepted".split()
)
_ENDINGS = re.compile(r"(?:ations?|ments?|ings?|ions?|als?|ers?|ed|es|s|e)$")
_PRESENT_FORMS = {
    "sent": "send", "made": "make", "paid": "pay", "bought": "buy", "sold": "sell", "written": "write", "given": "give",
    "ran": "run", "taken": "take", "held": "hold", "drawn": "draw", "spent": "spend", "lent": "lend", "shown": "show",
}  # fmt: skip
# Words for the people whom lists hold.
_PEOPLE = {
    "person": ("guests", "passengers", "people", "participants", "attendees", "travellers", "travelers", "members"),
    "addressee": ("recipients", "to"),
    "addresses": ("to", "recipients", "addresses"),
    "item": ("items", "lines", "articles", "products"),
}


class Listing(NamedTuple):
    """A list that the schema knows, with the list in whose items it stands, if it does."""

    field: Field
    parent: Field | None = None

    @property
    def members(self) -> tuple[Field, ...]:
        """What stands in its items."""
        return self.field.members

    @property
    def of_objects(self) -> bool:
        """Whether its items have members with names."""
        return any(member.pointer for member in self.members)

    def member(self, *names: str) -> Field | None:
        """The member with one of these names."""
        return next((m for name in names for m in self.members if m.name.lower() == name), None)


def stem(word: str) -> str:
    """What forms of a word have in common: `deploy` for deployment, deployed, deploys."""
    lower = re.sub(r"ies$|ied$", "y", _PRESENT_FORMS.get(word.lower(), word.lower()))
    previous = ""
    while lower != previous and len(lower) > 3:
        previous, shorter = lower, _ENDINGS.sub("", lower)
        lower = shorter if len(shorter) >= 3 else lower
    return lower[:-1] if len(lower) > 3 and lower[-1] == lower[-2] and lower[-1] not in "aeious" else lower


def parts_of_name(name: str) -> list[str]:
    """The words of a name in small letters."""
    return re.findall(r"[a-z0-9]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())


class Nouns:
    """The terminals on lists for one agent."""

    def __init__(self, fields: Fields) -> None:
        top = [f for f in fields.all if f.is_list]
        self._listings = [Listing(f) for f in top if f.name not in HISTORY_NAMES]
        self._listings += [Listing(m, f) for f in top if f.name not in HISTORY_NAMES for m in f.members if m.is_list]
        self._fields = fields
        self._tools = tuple(fields.tools()) or fields.prose_tools

    def terminals(self) -> Mapping[str, Terminal]:
        """The terminals, by name."""
        return {
            "listnoun": self._listnoun,
            "plural": self._plural,
            "textlist": self._textlist,
            "member": self._member,
            "lonemember": self._lonemember,
            "treated": self._treated,
            "holder": self._holder,
            "measure": _measure,
        }

    def only_list(self) -> Listing | None:
        """The list of texts, where the agent has only one."""
        found = [x for x in self._listings if not x.of_objects and x.parent is None]
        return found[0] if len(found) == 1 else None

    def _names(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Listing, bool]]:
        """Lists by the words from a place on, each with whether the words are in the plural."""
        for end in range(start + 1, min(start + 5, len(tokens)) + 1):
            if tokens[end - 1].kind not in ("word", "quote"):
                return
            words = [t.lower for t in tokens[start:end]]
            spelled = parts_of_name(" ".join(words))
            if len(spelled) >= 3 and "of" in spelled:
                at = spelled.index("of")
                rest = [w for w in spelled[at + 1 :] if w not in ("the", "their", "his", "her", "its", "own", "this")]
                spelled = [*rest, *spelled[:at]] if rest else spelled
            found = [x for x in self._listings if _is_called(parts_of_name(x.field.name), spelled)]
            found = found or [
                x for x in self._listings if parts_of_name(x.field.dotted.replace("item.", "")) == spelled
            ]
            if not found and len(spelled) == 1:
                named = {n for key, names in _PEOPLE.items() if spelled[0] in (key, f"{key}s") for n in names}
                found = [x for x in self._listings if x.field.name in named and not self._partly(x)]
                if spelled[0] == "people":
                    found = [x for x in self._listings if x.field.name in _PEOPLE["person"]]
            if len(found) == 1:
                yield end, found[0], words[-1].endswith("s") or words[-1] == "people"

    def _partly(self, listing: Listing) -> bool:
        """Whether the list has only some of those whom a message goes to."""
        return listing.field.name == "to" and any(x.field.name in ("cc", "bcc") for x in self._listings)

    def _listnoun(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Listing]]:
        for end, listing, _plural in self._names(tokens, start):
            yield end, listing

    def _plural(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Listing]]:
        at = (
            start + 1 if start < len(tokens) and tokens[start].lower in ("the", "its", "their", "his", "her") else start
        )
        for end, listing, plural in self._names(tokens, at):
            if plural:
                yield end, listing

    def _textlist(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        """A list of texts or numbers, to look something up in."""
        for end, listing, _plural in self._names(tokens, start):
            if not listing.of_objects and listing.parent is None:
                yield end, listing.field
        for end in range(start + 1, min(start + 5, len(tokens)) + 1):
            found = self._fields.find(" ".join(t.text for t in tokens[start:end]))
            if found is not None and found.is_list and not any(m.pointer for m in found.members):
                yield end, found

    def _member(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[tuple[Listing, Field], ...]]]:
        """The members of items that have such a name, in whatever list."""
        for end in range(start + 1, min(start + 4, len(tokens)) + 1):
            if tokens[end - 1].kind not in ("word", "quote"):
                return
            spelled = parts_of_name(" ".join(t.lower for t in tokens[start:end]))
            pairs = [(x, m) for x in self._listings for m in x.members if m.pointer]
            found = [(x, m) for x, m in pairs if _is_called(parts_of_name(m.name), spelled)]
            found = found or [(x, m) for x, m in pairs if _without_unit(m.name) == spelled]
            if found:
                yield end, tuple(found)

    def _lonemember(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[Listing, Field]]]:
        """A member that only one list has, where no field has such a name."""
        for end, found in self._member(tokens, start):
            words = " ".join(t.text for t in tokens[start:end])
            if len(found) == 1 and self._fields.find(words) is None:
                yield end, found[0]

    def _treated(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        """What is done: the tool whose name says so, or nothing in particular (the empty text)."""
        if start >= len(tokens) or tokens[start].kind != "word":
            return
        word = tokens[start].lower
        if word in _PLAIN_DEEDS:
            yield start + 1, ""
            return
        named = [t for t in self._tools if stem(word) in {stem(part) for part in parts_of_name(t)}]
        if len(named) == 1:
            yield start + 1, named[0]
        elif any(stem(word) in {stem(part) for part in parts_of_name(x.field.name)} for x in self._listings):
            yield start + 1, ""

    def _holder(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        """What has lists and fields in it, as a JSON pointer: `booking`; the empty text for the call itself."""
        if start >= len(tokens) or tokens[start].kind != "word":
            return
        word = tokens[start].lower
        singular = word.removesuffix("s")
        plain = singular in ("call", "request", "message", "order", "list")
        if plain and not any(f"/{singular}/" in f.pointer for f in self._fields.all):
            yield start + 1, ""
        prefixes = {
            f.pointer[: f.pointer.index(f"/{n}/") + len(n) + 1]
            for f in self._fields.all
            for n in (word, singular)
            if f"/{n}/" in f.pointer
        }
        if len(prefixes) == 1:
            yield start + 1, prefixes.pop()


_MEASURES = {
    "kg": "kg", "kilo": "kg", "kilogram": "kg", "g": "g", "gram": "g", "mb": "mb", "megabyte": "mb", "kb": "kb",
    "kilobyte": "kb", "gb": "gb", "gigabyte": "gb", "byte": "bytes", "bytes": "bytes", "km": "km", "kilometre": "km",
    "kilometer": "km", "m": "m", "metre": "m", "meter": "m", "cm": "cm", "mm": "mm", "percent": "percent",
    "%": "percent", "litre": "litres", "liter": "liters", "mg": "mg", "milligram": "mg", "kwh": "kwh", "kw": "kw",
    "bar": "bar",
}  # fmt: skip


def _measure(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
    """A unit in which something is measured, as names of fields abbreviate it."""
    if start < len(tokens):
        word = tokens[start].lower
        found = _MEASURES.get(word) or _MEASURES.get(word.removesuffix("s"))
        if found:
            yield start + 1, found


def _is_called(name: list[str], words: list[str]) -> bool:
    """Whether the words are the name, in the singular or plural, or its one telling word."""
    if not words or not name:
        return False
    if _singular(words) == _singular(name):
        return True
    return len(words) == 2 and len(name) == 2 and _singular(words[::-1]) == _singular(name)


def _singular(words: Sequence[str]) -> list[str]:
    return [_one(word) for word in words]


def _one(word: str) -> str:
    if word in ("people", "persons"):
        return "person"
    if word == "children":
        return "child"
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if re.search(r"(?:ss|x|ch|sh)es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _without_unit(name: str) -> list[str]:
    """The name without the unit at its end: `weight` for weight_kg."""
    parts = parts_of_name(name)
    units = {
        "kg",
        "g",
        "eur",
        "usd",
        "gbp",
        "mb",
        "kb",
        "gb",
        "bytes",
        "minutes",
        "hours",
        "days",
        "seconds",
        "percent",
        "cm",
        "m",
    }
    return parts[:-1] if len(parts) > 1 and parts[-1] in units else []


def listings(found: Any) -> tuple[tuple[Listing, Field], ...]:
    """Typed view of what `member` reads."""
    return tuple(found)
