"""Terminal symbols for what an author's own nouns mean; participles that name a field: `labelled`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from guardagent.reasoners.offline.chart import Terminal
from guardagent.reasoners.offline.fields import Field, Fields
from guardagent.reasoners.offline.nouns import stem
from guardagent.reasoners.offline.tokens import Token
from guardagent.reasoners.offline.values import Value

_NO_PLURALS = frozenset("is was has does this its always".split())
_DETERMINERS = frozenset("the a an each every any all".split())


class Rightwords:
    """The terminals for one agent. `meant` holds what the author's nouns mean."""

    def __init__(self, fields: Fields, meant: Mapping[str, Any]) -> None:
        self._fields = fields
        self._meant = meant

    def terminals(self) -> Mapping[str, Terminal]:
        """The terminals, by name."""
        return {
            "jointtext": self._jointtext,
            "participle": self._participle,
            "plurals": _plurals,
            "held_by": self._held_by,
            "relative": self._relative,
        }

    def _jointtext(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Value]]:
        """A noun for several texts together, as the author defines it: `the advert`."""
        at = start + 1 if start < len(tokens) and tokens[start].lower in _DETERMINERS else start
        if at < len(tokens):
            found = self._meant.get(f"text {tokens[at].lower}")
            if found is not None:
                yield at + 1, found

    def _participle(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        """The one text field that a participle speaks of: `labelled` of label, `rated` of rating."""
        if start < len(tokens) and tokens[start].kind == "word" and tokens[start].lower.endswith("ed"):
            wanted = _bare(tokens[start].lower)
            found = [f for f in self._fields.all if f.is_text and not f.is_list and _bare(f.name.lower()) == wanted]
            if len(found) == 1:
                yield start + 1, found[0]

    def _relative(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        """`which` for the field that stands right before it and its comma."""
        if 2 <= start < len(tokens) and tokens[start].lower == "which" and tokens[start - 1].lower == ",":
            for begin in range(max(start - 4, 0), start - 1):
                found = self._fields.find(" ".join(t.text for t in tokens[begin : start - 1]))
                if found is not None:
                    yield start + 1, found
                    return

    def _held_by(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        """The field that says who did a thing: `reserved` of reserved_by."""
        if start < len(tokens) and tokens[start].kind == "word":
            found = [f for f in self._fields.all if f.name.lower() == f"{tokens[start].lower}_by" and f.is_text]
            if len(found) == 1:
                yield start + 1, found[0]


def _plurals(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, bool]]:
    """Nouns in the plural, one after the other: `addresses, labels and folder names`."""
    fresh = True
    for at in range(start, min(start + 16, len(tokens))):
        token = tokens[at]
        if token.kind == "mark" or token.lower in ("and", "or"):
            if token.lower not in (",", "and", "or"):
                return
            fresh = True
        elif token.kind != "word" or not token.text.isalpha():
            return
        elif re.search(r"[^s]s$", token.lower) and token.lower not in _NO_PLURALS:
            fresh = False
            yield at + 1, True
        elif not fresh:
            return


def _bare(word: str) -> str:
    """The stem of a word without a doubled last letter."""
    found = stem(word)
    return found[:-1] if len(found) > 3 and found[-1] == found[-2] else found
