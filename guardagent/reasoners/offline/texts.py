"""Conditions on texts, tools, hosts and counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from guardagent.reasoners.offline.events import Event, fold
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.values import Value

_SAMPLE = "a plain text"

helper(
    "begins_with",
    '''
def begins_with(value, parts, unclear):
    """Whether the text begins with one of `parts`, in any letter case; `unclear` when it is no text."""
    if value is None:
        return False
    return any(normalise(value).startswith(part) for part in parts) if isinstance(value, str) else unclear
''',
)
helper(
    "ends_with",
    '''
def ends_with(value, parts, unclear):
    """Whether the text ends with one of `parts`, in any letter case; `unclear` when it is no text."""
    if value is None:
        return False
    return any(normalise(value).endswith(part) for part in parts) if isinstance(value, str) else unclear
''',
)
helper(
    "begins_with_exactly",
    '''
def begins_with_exactly(value, parts, unclear):
    """Whether the text begins with one of `parts`, letter by letter; `unclear` when it is no text."""
    if value is None:
        return False
    return any(value.startswith(part) for part in parts) if isinstance(value, str) else unclear
''',
)
helper(
    "ends_with_exactly",
    '''
def ends_with_exactly(value, parts, unclear):
    """Whether the text ends with one of `parts`, letter by letter; `unclear` when it is no text."""
    if value is None:
        return False
    return any(value.endswith(part) for part in parts) if isinstance(value, str) else unclear
''',
)
helper(
    "mentions",
    '''
def mentions(value, phrases, least, unclear):
    """Whether the text holds at least `least` of the phrases as whole words; `unclear` when it can't be read."""
    if value is None:
        return False
    found = contains_any(value, phrases)
    return unclear if found is None or value == UNREADABLE else len(found) >= least
''',
)
helper(
    "host_is",
    '''
def host_is(value, hosts, unclear):
    """Whether the host of an address is one of `hosts`; `unclear` when it can't be read, False when there is none."""
    if value is None:
        return False
    found = host_matches(value, hosts)
    return unclear if found is None else found
''',
)
helper(
    "domain_is",
    '''
def domain_is(value, domains, unclear):
    """Whether a mail address is at one of `domains`; `unclear` when it isn't one address, False when there is none."""
    if value is None:
        return False
    address = parse_address(value)
    return unclear if address is None else host_matches(address["domain"], domains) is True
''',
)
helper(
    "called_before",
    '''
def called_before(event, tool, times, unclear):
    """Whether the history holds at least `times` calls of the tool; `unclear` when it can't be read."""
    count = count_before(event, tool)
    return unclear if count is None else count >= times
''',
)


@dataclass(frozen=True)
class Mentions:
    """The text holds one of the phrases as whole words, in any letter case; with `every`, all of them."""

    value: Value
    phrases: tuple[str, ...]
    every: bool = False

    def code(self, unclear: bool) -> str:
        least = len(self.phrases) if self.every else 1
        return f"mentions({self.value.code()}, {list(self.phrases)!r}, {least}, {unclear})"

    def holds(self, event: Event) -> bool:
        text = fold(self.value.of(event))
        hits = [p for p in self.phrases if re.search(rf"(?<!\w){re.escape(fold(p))}(?!\w)", text)]
        return len(hits) == len(self.phrases) if self.every else bool(hits)

    def make(self, event: Event, truth: bool) -> list[Event]:
        if not truth:
            return self.value.put(event, _SAMPLE)
        texts = [f"{_SAMPLE} {' '.join(self.phrases)}"] if self.every else [f"{_SAMPLE} {p}." for p in self.phrases[:2]]
        return [made for text in texts for made in self.value.put(event, text)]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        joint = " and " if self.every else " or "
        return f"{self.value.says()} mentions {joint.join(f'`{p}`' for p in self.phrases)}"


@dataclass(frozen=True)
class Affix:
    """The text begins (`start`) or ends (`end`) with one of the parts; in any letter case unless `exact`."""

    value: Value
    where: str
    parts: tuple[str, ...]
    exact: bool = False

    def code(self, unclear: bool) -> str:
        helper_name = "begins_with" if self.where == "start" else "ends_with"
        if self.exact:
            return f"{helper_name}_exactly({self.value.code()}, {list(self.parts)!r}, {unclear})"
        return f"{helper_name}({self.value.code()}, {[fold(p) for p in self.parts]!r}, {unclear})"

    def holds(self, event: Event) -> bool:
        found = self.value.of(event)
        text = found if isinstance(found, str) else ""
        parts = self.parts
        if not self.exact:
            text, parts = fold(text), tuple(fold(p) for p in self.parts)
        return text.startswith(parts) if self.where == "start" else text.endswith(parts)

    def make(self, event: Event, truth: bool) -> list[Event]:
        found = self.value.of(event)
        text = found if isinstance(found, str) else _SAMPLE
        if truth:
            made = [f"{part}{text}" if self.where == "start" else f"{text}{part}" for part in self.parts[:2]]
        else:
            cut = next((len(p) for p in self.parts if fold(text).startswith(fold(p))), 0)
            made = [text[cut:] if self.where == "start" else f"{text}x", f"x{text}x"]
            made += [f"{self.parts[0].swapcase()} {text}"] if self.exact and self.where == "start" else []
        events = [changed for value in made for changed in self.value.put(event, value)]
        return [e for e in events if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        verb = "begins" if self.where == "start" else "ends"
        return f"{self.value.says()} {verb} with {' or '.join(f'`{p}`' for p in self.parts)}"


@dataclass(frozen=True)
class HostIn:
    """The host of the URL in the field, or with `mail` the domain of its address; `*.name` is any subdomain."""

    value: Value
    hosts: tuple[str, ...]
    mail: bool = False

    def code(self, unclear: bool) -> str:
        return f"{'domain_is' if self.mail else 'host_is'}({self.value.code()}, {list(self.hosts)!r}, {unclear})"

    def holds(self, event: Event) -> bool:
        found = self.value.of(event)
        if not isinstance(found, str):
            return False
        host: str = re.sub(r"^[^@]*@|[:/?#].*$", "", re.sub(r"^[a-z]+://", "", found.lower()))
        return any(host.endswith(h[1:]) if h.startswith("*.") else host == h for h in self.hosts)

    def make(self, event: Event, truth: bool) -> list[Event]:
        host = self.hosts[0].replace("*.", "sub.") if truth else "elsewhere.invalid"
        return self.value.put(event, f"someone@{host}" if self.mail else f"https://{host}/page")

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        what = "domain" if self.mail else "host"
        return f"the {what} of {self.value.says()} is {' or '.join(f'`{h}`' for h in self.hosts)}"


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
        return self.field.of(event) in self.exemplars

    def make(self, event: Event, truth: bool) -> list[Event]:
        texts = self.exemplars[:2] if truth else ("read the weather report",)
        return [made for text in texts for made in self.field.put(event, text)]

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
