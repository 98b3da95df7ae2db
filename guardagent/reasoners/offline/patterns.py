"""The pattern language of the grammar: words, `(a|b)` alternatives, `[optional]` parts and `{name:slot}` places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

_TOKEN = re.compile(r"\{(\w+):(\w+)\}|\[([^\]]*)\]|\(([^)]*)\)|([^\s\[\](){}]+)")

# A slot reader turns the author's words into a value, or None when they are not of its kind.
SlotReader = Callable[[str, str], Any]


class Pattern(NamedTuple):
    """One line of the grammar, compiled."""

    text: str
    regex: re.Pattern[str]
    slots: tuple[tuple[str, str], ...]
    means: tuple[Any, ...]


class Match(NamedTuple):
    """A pattern whose every slot could be read."""

    pattern: Pattern
    values: dict[str, Any]


@cache
def grammar(group: str) -> tuple[Pattern, ...]:
    """The compiled patterns of one group (`rules`, `conditions`, `subjects`, `actions`) of the shipped grammar."""
    return tuple(
        compile_pattern(text, tuple(entry["means"])) for entry in raw_grammar()[group] for text in entry["say"]
    )


@cache
def raw_grammar() -> dict[str, list[dict[str, Any]]]:
    """The grammar file as data."""
    raw: dict[str, list[dict[str, Any]]] = yaml.safe_load(
        files("guardagent.reasoners.offline").joinpath("grammar.yaml").read_text("utf-8")
    )
    return raw


def compile_pattern(text: str, means: tuple[Any, ...]) -> Pattern:
    """A pattern that matches a whole sentence, whatever its letter case and spacing."""
    slots: list[tuple[str, str]] = []
    parts: list[str] = []
    for slot, kind, optional, choice, word in _TOKEN.findall(text):
        if slot:
            slots.append((slot, kind))
            parts.append(rf"(?P<{slot}>\S.*?)(?:\s+|(?=[,:;])|$)")
        elif optional:
            parts.append(rf"(?:(?:{_choices(optional)})\s*)?")
        elif choice:
            parts.append(rf"(?:{_choices(choice)})\s*")
        else:
            parts.append(_word(word) + r"\s*")
    return Pattern(text, re.compile("".join(parts), re.IGNORECASE | re.DOTALL), tuple(slots), means)


def matches(group: str, text: str, read: SlotReader) -> Iterator[Match]:
    """The patterns of a group that fit `text` as a whole, in the grammar's order, with their slots read."""
    for pattern in grammar(group):
        found = _fit(pattern, text, read)
        if found is not None:
            yield found


def _fit(pattern: Pattern, text: str, read: SlotReader) -> Match | None:
    """Slots are lazy, so every split point is tried by letting the first slot grow."""
    for found in _alignments(pattern.regex, text, pattern.slots):
        values: dict[str, Any] = {}
        for name, kind in pattern.slots:
            value = read(kind, found[name].strip().rstrip(","))
            if value is None:
                break
            values[name] = value
        else:
            return Match(pattern, values)
    return None


def _alignments(regex: re.Pattern[str], text: str, slots: tuple[tuple[str, str], ...]) -> Iterator[dict[str, str]]:
    found = regex.fullmatch(text)
    if found is None:
        return
    yield found.groupdict()
    if len(slots) < 2:
        return
    first = slots[0][0]
    grown = found.end(first)
    source = regex.pattern
    lazy = rf"(?P<{first}>\S.*?)"
    for _ in range(6):
        longer = source.replace(lazy, rf"(?P<{first}>\S.{{{grown - found.start(first)},}}?)", 1)
        again = re.compile(longer, regex.flags).fullmatch(text)
        if again is None:
            return
        grown = again.end(first)
        yield again.groupdict()


def _choices(text: str) -> str:
    return "|".join(r"\s+".join(_word(w) for w in part.split()) for part in text.split("|"))


def _word(word: str) -> str:
    pattern = re.escape(word).replace("'", "['’]")
    return (r"\b" if word[:1].isalnum() else "") + pattern + (r"\b" if word[-1:].isalnum() else "")
