"""Terminal symbols for what stands in texts, paths and documents: samples, signs, folders, nouns for a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from guardagent.reasoners.offline.chart import Terminal
from guardagent.reasoners.offline.fields import Field, Fields
from guardagent.reasoners.offline.parts import Part, part_of
from guardagent.reasoners.offline.tokens import Token

# Reads every list of items from a place on; the last argument reads one item.
Lister = Callable[[Sequence[Token], int, Any], Iterator[tuple[int, tuple[Any, ...]]]]

_ANNEXES = frozenset("schedules annexes appendices exhibits attachments figures tables footnotes".split())
# Words by which a reason would ask for something after all.
_ASKING = frozenset(
    "must may can cannot should shall will not no never only unless except if when while until but than more less most "
    "least also and or nor who whose which other others else every any all allowed permitted forbidden denied".split()
)
# Nouns for the text that an agent gives out.
_OUTPUTS = frozenset(
    "post tweet caption summary article letter newsletter story description report review comment copy "
    "draft translation reply answer response message text output ad advert advertisement slogan blurb "
    "announcement notice note bio".split()
)
_DETERMINERS = frozenset("the a an each every any all this".split())
_ANY_DEED = frozenset("touched used accessed named given allowed permitted reached".split())
_FILE_DEEDS = {
    "read": "read",
    "opened": "open",
    "written": "write",
    "changed": "write",
    "edited": "edit",
    "deleted": "delete",
    "removed": "remove",
    "listed": "list",
    "saved": "save",
    "created": "create",
    "uploaded": "upload",
    "moved": "move",
    "copied": "copy",
    "modified": "write",
    "downloaded": "download",
    "stored": "store",
    "executed": "run",
    "run": "run",
}


class Textwords:
    """The terminals for one agent."""

    def __init__(self, fields: Fields, listed: Lister, antecedent: Callable[[], Field | None]) -> None:
        self._fields = fields
        self._listed = listed
        self._antecedent = antecedent
        self._part = part_of(fields)
        self._outputs = sum(f.pointer.startswith("/output") and f.is_text and not f.values for f in fields.all)

    def terminals(self) -> Mapping[str, Terminal]:
        """The terminals, by name."""
        own = (
            "symbols sample phrases1 quoted1 raw anaphor folder dots endings names partnoun plainterm othernoun reason "
            "wordrun outputnoun filedeed"
        )
        return {name: getattr(self, f"_{name}") for name in own.split()}

    def _symbols(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Single signs, quoted or bare: `the sign €`."""
        yield from self._listed(tokens, start, self._symbol)

    def _symbol(self, tokens: Sequence[Token], at: int) -> tuple[int, str] | None:
        text = tokens[at].text
        return (at + 1, text) if len(text) == 1 and not text.isalnum() and text not in ",:" else None

    def _sample(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        """A sample of a form, quoted or a word with a digit or sign in it: `AB-1234`."""
        if start < len(tokens):
            token = tokens[start]
            if token.kind == "quote" or (token.kind == "word" and not token.text.isalpha()):
                yield start + 1, token.text

    def _phrases1(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        """A quoted text, a word in capitals or a number, letter by letter."""
        if start < len(tokens):
            token = tokens[start]
            if token.kind in ("quote", "number") or (token.kind == "word" and token.text.isupper()):
                yield start + 1, token.text

    def _quoted1(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        if start < len(tokens) and tokens[start].kind == "quote":
            yield start + 1, tokens[start].text

    def _raw(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Samples as they stand there: quoted, or with a digit or sign in them."""
        yield from self._listed(tokens, start, self._raw_item)

    def _raw_item(self, tokens: Sequence[Token], at: int) -> tuple[int, str] | None:
        token = tokens[at]
        plain = token.kind == "mark" or token.text.isalpha()
        return (at + 1, token.text) if token.kind == "quote" or not plain else None

    def _anaphor(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        """`one` for what the sentences before were about."""
        found = self._antecedent()
        if start < len(tokens) and tokens[start].lower in ("one", "any", "it") and found is not None:
            yield start + 1, found

    def _folder(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        """A folder: quoted, or a word with a slash in it."""
        if start < len(tokens):
            token = tokens[start]
            if token.kind == "quote" or (token.kind == "word" and "/" in token.text and "//" not in token.text):
                yield start + 1, token.text

    def _dots(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, bool]]:
        """Two dots, quoted or bare."""
        if start < len(tokens) and tokens[start].text in ("..", "../"):
            yield start + 1, True
        if tuple(t.text for t in tokens[start : start + 2]) == (".", "."):
            yield start + 2, True

    def _endings(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Endings of file names: `.csv or .json`."""
        yield from self._listed(tokens, start, self._ending)

    def _ending(self, tokens: Sequence[Token], at: int) -> tuple[int, str] | None:
        text = tokens[at].text
        return (at + 1, text) if re.fullmatch(r"\.\w[\w.]*", text) else None

    def _names(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Names of files: quoted, or words that aren't plain ones."""
        yield from self._listed(tokens, start, self._name)

    def _name(self, tokens: Sequence[Token], at: int) -> tuple[int, str] | None:
        token = tokens[at]
        plain = token.kind != "word" or (token.text.isalpha() and token.text.islower())
        return (at + 1, token.text) if token.kind == "quote" or not plain else None

    def _partnoun(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Part]]:
        """What the agent writes next, by its noun: `clause`."""
        if self._part is not None and start < len(tokens) and tokens[start].kind == "word":
            word = tokens[start].lower
            if word in self._part.nouns or word.removesuffix("s") in self._part.nouns:
                yield start + 1, self._part

    def _plainterm(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        """A word with a capital letter, or a quoted one."""
        if start < len(tokens) and (tokens[start].kind == "quote" or tokens[start].text[:1].isupper()):
            yield start + 1, tokens[start].text

    def _othernoun(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        """Some other thing that a document has, in the plural: `schedules`."""
        if start < len(tokens) and tokens[start].lower in _ANNEXES:
            yield start + 1, tokens[start].lower.removesuffix("s")

    def _reason(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, bool]]:
        """`because …` up to the end: at most six words, which name no field and ask for nothing."""
        rest = tokens[start:]
        plain = all(t.kind == "word" and t.lower not in _ASKING and not self._fields.with_word(t.lower) for t in rest)
        if 2 < len(rest) < 8 and rest[0].lower == "because" and plain:
            yield len(tokens), True

    def _wordrun(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """A few plain words as they are to stand in a text."""
        for end in range(start + 1, min(start + 6, len(tokens)) + 1):
            if tokens[end - 1].kind != "word" or tokens[end - 1].lower in ("and", "both", "in", "must", "may", "not"):
                return
            yield end, (" ".join(t.text for t in tokens[start:end]),)

    def _outputnoun(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        """What the agent says, by a noun for such texts: `a post`; only where one text is all that it gives out."""
        found = self._fields.text()
        if found is None or start >= len(tokens) or self._outputs != 1:
            return
        at = start + 1 if tokens[start].lower in _DETERMINERS else start
        for end in range(at + 1, min(at + 2, len(tokens)) + 1):
            word = " ".join(t.lower for t in tokens[at:end])
            singular = f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
            if {word, singular} & _OUTPUTS:
                yield end, found

    def _filedeed(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """What is done to a file: the tools whose names say so, or none in particular for words of any deed."""
        if start < len(tokens) and tokens[start].kind == "word":
            word = tokens[start].lower
            named = tuple(n for n in self._fields.tools() if word in _FILE_DEEDS and _FILE_DEEDS[word] in n.lower())
            every = word in _FILE_DEEDS and len(named) == len(self._fields.tools())
            if every or word in _ANY_DEED:
                yield start + 1, ()
            elif named:
                yield start + 1, named
