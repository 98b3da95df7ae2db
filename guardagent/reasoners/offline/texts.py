"""Conditions on texts, tools, hosts and counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from guardagent.reasoners.offline.conditions import Event, fold, read, value_at, with_value
from guardagent.reasoners.offline.fields import Field

_SAMPLE = "a plain text"


@dataclass(frozen=True)
class Mentions:
    """The text holds one of the phrases as whole words, in any letter case; with `every`, all of them."""

    field: Field
    phrases: tuple[str, ...]
    every: bool = False

    def code(self, unclear: bool) -> str:
        least = len(self.phrases) if self.every else 1
        return f"mentions({read(self.field.pointer)}, {list(self.phrases)!r}, {least}, {unclear})"

    def holds(self, event: Event) -> bool:
        text = fold(value_at(event, self.field.pointer))
        hits = [p for p in self.phrases if re.search(rf"(?<!\w){re.escape(fold(p))}(?!\w)", text)]
        return len(hits) == len(self.phrases) if self.every else bool(hits)

    def make(self, event: Event, truth: bool) -> list[Event]:
        if not truth:
            return [with_value(event, self.field.pointer, _SAMPLE)]
        texts = [f"{_SAMPLE} {' '.join(self.phrases)}"] if self.every else [f"{_SAMPLE} {p}." for p in self.phrases[:2]]
        return [with_value(event, self.field.pointer, text) for text in texts]

    def fields(self) -> list[str]:
        return [self.field.pointer]

    def says(self) -> str:
        joint = " and " if self.every else " or "
        return f"`{self.field.dotted}` mentions {joint.join(f'`{p}`' for p in self.phrases)}"


@dataclass(frozen=True)
class Affix:
    """The text begins (`start`) or ends (`end`) with one of the parts, in any letter case."""

    field: Field
    where: str
    parts: tuple[str, ...]

    def code(self, unclear: bool) -> str:
        helper = "begins_with" if self.where == "start" else "ends_with"
        return f"{helper}({read(self.field.pointer)}, {[fold(p) for p in self.parts]!r}, {unclear})"

    def holds(self, event: Event) -> bool:
        text = fold(value_at(event, self.field.pointer))
        parts = tuple(fold(p) for p in self.parts)
        return text.startswith(parts) if self.where == "start" else text.endswith(parts)

    def make(self, event: Event, truth: bool) -> list[Event]:
        found = value_at(event, self.field.pointer)
        text = found if isinstance(found, str) else _SAMPLE
        if truth:
            made = [f"{part}{text}" if self.where == "start" else f"{text}{part}" for part in self.parts[:2]]
        else:
            cut = next((len(p) for p in self.parts if fold(text).startswith(fold(p))), 0)
            made = [text[cut:] if self.where == "start" else f"{text}x", f"x{text}x"]
        events = [with_value(event, self.field.pointer, value) for value in made]
        return [e for e in events if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return [self.field.pointer]

    def says(self) -> str:
        verb = "begins" if self.where == "start" else "ends"
        return f"`{self.field.dotted}` {verb} with {' or '.join(f'`{p}`' for p in self.parts)}"


@dataclass(frozen=True)
class Size:
    """The number of characters, words or items in the field stands in relation `op` to the limit."""

    field: Field
    unit: str  # characters | words | items
    op: str
    limit: int

    def code(self, unclear: bool) -> str:
        return f"size_is({read(self.field.pointer)}, {self.unit!r}, {self.op!r}, {self.limit}, {unclear})"

    def holds(self, event: Event) -> bool:
        found = value_at(event, self.field.pointer)
        if self.unit == "items":
            size = len(found) if isinstance(found, list) else None
        else:
            text = found if isinstance(found, str) else None
            size = None if text is None else len(text.split()) if self.unit == "words" else len(text)
        if size is None:
            return False
        return {">": size > self.limit, ">=": size >= self.limit, "<": size < self.limit, "<=": size <= self.limit}[
            self.op
        ]

    def make(self, event: Event, truth: bool) -> list[Event]:
        made = [
            with_value(event, self.field.pointer, self._of(n, value_at(event, self.field.pointer)))
            for n in (self.limit, self.limit + 1, self.limit - 1)
        ]
        return [e for e in made if self.holds(e) is truth]

    def _of(self, size: int, found: Any) -> Any:
        count = max(size, 0)
        if self.unit == "items":
            return ["x"] * count
        text = found if isinstance(found, str) else ""
        if self.unit == "words":
            return " ".join([*text.split(), *["word"] * count][:count])
        return text[:count].ljust(count, "x")

    def fields(self) -> list[str]:
        return [self.field.pointer]

    def says(self) -> str:
        words = {">": "more than", ">=": "at least", "<": "fewer than", "<=": "at most"}[self.op]
        return f"`{self.field.dotted}` has {words} {self.limit} {self.unit}"


@dataclass(frozen=True)
class HostIn:
    """The host of the URL in the field, or with `mail` the domain of its address; `*.name` is any subdomain."""

    field: Field
    hosts: tuple[str, ...]
    mail: bool = False

    def code(self, unclear: bool) -> str:
        return f"{'domain_is' if self.mail else 'host_is'}({read(self.field.pointer)}, {list(self.hosts)!r}, {unclear})"

    def holds(self, event: Event) -> bool:
        found = value_at(event, self.field.pointer)
        if not isinstance(found, str):
            return False
        host: str = re.sub(r"^[^@]*@|[:/?#].*$", "", re.sub(r"^[a-z]+://", "", found.lower()))
        return any(host.endswith(h[1:]) if h.startswith("*.") else host == h for h in self.hosts)

    def make(self, event: Event, truth: bool) -> list[Event]:
        host = self.hosts[0].replace("*.", "sub.") if truth else "elsewhere.invalid"
        return [with_value(event, self.field.pointer, f"someone@{host}" if self.mail else f"https://{host}/page")]

    def fields(self) -> list[str]:
        return [self.field.pointer]

    def says(self) -> str:
        what = "domain" if self.mail else "host"
        return f"the {what} of `{self.field.dotted}` is {' or '.join(f'`{h}`' for h in self.hosts)}"


@dataclass(frozen=True)
class Category:
    """The text of the field is about one of the exemplars: a `category` fact, answered by the host."""

    field: Field
    name: str
    exemplars: tuple[str, ...]

    def code(self, unclear: bool) -> str:
        del unclear
        return f"facts[{self.name!r}] == 'yes'"

    def holds(self, event: Event) -> bool:
        return value_at(event, self.field.pointer) in self.exemplars

    def make(self, event: Event, truth: bool) -> list[Event]:
        texts = self.exemplars[:2] if truth else ("read the weather report",)
        return [with_value(event, self.field.pointer, text) for text in texts]

    def fields(self) -> list[str]:
        return [self.field.pointer]

    def says(self) -> str:
        return f"`{self.field.dotted}` asks to {self.exemplars[0]}"

    def spec(self) -> dict[str, Any]:
        """The fact's declaration in the program."""
        return {
            "kind": "category",
            "fields": [self.field.pointer],
            "labels": {"yes": list(self.exemplars)},
            "default": "no",
        }


@dataclass(frozen=True)
class CalledBefore:
    """The history already holds at least `times` calls of the tool."""

    tool: str
    times: int

    def code(self, unclear: bool) -> str:
        return f"called_before(event, {self.tool!r}, {self.times}, {unclear})"

    def holds(self, event: Event) -> bool:
        history = event.get("history")
        entries = history if isinstance(history, list) else []
        return sum(1 for entry in entries if _tool_of(entry) == self.tool) >= self.times

    def make(self, event: Event, truth: bool) -> list[Event]:
        count = self.times if truth else self.times - 1
        return [{**event, "history": [{"tool": self.tool} for _ in range(count)]}]

    def fields(self) -> list[str]:
        return ["/history"]

    def says(self) -> str:
        return f"`{self.tool}` was already called {self.times} times in this session"


def _tool_of(entry: Any) -> Any:
    tool = entry.get("tool") if isinstance(entry, dict) else None
    return tool.get("name") if isinstance(tool, dict) else tool
