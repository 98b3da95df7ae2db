"""Which event field an author's words name, by the agent's event schema. An ambiguous or unknown name gives none."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_LEADING = re.compile(r"^(?:the|a|an|its|their|this|that|each|every|any|all|whole)\s+", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")
_TEXT_NAMES = ("text", "content", "body", "message", "answer", "reply", "response", "output")


class Field(NamedTuple):
    """A leaf of the event schema: where it stands and what it may hold."""

    pointer: str
    name: str
    types: frozenset[str]
    values: tuple[Any, ...]
    required: bool

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

    def __init__(self, schema: dict[str, Any]) -> None:
        # "The agent" means whoever acts, never the field that holds its name.
        self.all = tuple(f for f in _leaves(schema, "", True, 0) if f.pointer != "/agent")
        self._by_path = {tuple(_words(field.dotted)): field for field in self.all}

    def find(self, phrase: str) -> Field | None:
        """The one field that `phrase` names: by its dotted path, its path in words, or its name if only one has it."""
        wanted = tuple(_words(_bare(phrase)))
        if not wanted:
            return None
        if wanted in self._by_path:
            return self._by_path[wanted]
        tails = [f for f in self.all if tuple(_words(f.dotted))[-len(wanted) :] == wanted]
        named = [f for f in tails if tuple(_words(f.name)) == wanted]
        for group in (named, tails):
            if len(group) == 1:
                return group[0]
        return None

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

    def tools(self) -> tuple[str, ...]:
        """The tool names that the schema lists; empty when it leaves them open."""
        field = self.find("tool.name")
        return tuple(str(v) for v in field.values) if field else ()

    def roles(self) -> tuple[Field, tuple[str, ...]] | None:
        """The field that says who the user is, with the values that the schema lists for it."""
        field = self.named("role", "identity", "group", "department")
        return (field, tuple(str(v) for v in field.values if isinstance(v, str))) if field else None

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
        yield Field(pointer, pointer.rsplit("/", 1)[-1], types or _types_of(values), values, required)


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
