"""Terminal symbols: what single words and short phrases name, by the agent's event schema and the author's numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from guardagent.reasoners.offline import headwords, shellwords, sqlwords
from guardagent.reasoners.offline.chart import Terminal
from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.fields import Field, Fields
from guardagent.reasoners.offline.nouns import Nouns
from guardagent.reasoners.offline.prose import Prose
from guardagent.reasoners.offline.textwords import Textwords
from guardagent.reasoners.offline.timewords import Timewords
from guardagent.reasoners.offline.tokens import Token, number_of

_SMALL_NUMBERS = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBER_WORDS = (
    {word: number for number, word in enumerate(_SMALL_NUMBERS)}
    | {word: 10 * number for number, word in enumerate(_TENS, start=2)}
    | {f"{ten}-{one}": 10 * n + m for n, ten in enumerate(_TENS, 2) for m, one in enumerate(_SMALL_NUMBERS[1:10], 1)}
)
_UNITS = re.compile(r"(?:%|percent|[$€£]|usd|eur|gbp|dollars?|euros?|pounds?)$")
_COUNTED = {
    "character": "characters",
    "char": "characters",
    "letter": "characters",
    "word": "words",
    "item": "items",
    "entry": "items",
}
_PLAIN = re.compile(r"[\w./@:+-]*[\w/]")
_HOST = re.compile(r"@?(?:\*\.)?(?:[a-z0-9-]+\.)+[a-z]{2,}$|localhost$|\d{1,3}(?:\.\d{1,3}){3}$")
# Words that are never an unquoted value of the author.
_NOT_A_VALUE = frozenset(
    (
        "is are be must may can if unless when than which that with given whatever something anything "
        "nothing valid empty blank missing null set present required optional positive negative unknown "
        "the a an any all every each no not only also always never to of for in on at by from as and or "
        "but more less fewer least most above below under over between one exactly he she it they their "
        "its his her other another same different own whose who what case-insensitive case-sensitive "
        "case-insensitively inclusive exclusive today now later earlier tomorrow yesterday"
    ).split()
)
_REMAINDERS = tuple(
    tuple(words.split()) for words in ("what is left", "what remains", "the rest", "the remainder", "the result")
)
_MAX_PHRASE = 8


class Key(NamedTuple):
    """A value that names its field: `basic` for a field that is basic, plus or business."""

    field: Field
    value: str


class Lexicon:
    """The terminals for one agent."""

    def __init__(self, fields: Fields, labels: Sequence[str] = (), specification: str = "") -> None:
        self.fields = fields
        self._prose = Prose(fields, specification)
        self.labels = tuple(labels)
        self._keys = fields.keys()
        listed = fields.roles()
        self._roles = {_spaced(v): v for v in listed[1]} if listed else {}
        self._tools = {name.lower(): name for name in fields.tools()}
        # Words that the author defines, with whom or what they stand for.
        self.terms: dict[str, Condition] = {}
        # The field that the sentences before this one were about, for `it`.
        self.antecedent: Field | None = None

    def terminals(self) -> Mapping[str, Terminal]:
        """All terminal symbols, by name."""
        own = (
            "field noun flag number count unit values phrases quoted all_quoted hostname "
            "toolname part role key label this_rule labels toolnoun pronoun loose term remainder "
        )
        return {name: getattr(self, f"_{name}") for name in own.split()} | {
            **self._prose.terminals(),
            **Textwords(self.fields, self._list, lambda: self.antecedent).terminals(),
            **Nouns(self.fields).terminals(),
            **headwords.terminals(_NOT_A_VALUE),
            **sqlwords.terminals(),
            **shellwords.terminals(),
            **Timewords(self.fields).terminals(),
        }

    def _field(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        for end in range(start + 1, min(start + _MAX_PHRASE, len(tokens)) + 1):
            last = tokens[end - 1]
            if last.kind == "mark" or last.kind == "number":
                return
            found = self.fields.find(_joined(tokens, start, end))
            if found is not None:
                yield end, found

    def _flag(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        for end, field in self._field(tokens, start):
            if "boolean" in field.types:
                yield end, field

    def _noun(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        """A field by one word of its name, when no other field has that word."""
        if start < len(tokens) and tokens[start].kind == "word":
            found = self.fields.with_word(tokens[start].lower)
            if found is not None:
                yield start + 1, found

    def _number(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, int | float]]:
        at = start
        if at + 1 < len(tokens) and _UNITS.match(tokens[at].lower):
            at += 1
        if at >= len(tokens) or tokens[at].kind not in ("number", "word"):
            return
        value: int | float | None = number_of(tokens[at].text)
        if value is None:
            value = _NUMBER_WORDS.get(tokens[at].lower)
        if value is None:
            return
        end = at + 1
        yield end, value
        if end < len(tokens) and _UNITS.match(tokens[end].lower):
            yield end + 1, value
        if end < len(tokens) and tokens[end].lower in ("year", "years"):
            yield end + 1, value
            for extra in (("old",), ("of", "age")):
                if tuple(t.lower for t in tokens[end + 1 : end + 1 + len(extra)]) == extra:
                    yield end + 1 + len(extra), value

    def _count(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, int]]:
        if start < len(tokens):
            value = number_of(tokens[start].text) if tokens[start].kind == "number" else None
            value = _NUMBER_WORDS.get(tokens[start].lower) if value is None else value
            if isinstance(value, int):
                yield start + 1, value

    def _unit(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        if start < len(tokens):
            word = tokens[start].lower
            for name, unit in _COUNTED.items():
                if word in (name, f"{name}s", "entries" if name == "entry" else name):
                    yield start + 1, unit
                    return

    def _quoted(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        yield from self._list(tokens, start, self._quote)

    def _all_quoted(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Quoted texts joined by `and`, all of which are meant."""
        for end, found in self._quoted(tokens, start):
            between = {t.lower for t in tokens[start:end] if t.kind != "quote"}
            if "and" in between and "or" not in between:
                yield end, found

    def _phrases(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Words of a text: quoted, or single words."""
        yield from self._list(tokens, start, self._phrase)

    def _values(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """Values joined by commas, `and`, `or`; a lone word in small letters may be a description and is none."""
        for end, found in self._list(tokens, start, self._value):
            if len(found) == 1 and end == start + 1 and not self._plainly_a_value(tokens[start]):
                continue
            yield end, found

    def _loose(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """Values where nothing but values can stand, a lone word in small letters too."""
        yield from self._list(tokens, start, self._value)

    def _remainder(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        """`what is left`: of the field that the sentences before were about."""
        for words in _REMAINDERS:
            said = tuple(t.lower for t in tokens[start : start + len(words)])
            if said == words and self.antecedent is not None:
                yield start + len(words), self.antecedent

    def _hostname(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        if start < len(tokens) and _HOST.match(tokens[start].lower):
            yield start + 1, tokens[start].lower.removeprefix("@")

    def _toolname(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        if start >= len(tokens):
            return
        for end in range(start + 1, min(start + 4, len(tokens)) + 1):
            words = " ".join(t.lower for t in tokens[start:end])
            name = self._tools.get(words) or self._tools.get(words.replace(" ", "_"))
            if name:
                yield end, name
        open_ended = not self._tools and re.fullmatch(r"[A-Za-z]\w*[_.]\w[\w.]*", tokens[start].text)
        if open_ended or (not self._tools and tokens[start].kind == "quote" and " " not in tokens[start].text):
            yield start + 1, tokens[start].text

    def _part(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        """An object of the event by its own name, when it is no field: `push` for /push/branch and the like."""
        if start < len(tokens) and tokens[start].kind == "word":
            found = self.fields.part(tokens[start].lower)
            if found is not None:
                yield start + 1, found

    def _role(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        for end in range(start + 1, min(start + 4, len(tokens)) + 1):
            words = _spaced(" ".join(t.lower for t in tokens[start:end]))
            for name in (words, words.rstrip("s"), re.sub(r"ies$", "y", words)):
                if name in self._roles:
                    yield end, self._roles[name]
                    break

    def _key(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Key]]:
        at = start + 1 if start < len(tokens) and tokens[start].lower in ("the", "a", "an") else start
        for end in range(at + 1, min(at + 4, len(tokens)) + 1):
            words = _spaced(_joined(tokens, at, end).lower())
            names = (words, words.removesuffix("s"), re.sub(r"ies$", "y", words))
            found = next((self._keys[name] for name in names if name in self._keys), None)
            if found is None:
                continue
            key = Key(*found)
            yield end, key
            nouns = {key.field.name.lower(), f"{key.field.name.lower()}s"}
            if end < len(tokens) and tokens[end].lower in nouns:
                yield end + 1, key

    def _label(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        if start < len(tokens) and tokens[start].lower in self.labels:
            yield start + 1, tokens[start].lower

    def _this_rule(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        """The rule in which the words stand (the empty text), or one by its label."""
        if tuple(t.lower for t in tokens[start : start + 2]) in (("this", "rule"), ("this", "clause")):
            yield start + 2, ""
        yield from self._label(tokens, start)

    def _labels(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Labels one by one or as a range: `T2`, `rules 2 and 3`, `S3 to S8`."""
        at = start
        while at < len(tokens) and tokens[at].lower in ("the", "rule", "rules", "clause", "clauses", "point", "points"):
            at += 1
        if at + 2 < len(tokens) and tokens[at + 1].lower in ("to", "-", "through"):
            ends = tokens[at].lower, tokens[at + 2].lower
            if all(end in self.labels for end in ends):
                first, last = (self.labels.index(end) for end in ends)
                yield at + 3, self.labels[first : last + 1]
                return
        yield from self._list(tokens, at, lambda t, n: (n + 1, t[n].lower) if t[n].lower in self.labels else None)

    def _toolnoun(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        """A tool by a word that only its name has: `transfer` for create_transfer."""
        if start < len(tokens) and tokens[start].kind == "word":
            word = tokens[start].lower.replace("-", "")
            known = self._tools.values() or self.fields.prose_tools
            found = [n for n in known if {word, word.removesuffix("s")} & set(re.split(r"[_.]", n.lower()))]
            if len(found) == 1:
                yield start + 1, found[0]

    def _pronoun(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        """`it`: the first field that the sentence names before, or what the sentence before was about."""
        if start < len(tokens) and tokens[start].lower in ("it", "they", "that"):
            found = self.first_field(tokens[:start]) or self.antecedent
            if found is not None:
                yield start + 1, found

    def first_field(self, tokens: Sequence[Token]) -> Field | None:
        """The first field that the words name, the tool's name apart."""
        for start in range(len(tokens)):
            found = list(self._field(tokens, start))
            if found and found[-1][1].pointer != "/tool/name":
                return found[-1][1]
        return None

    def _term(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Condition]]:
        """A word that the author defines, in the singular or plural."""
        for end in range(start + 1, min(start + 4, len(tokens)) + 1):
            words = _joined(tokens, start, end).lower()
            found = self.terms.get(words) or self.terms.get(words.removesuffix("s"))
            if found is not None:
                yield end, found

    # Items of lists.

    def _list(self, tokens: Sequence[Token], start: int, item: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """Every list of items from a place on: `a`, `a, b`, `a, b or c`."""
        found: list[Any] = []
        position = start
        while position < len(tokens):
            read = item(tokens, position)
            if read is None:
                return
            position, value = read
            found.append(value)
            yield position, tuple(found)
            gap = position
            if gap < len(tokens) and tokens[gap].lower == ",":
                gap += 1
            if gap < len(tokens) and tokens[gap].lower in ("and", "or"):
                gap += 1
            if gap == position:
                return
            position = gap

    def _quote(self, tokens: Sequence[Token], at: int) -> tuple[int, str] | None:
        return (at + 1, tokens[at].text) if tokens[at].kind == "quote" else None

    def _phrase(self, tokens: Sequence[Token], at: int) -> tuple[int, str] | None:
        token = tokens[at]
        if token.kind == "quote" or (token.kind == "word" and token.lower not in _NOT_A_VALUE):
            return at + 1, token.text
        return None

    def _value(self, tokens: Sequence[Token], at: int) -> tuple[int, Any] | None:
        for end in range(min(at + 3, len(tokens)), at, -1):
            known = self._keys.get(_spaced(_joined(tokens, at, end).lower()))
            if known is not None:
                return end, known[1]
        token = tokens[at]
        if token.kind == "quote":
            return at + 1, token.text
        if token.lower in ("true", "yes", "false", "no"):
            return at + 1, token.lower in ("true", "yes")
        number = next(self._number(tokens, at), None)
        if number is not None and token.lower not in _NUMBER_WORDS:
            return max(self._number(tokens, at), key=lambda found: found[0])
        if token.kind == "word" and token.lower not in _NOT_A_VALUE and _PLAIN.fullmatch(token.text):
            return at + 1, token.text
        return None

    def _plainly_a_value(self, token: Token) -> bool:
        """Whether a lone word can only be a value: quoted, a number, true, known, or not in small letters only."""
        if token.kind != "word" or token.lower in ("true", "false", "yes", "no"):
            return True
        if token.lower == "none":
            return any("none" in field.values for field in self.fields.all)
        return not (token.text.isalpha() and token.text.islower()) or _spaced(token.lower) in self._keys


def _joined(tokens: Sequence[Token], start: int, end: int) -> str:
    return " ".join(t.text for t in tokens[start:end]).replace(" 's", "'s").replace(" ’s", "’s")


def _spaced(words: str) -> str:
    return re.sub(r"[_\-\s]+", " ", words).strip().lower()
