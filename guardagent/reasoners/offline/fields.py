"""Which event field an author's words name, by the agent's event schema. An ambiguous or unknown name gives none."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

from guardagent.reasoners.offline.events import Event, value_at, with_value

_LEADING = re.compile(r"^(?:the|a|an|its|their|this|that|each|every|any|all|whole)\s+", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")
# `user.plan is basic, plus or business.`
_LISTED = re.compile(
    r"(?:^|[.;(,]\s+|\n\s*(?:[-*]\s+)?(?:\w{1,3}[.)]\s+)?)(?:the |a |an )?`?([\w.]+(?: \w+)?)`?"
    r" (?:is|must be|has to be|is one of|must be one of|is either|can be)(?: one of| either)?:? "
    r"((?:[`\"“”]?[\w-]+[`\"“”]?, )*[`\"“”]?[\w-]+[`\"“”]?,? or [`\"“”]?[\w-]+[`\"“”]?)(?=[.;,\s)]|$)",
    re.IGNORECASE,
)
# `its label (public, internal or secret)`.
_BRACKETED = re.compile(r"(?<![\w.])([\w.]+) \(((?:[\w-]+, )*[\w-]+,? or [\w-]+)\)")
# `2.50 for snacks and 9.00 for drinks. Any other category …`
_TABLED = re.compile(
    r"((?:[$€£]?\d[\d.,]*(?<=\d) (?:for|on|under|with|in) [\w-]+(?:, and |, | and )?){2,})"
    r"[.;,] (?:and )?any other (\w+)",
    re.IGNORECASE,
)
_TABLE_KEY = re.compile(r"\d (?:for|on|under|with|in) ([\w-]+)")
_PER_UNIT = re.compile(r"(\w+) (?:(?:of|for) (?:one|a|an|each|every|a single) (?:single )?|per )(\w+)$", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\([^()]{0,80}\)")
# What ends a list that leaves room for more.
_OPEN_END = frozenset({"something else", "anything else", "something", "anything", "other", "others", "another"})
_LIST_SPLIT = re.compile(r"\s*,\s*or\s+|\s*,\s*|\s+or\s+")
# What stands behind "or" in `18 or over` and `today or later`, and is no value.
_RELATIVE = frozenset(
    "today now tomorrow yesterday later earlier before after more less higher lower above below over under older "
    "younger longer shorter greater fewer up not missing null empty blank unknown none".split()
)
_TEXT_NAMES = ("text", "content", "body", "message", "answer", "reply", "response", "output")


class Field(NamedTuple):
    """A leaf of the event schema, as a value: where it stands and what it may hold."""

    pointer: str
    name: str
    types: frozenset[str]
    values: tuple[Any, ...]
    required: bool
    # What the members of a list are: one field without a name, or the fields of an object.
    members: tuple[Field, ...] = ()
    # Where it stands in an item of a list, the name of the loop variable; else empty.
    owner: str = ""
    # Whether its values were learnt from prose, so that there may be others.
    learnt: bool = False

    def code(self) -> str:
        """The expression that reads it."""
        root = self.owner or "event"
        return f"value_at({root}, {self.pointer!r})" if self.pointer else root

    def of(self, event: Event) -> Any:
        """What it holds in `event`; None when it is not there."""
        return value_at(event[self.owner] if self.owner else event, self.pointer)

    def put(self, event: Event, wanted: Any) -> list[Event]:
        """The event with `wanted` in this field; None takes the field away."""
        if self.owner and not self.pointer:
            return [{**event, self.owner: wanted}]
        if self.owner:
            return [{**event, self.owner: with_value(event[self.owner], self.pointer, wanted)}]
        as_text = isinstance(wanted, int | float) and not isinstance(wanted, bool) and self.is_text
        return [with_value(event, self.pointer, str(wanted) if as_text else wanted)]

    def fields(self) -> list[str]:
        """The JSON pointer that it reads."""
        return [] if self.owner else [self.pointer]

    def says(self) -> str:
        """Its name in messages."""
        return f"`{self.dotted}`" if self.pointer else "an item"

    @property
    def is_text(self) -> bool:
        """Whether it holds texts and no numbers."""
        return "string" in self.types and not self.types & {"number", "integer"}

    @property
    def is_list(self) -> bool:
        """Whether it holds a list."""
        return "array" in self.types

    @property
    def dotted(self) -> str:
        """The name as authors write it: `user.age`."""
        return self.pointer.strip("/").replace("/", ".")


class Fields:
    """The fields of one agent's events, found by the words of an author."""

    def __init__(self, schema: dict[str, Any], prose: str = "") -> None:
        self.prose = prose
        # "The agent" means whoever acts, never the field that holds its name.
        self.all = tuple(f for f in _leaves(schema, "", True, 0) if f.pointer != "/agent")
        self._by_path: dict[tuple[str, ...], Field] = {}
        self._found: dict[str, Field | None] = {}
        self._index()
        self.all = tuple(self._with_values(f, prose) for f in self.all)
        self._index()
        # Names with an underscore that are no fields: the tools, where the schema leaves them open.
        names = {f.name for f in self.all}
        found = dict.fromkeys(re.findall(r"(?<![\w./])[a-z]+(?:_[a-z]+)+(?![\w/])", prose))
        self.prose_tools = tuple(name for name in found if name not in names)

    def _index(self) -> None:
        self._by_path = {tuple(_words(field.dotted)): field for field in self.all}
        self._found = {}

    def _with_values(self, field: Field, prose: str) -> Field:
        """The field with the values that prose lists for it, where the schema leaves them open."""
        if field.values or "string" not in field.types:
            return field
        for table in _TABLED.finditer(prose):
            keys = tuple(_TABLE_KEY.findall(table[1]))
            if self.find(table[2]) == field and len(set(keys)) == len(keys) > 1:
                return field._replace(values=keys, learnt=True)
        for match in chain(
            _LISTED.finditer(prose), _LISTED.finditer(_ASIDE.sub("", prose)), _BRACKETED.finditer(prose)
        ):
            if self.find(match[1]) == field:
                found = [
                    v.strip(' `"“”')
                    for v in _LIST_SPLIT.split(match[match.lastindex or 2])
                    if v.strip(' `"“”') not in _OPEN_END
                ]
                # `none` behind two other values is one of them; in `18 or none` it is not.
                relative = _RELATIVE - {"none"} if len(found) > 2 else _RELATIVE
                if len(found) > 1 and all(re.fullmatch(r"[\w-]+", v) and v.lower() not in relative for v in found):
                    return field._replace(values=tuple(found), learnt=True)
        return field

    def find(self, phrase: str) -> Field | None:
        """The one field that `phrase` names: by its dotted path, its path in words, or its name if only one has it."""
        if phrase not in self._found:
            self._found[phrase] = self._find(phrase)
        return self._found[phrase]

    def _find(self, phrase: str) -> Field | None:
        wanted = tuple(_words(_bare(phrase)))
        if not wanted:
            return None
        if wanted in self._by_path:
            return self._by_path[wanted]
        # A bare "name" may be the name of anything, but hardly that of the tool.
        tails = [
            f
            for f in self.all
            if tuple(_words(f.dotted))[-len(wanted) :] == wanted and (f.pointer != "/tool/name" or len(wanted) > 1)
        ]
        named = [f for f in tails if tuple(_words(f.name)) == wanted]
        for group in (named, tails, self._per_unit(phrase)):
            if len(group) == 1:
                return group[0]
        # `the role given`: that of the call, where other things have one too.
        asked = len(wanted) == 2 and wanted[1] in ("given", "requested", "granted", "chosen")
        return self._by_path.get(("tool", "arguments", wanted[0])) if asked else None

    def _per_unit(self, phrase: str) -> list[Field]:
        """`the price of one piece`, `the price per kilo`: a number called `unit_price`, `price_per_kilo`."""
        match = _PER_UNIT.match(_bare(phrase))
        if match is None:
            return []
        what, unit = match[1].lower(), match[2].lower()
        wanted = {("unit", what), ("single", what), (what, "each"), (what, "per", unit), (what, "per", "unit")}
        numbers = [f for f in self.all if f.types & {"integer", "number"}]
        return [f for f in numbers if tuple(_words(f.name)) in wanted]

    def named(self, *names: str) -> Field | None:
        """The first field whose own name is one of `names`, in the order of `names`; none when two share a name."""
        for name in names:
            found = [f for f in self.all if f.name == name]
            if len(found) == 1:
                return found[0]
        return None

    def text(self) -> Field | None:
        """The field that holds what the agent says, when there is exactly one plain candidate."""
        outputs = [f for f in self.all if f.pointer.startswith("/output") and "string" in f.types and not f.values]
        if len(outputs) == 1:
            return outputs[0]
        by_name = [f for f in outputs if f.name in _TEXT_NAMES]
        return by_name[0] if len(by_name) == 1 else None

    def part(self, name: str) -> Field | None:
        """The one optional object of the event with this name; none for those that every event has."""
        pointers = {f"/{p}" for f in self.all for p in f.pointer.split("/")[1:-1][:1] if p.lower() == name}
        (found,) = pointers if len(pointers) == 1 else ("",)
        inside = [f for f in self.all if f.pointer.startswith(f"{found}/")]
        if not found or any(f.required for f in inside) or name in ("tool", "arguments", "input", "output"):
            return None
        return Field(found, name, frozenset({"object"}), (), False)

    def tools(self) -> tuple[str, ...]:
        """The tool names that the schema lists; empty when it leaves them open."""
        field = self.find("tool.name")
        return tuple(str(v) for v in field.values) if field else ()

    def roles(self) -> tuple[Field, tuple[str, ...]] | None:
        """The field that says who the user is, with the values that the schema lists for it."""
        own = [f for f in self.all if re.fullmatch(r"/(?:user|caller|requester)/role", f.pointer)]
        field = own[0] if len(own) == 1 else self.named("role", "identity", "group", "department")
        return (field, tuple(str(v) for v in field.values if isinstance(v, str))) if field else None

    def with_word(self, word: str) -> Field | None:
        """The one field whose own name has this word, in the singular or plural."""
        wanted = {word, f"{word}s", word.removesuffix("s")}
        found = [f for f in self.all if wanted & set(_words(f.name))]
        return found[0] if len(found) == 1 else None

    def keys(self) -> dict[str, tuple[Field, str]]:
        """The values that name their field, in words: those that are listed for exactly one field."""
        listed = [(" ".join(_words(v)), f, v) for f in self.all for v in f.values if isinstance(v, str) and v]
        words = [name for name, _, _ in listed]
        return {n: (field, value) for n, field, value in listed if n and n != "none" and words.count(n) == 1}

    def suggestion(self, phrase: str) -> str:
        """A hint naming the fields closest to `phrase`."""
        names = [f.dotted for f in self.all]
        close = difflib.get_close_matches(_bare(phrase).replace(" ", "_").lower(), names, n=3, cutoff=0.3)
        known = ", ".join(f"`{name}`" for name in (close or names[:6]))
        return f"name an event field, such as {known}" if known else "the event schema lists no fields"


def _leaves(schema: dict[str, Any], pointer: str, required: bool, depth: int) -> Iterator[Field]:
    properties = schema.get("properties")
    if isinstance(properties, dict) and depth < 8:
        must = schema.get("required", [])
        for name, below in properties.items():
            if isinstance(below, dict):
                step = name.replace("~", "~0").replace("/", "~1")
                yield from _leaves(below, f"{pointer}/{step}", required and name in must, depth + 1)
        return
    if pointer:
        kinds = schema.get("type", [])
        types = frozenset([kinds] if isinstance(kinds, str) else kinds)
        values = tuple(schema["enum"]) if "enum" in schema else (schema["const"],) if "const" in schema else ()
        name = pointer.rsplit("/", 1)[-1]
        yield Field(pointer, name, types or _types_of(values), values, required, _members(schema, depth))


def _members(schema: dict[str, Any], depth: int) -> tuple[Field, ...]:
    """What stands in the items of a list."""
    items = schema.get("items")
    if not isinstance(items, dict):
        return ()
    if isinstance(items.get("properties"), dict):
        return tuple(field._replace(owner="item") for field in _leaves(items, "", True, depth + 1))
    kinds = items.get("type", [])
    types = frozenset([kinds] if isinstance(kinds, str) else kinds)
    return (Field("", "item", types, tuple(items.get("enum", ())), True, (), "item"),)


def _types_of(values: tuple[Any, ...]) -> frozenset[str]:
    return frozenset({"string"}) if values and all(isinstance(v, str) for v in values) else frozenset()


def _bare(phrase: str) -> str:
    text = phrase.strip().strip("`\"'“”")
    previous = None
    while previous != text:
        previous, text = text, _LEADING.sub("", text)
    return re.sub(r"['’]s\b", "", text)


def _words(text: str) -> list[str]:
    return _WORD.findall(re.sub(r"([a-z])([A-Z])", r"\1 \2", text).lower())
