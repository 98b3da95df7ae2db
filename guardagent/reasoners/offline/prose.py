"""Terminal symbols of prose: short clauses, noun phrases and deeds that are linked to fields and tools by their words.

`stated` is a clause (`the window is open`), `being` a noun phrase for something that is so (`a freeze`), `named` a noun
phrase for a field, `entity` a noun for whatever the call is about, `deed` what a call does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from guardagent.reasoners.offline.chart import Terminal
from guardagent.reasoners.offline.conditions import Condition, OneOf
from guardagent.reasoners.offline.connectives import Always, Not
from guardagent.reasoners.offline.fields import Field, Fields
from guardagent.reasoners.offline.links import Claim, Links, has_verb, stem, stems
from guardagent.reasoners.offline.ranks import Scale, scales_of
from guardagent.reasoners.offline.tokens import Token, number_of

_LONGEST = 9
_PRONOUNS = frozenset("it they this".split())
# Nouns for whoever or whatever a call is about, in any domain.
_ENTITIES = frozenset(
    "user person people customer client guest visitor member passenger traveller patient pupil student "
    "child parent employee colleague applicant driver owner holder order booking reservation request call "
    "account ticket fare payment invoice claim case item product parcel shipment message mail letter file "
    "document report record device machine vehicle room trip change one operator clerk agent somebody "
    "someone anybody anyone everybody everyone those rate plan tier".split()
)
# What is done by any call, for an agent that has one tool only.
_DEEDS = frozenset("change make do process submit perform accept allow call execute run carry proceed".split())
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_NUMBERS = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve".split(),
        map(Decimal, range(1, 13)),
        strict=True,
    )
) | {
    "twenty-four": Decimal(24),
    "thirty": Decimal(30),
    "sixty": Decimal(60),
    "half": Decimal("0.5"),
    "an": Decimal(1),
    "a": Decimal(1),
}
_NO_ENTITY = frozenset("rule rules limit limits reason reasons list word words number case cases time times".split())
_LIGHT_DEED = frozenset("at all the a an any out through for of to be in".split())


class Lag(NamedTuple):
    """A field that says for how long something is so, its unit in seconds, and the value that says that it is."""

    field: Field
    seconds: int
    state: Claim | None


class Prose:
    """The terminals of prose for one agent, by its schema and its specification."""

    def __init__(self, fields: Fields, specification: str) -> None:
        self.links = Links(fields, specification)
        self._fields = fields
        self._entities = frozenset(_ENTITIES) | {w for w in self.links.words if len(w) > 3 and not w.endswith("ly")}
        self._deeds = _deeds_of(fields, specification)
        self._scales = scales_of(fields, f"{specification}\n{fields.prose}")

    def terminals(self) -> Mapping[str, Terminal]:
        """All terminals, by name."""
        return {
            "stated": self._stated,
            "being": self._being,
            "named": self._named,
            "entity": self._entity,
            "deed": self._deed,
            "lag": self._lag,
            "span": self._span,
            "year_old": self._year_old,
            "scale": self._scale,
            "scale_value": self._scale_value,
        }

    def _stated(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Condition]]:
        """A clause on a yes-no field or one with listed values."""
        for end, words in _phrases(tokens, start):
            if len(words) > 1 and has_verb(words):
                claim = self.links.claim(words, self._context(tokens, start, words))
                if claim is not None:
                    yield end, condition_of(claim)

    def _being(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Condition]]:
        """A noun phrase for something that is so."""
        for end, words in _phrases(tokens, start):
            if not has_verb(words):
                claim = self.links.claim(words)
                if claim is not None:
                    yield end, condition_of(claim)

    def _named(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Field]]:
        for end, words in _phrases(tokens, start):
            if has_verb(words):
                return
            field = self.links.field(words)
            if field is not None:
                yield end, field

    def _entity(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        if start < len(tokens) and tokens[start].kind == "word":
            word = tokens[start].lower
            singular = word.removesuffix("s")
            if {word, singular} & _NO_ENTITY:
                return
            if {word, singular} & self._entities or word == "children":
                yield start + 1, word

    def _deed(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Condition]]:
        """Words for what a call does: all of them from the names of tools or from what is written about them."""
        field = self._fields.find("tool.name")
        # `include_deleted` is a field and no deleting.
        named = start < len(tokens) and "_" in tokens[start].text and self._fields.find(tokens[start].text)
        if field is None or named:
            return
        tools = self._fields.tools()
        found: set[str] | None = None
        for end, words in _phrases(tokens, start):
            last = words[-1]
            known = self._deeds.get(stem(last))
            if known is None and len(words) > 1:
                # `rolling back` for rollback.
                known = self._deeds.get(stem(re.sub(r"(?:ing|ed|s)$", "", words[-2]) + last))
            if known is None and len(tools) == 1 and stem(last) in stems(_DEEDS):
                known = frozenset(tools)
            if known is None and last not in _LIGHT_DEED and len(words) > 1:
                return
            if known is not None:
                found = set(known) if found is None else found & known
            if found is not None and len(found) == 1 and last not in ("the", "a", "an", "any", "of", "to", "for", "in"):
                yield end, Always() if len(tools) == 1 else OneOf(field, tuple(found))

    def _lag(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Lag]]:
        """`is delayed`, for a field such as delay_minutes."""
        for end, words in _phrases(tokens, start):
            if not has_verb(words):
                continue
            found = [
                Lag(field, _UNITS[unit], None)
                for field in self._fields.all
                for unit in _UNITS
                if field.name.lower().endswith((f"_{unit}s", f"_{unit}"))
                and field.types & {"integer", "number"}
                and stem(words[-1]) in stems(field.name.lower().split("_")[:-1])
            ]
            if len(found) == 1:
                claim = self.links.claim(words)
                if claim is None and len(words) > 2:
                    continue
                yield end, found[0]._replace(state=claim if claim and claim.field != found[0].field else None)

    def _span(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, int]]:
        """A length of time in seconds."""
        if start + 1 < len(tokens):
            number = _NUMBERS.get(tokens[start].lower)
            if number is None and tokens[start].kind == "number":
                number = Decimal(str(number_of(tokens[start].text)))
            unit = _UNITS.get(tokens[start + 1].lower.removesuffix("s"))
            if number is not None and unit:
                yield start + 2, int(number * unit)

    def _year_old(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, int]]:
        """`ten-year-old`, `10 year old`."""
        words = "-".join(t.lower for t in tokens[start : start + 3])
        match = re.match(r"([a-z]+|\d+)-years?-olds?(?=-|$)", words)
        number = _NUMBERS.get(match[1], Decimal(match[1]) if match[1].isdigit() else None) if match else None
        if match and number is not None:
            yield start + (1 if "-" in tokens[start].lower else 3), int(number)

    def _scale(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Scale]]:
        """The noun of an ordered scale: `cabins`."""
        if start < len(tokens) and tokens[start].kind == "word":
            word = stem(tokens[start].lower)
            found = [s for s in self._scales if word in stems(s.current.name.lower().split("_"))]
            if len(found) == 1:
                yield start + 1, found[0]

    def _scale_value(self, tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
        """A value on an ordered scale."""
        if start < len(tokens) and any(tokens[start].lower in map(str.lower, s.values) for s in self._scales):
            yield start + 1, tokens[start].lower

    def _context(self, tokens: Sequence[Token], start: int, words: Sequence[str]) -> frozenset[str]:
        """The stems of the words before a pronoun."""
        if not _PRONOUNS & set(words):
            return frozenset()
        return stems(t.lower for t in tokens[:start] if t.kind == "word")


def condition_of(claim: Claim) -> Condition:
    """The claim as a condition; a field that is missing has no value."""
    said = OneOf(claim.field, (claim.value,))
    return said if claim.truth else Not(said)


def _phrases(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, list[str]]]:
    """The runs of words from a place on, shortest first."""
    words: list[str] = []
    owner: list[str] = []
    for at in range(start, min(start + _LONGEST, len(tokens))):
        token = tokens[at]
        if token.kind == "possessive":
            owner, words = ["of", *words], []
            continue
        if token.kind != "word":
            return
        words = [*words, *token.lower.split("_")]
        yield at + 1, [*words, *owner]


def _deeds_of(fields: Fields, specification: str) -> dict[str, frozenset[str]]:
    """The tools that each word in their names, and each verb written beside a name, may mean; by its stem."""
    found: dict[str, set[str]] = {}
    tools = fields.tools() or fields.prose_tools
    for name in tools:
        for word in re.split(r"[_.\s]", name.lower()):
            found.setdefault(stem(word), set()).add(name)
    for sentence in re.split(r"(?<=[.;!?])\s+|\n+", specification):
        named = [name for name in tools if name in sentence]
        if len(named) == 1:
            for word in re.findall(r"[a-z]{4,}s\b", sentence.lower()):
                if stem(word) not in found or named[0] in found[stem(word)]:
                    found.setdefault(stem(word), set()).add(named[0])
    return {word: frozenset(names) for word, names in found.items()}
