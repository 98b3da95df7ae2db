"""Terminal symbols for what an author's own nouns mean, and for participles that name a field: `labelled`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from guardagent.reasoners.offline.chart import Terminal
from guardagent.reasoners.offline.fields import Field, Fields
from guardagent.reasoners.offline.nouns import stem
from guardagent.reasoners.offline.tokens import Token
from guardagent.reasoners.offline.values import Value

_DETERMINERS = frozenset("the a an each every any all".split())


class Rightwords:
    """The terminals for one agent. `meant` holds what the author's nouns mean."""

    def __init__(self, fields: Fields, meant: Mapping[str, Any]) -> None:
        self._fields = fields
        self._meant = meant

    def terminals(self) -> Mapping[str, Terminal]:
        """The terminals, by name."""
        return {"jointtext": self._jointtext, "participle": self._participle, "asked_for": self._asked_for}

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

    def _asked_for(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        """An argument of the call, where other things have the same name: `the role given`."""
        at = start + 1 if start < len(tokens) and tokens[start].lower == "the" else start
        if at + 1 < len(tokens) and tokens[at + 1].lower in ("given", "requested", "granted", "chosen"):
            name = tokens[at].lower
            found = [f for f in self._fields.all if f.pointer == f"/tool/arguments/{name}"]
            if found:
                yield at + 2, found[0]


def _bare(word: str) -> str:
    """The stem of a word without a doubled last letter."""
    found = stem(word)
    return found[:-1] if len(found) > 3 and found[-1] == found[-2] else found
