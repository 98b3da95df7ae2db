"""Documents that grow part by part: the part at hand, the parts before it, the terms that the document defines."""

from __future__ import annotations

import re
from typing import NamedTuple

from guardagent.reasoners.offline.fields import Field, Fields

_TEXT = ("text", "body", "content")
_HEADING = ("heading", "title", "headline")
_NUMBER = ("number", "no", "index", "position")
_TERMS = ("definitions", "defined_terms", "terms", "glossary", "defined")


class Part(NamedTuple):
    """What an agent writes next: its fields, and lists of the document that it is to fit."""

    nouns: frozenset[str]
    text: Field
    heading: Field | None
    number: Field | None
    # The list of the parts before, with its members of the same names.
    before: Field | None
    # The list of terms that the document defines.
    terms: Field | None

    def member(self, field: Field | None) -> Field | None:
        """The field of the same name in the parts before."""
        if field is None or self.before is None:
            return None
        return next((m for m in self.before.members if m.name == field.name), None)


def part_of(fields: Fields) -> Part | None:
    """The part of a document that the event holds, when exactly one object has a text with a heading or number."""
    found = []
    for text in fields.all:
        if text.name not in _TEXT or "string" not in text.types or text.pointer.startswith("/tool"):
            continue
        home = text.pointer.rsplit("/", 1)[0]
        beside = {f.name: f for f in fields.all if f.pointer.rsplit("/", 1)[0] == home}
        heading = next((beside[n] for n in _HEADING if n in beside), None)
        number = next((beside[n] for n in _NUMBER if n in beside), None)
        if home and (heading or number):
            found.append((home, text, heading, number))
    if len(found) != 1:
        return None
    home, text, heading, number = found[0]
    lists = [f for f in fields.all if f.is_list and any(m.name == text.name or m.name == "heading" for m in f.members)]
    before = lists[0] if len(lists) == 1 else None
    terms = [
        f for f in fields.all if f.is_list and f.name in _TERMS and len(f.members) == 1 and not f.members[0].pointer
    ]
    words = re.findall(r"[a-z]+", home.rsplit("/", 1)[-1].lower())
    words += re.findall(r"[a-z]+", before.name.lower()) if before else []
    nouns = {w.removesuffix("s") for w in words} & {
        "clause",
        "section",
        "paragraph",
        "chapter",
        "article",
        "part",
        "scene",
        "page",
        "slide",
        "entry",
        "item",
    }
    nouns |= {home.rsplit("/", 1)[-1].lower()}
    return Part(frozenset(nouns), text, heading, number, before, terms[0] if len(terms) == 1 else None)
