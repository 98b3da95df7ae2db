"""What a text is about, in kinds of actions and things, by a word list that ships with the package."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple

import yaml

_WORD = re.compile(r"[a-z0-9$€£%]+(?:'[a-z]+)?")
# Before an aspect these make it a property of the thing: "hotels with parking", "a free cancellation rate".
_PURPOSE = frozenset({"for", "fit", "fits", "fitting", "compatible"})
_REACH = 4
_ATTRIBUTIVE = frozenset({"with", "including", "free", "offering", "has", "have", "no"})

STOP_WORDS = frozenset(
    "a an the of for in on at to from by with and or is are be been was were it its this that these those my your our "
    "their his her me you us them i we they he she as into about any all some no not if then than there here do does "
    "did can could will would should may might please also only just so up out over under between near within during "
    "have has had more most less least best top first last next per each every both another other".split()
)


class Reading(NamedTuple):
    """The kinds found in a text: actions, things, aspects that it is really after, and words that no kind covers."""

    actions: frozenset[str]
    things: frozenset[str]
    aspects: frozenset[str]
    words: frozenset[str]


class Mention(NamedTuple):
    """A phrase of a text that the lexicon knows, or a word that it doesn't: words [start, end)."""

    role: str
    kind: str
    start: int
    end: int


class Lexicon(NamedTuple):
    """Phrases (as word tuples) to what they name, and for each first word the length of the longest phrase.

    An empty kind means that the phrase names nothing.
    """

    phrases: dict[tuple[str, ...], tuple[str, str]]
    longest: dict[str, int]
    bookable: frozenset[str]
    dominant: frozenset[str]

    def read(self, text: str) -> Reading:
        """The kinds that `text` speaks of; the longest phrase wins at each place."""
        words = words_of(text)
        mentions = list(self._scan(words))
        modifiers = {m.start for m, after in pairwise(mentions) if _is_compound(m, after)}
        heads = _heads([m for m in mentions if m.role == "thing" and m.start not in modifiers], words)
        things = [m for m in heads if m.kind in self.dominant] or [m for m in heads if m.kind]
        things = things or [m for m in mentions if m.role == "weak"]
        first_thing = min((m.start for m in things), default=len(words))
        aspects = [m for m in mentions if m.role == "aspect" and m.start < first_thing]
        return Reading(
            frozenset(m.kind for m in mentions if m.role == "action"),
            frozenset(m.kind for m in things),
            frozenset(m.kind for m in aspects if m.start == 0 or words[m.start - 1] not in _ATTRIBUTIVE),
            frozenset(m.kind for m in mentions if m.role == "word" and m.kind),
        )

    def _scan(self, words: list[str]) -> Iterator[Mention]:
        at = 0
        while at < len(words):
            longest = self.longest.get(words[at], 1)
            for length in range(min(longest, len(words) - at), 0, -1):
                hit = self._lookup(words[at : at + length])
                if hit is not None:
                    yield Mention(*hit, at, at + length)
                    at += length
                    break
            else:
                if words[at] not in STOP_WORDS:
                    yield Mention("word", stem(words[at]), at, at + 1)
                at += 1

    def _lookup(self, words: list[str]) -> tuple[str, str] | None:
        head = tuple(words[:-1])
        for last in forms(words[-1]):
            hit = self.phrases.get((*head, last))
            if hit is not None:
                return hit
        return None


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon of the package."""
    raw = yaml.safe_load(files("guardagent.facts").joinpath("lexicon.yaml").read_text("utf-8"))
    phrases: dict[tuple[str, ...], tuple[str, str]] = {}

    def put(entries: Iterable[object], role: str, kind: str) -> None:
        for entry in entries:
            phrases[tuple(words_of(str(entry)))] = (role, kind)

    put(raw["generic"], "word", "")
    for entry in raw["aspects"]:
        put([entry], "aspect", str(entry))
    for kind, entries in raw["actions"].items():
        put(entries, "action", kind)
    # Words first, exclusions after: a phrase that one kind excludes may still be the word of another.
    for thing in raw["things"].values():
        put(thing.get("not", []), "thing", "")
    for kind, thing in raw["things"].items():
        put(thing.get("weak", []), "weak", kind)
    for kind, thing in raw["things"].items():
        put(thing["words"], "thing", kind)
    longest: dict[str, int] = {}
    for known in phrases:
        longest[known[0]] = max(len(known), longest.get(known[0], 1))
    return Lexicon(phrases, longest, _marked(raw, "bookable"), _marked(raw, "dominant"))


def _marked(raw: dict[str, Any], mark: str) -> frozenset[str]:
    return frozenset(kind for kind, thing in raw["things"].items() if thing.get(mark))


def _is_compound(thing: Mention, after: Mention) -> bool:
    """Whether a thing only says what kind the noun right behind it is: `flight status` and `car seat` are neither."""
    other = after.role == "aspect" or (after.role == "thing" and after.kind != thing.kind)
    return thing.role == "thing" and other and thing.end == after.start


def _heads(things: list[Mention], words: list[str]) -> list[Mention]:
    """The things that a text is after, without those that another one is only for: `brake pads for a pickup truck`."""
    found: list[Mention] = []
    for thing in things:
        earlier = {t.kind for t in found if t.kind != thing.kind}
        before = words[max(0, thing.start - _REACH) : thing.start]
        if not (earlier and _PURPOSE & set(before)):
            found.append(thing)
    return found


def words_of(text: str) -> list[str]:
    """The lower-case words of `text`; hyphens and other punctuation part words."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("'s ", " "))


def forms(word: str) -> Iterator[str]:
    """`word` and the base forms that it may be an inflection of."""
    yield word
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]
        if word.endswith("es"):
            yield word[:-2]
        if word.endswith("ies"):
            yield word[:-3] + "y"
    for ending in ("ing", "ed"):
        if len(word) > len(ending) + 2 and word.endswith(ending):
            base = word[: -len(ending)]
            yield base
            yield base + "e"
            if len(base) > 2 and base[-1] == base[-2]:
                yield base[:-1]


def stem(word: str) -> str:
    """A rough stem under which forms of one word meet."""
    for ending in ("ings", "ing", "ies", "ied", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + ("y" if ending in ("ies", "ied") else "")
    return word
