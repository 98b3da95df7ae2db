"""The pattern language of the grammar files, compiled into productions.

words            must stand there, in any letter case; `~exceed` stands for every form of the verb
(a|b) [a|b]      one of them; one of them or nothing
<name>           one of the phrases that `grammar/words.yaml` lists under that name
{name:symbol}    whatever the grammar calls `symbol`; its meaning is handed to the builder under that name
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

# The safe loader in C where there is one: it takes a tenth of the time.
GRAMMAR_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PIECE = re.compile(r"\{(\w+):(\w+)\}|<(\w+)>|([()\[\]|])|([^\s()\[\]|{}<>]+)")
_IRREGULAR = {
    "be": "be is are was were been being isn't aren't",
    "have": "have has had having",
    "begin": "begin begins beginning began begun",
    "write": "write writes writing wrote written",
    "lie": "lie lies lying lay lain",
    "go": "go goes going went gone",
    "send": "send sends sending sent",
    "run": "run runs running ran",
    "use": "use uses using used",
    "make": "make makes making made",
    "say": "say says saying said",
    "give": "give gives giving given gave",
    "do": "do does doing did done",
}


class Word(NamedTuple):
    """Any one of these words."""

    forms: frozenset[str]


class Slot(NamedTuple):
    """A place for a symbol of the grammar."""

    name: str
    symbol: str


class Choice(NamedTuple):
    """One of the sequences."""

    options: tuple[tuple[Any, ...], ...]


class Production(NamedTuple):
    """One way to say a symbol, and the builder of its meaning with its arguments."""

    symbol: str
    elements: tuple[Any, ...]
    means: tuple[Any, ...]
    # A sentence that lacks all words of one of these sets can't hold it.
    needs: tuple[frozenset[str], ...]
    # The words that it can begin with; None: any.
    first: frozenset[str] | None
    text: str


def compile_pattern(text: str, symbol: str = "", means: tuple[Any, ...] = ()) -> Production:
    """A pattern as a production; raises ValueError where it is not well formed."""
    pieces = _PIECE.findall(text)
    elements, position = _sequence(pieces, 0)
    if position != len(pieces):
        raise ValueError(f"the pattern `{text}` closes a bracket that it did not open")
    (option,) = elements if len(elements) == 1 else ((Choice(elements),),)
    return Production(symbol, option, means, _needs(option), _first(option), text)


@cache
def phrases(name: str) -> Choice:
    """The phrases of a vocabulary entry."""
    listed = vocabulary().get(name)
    if listed is None:
        raise ValueError(f"`grammar/words.yaml` has no entry `{name}`")
    return Choice(tuple(compile_pattern(phrase).elements for phrase in listed))


@cache
def vocabulary() -> dict[str, list[str]]:
    """The shared vocabulary as data."""
    text = files("guardagent.reasoners.offline").joinpath("grammar", "words.yaml").read_text("utf-8")
    raw: dict[str, list[str]] = yaml.load(text, Loader=GRAMMAR_LOADER)
    return raw


def _needs(elements: tuple[Any, ...]) -> tuple[frozenset[str], ...]:
    """Sets of words of each of which a text must have one."""
    found: list[frozenset[str]] = []
    for element in elements:
        if isinstance(element, Word):
            found.append(element.forms)
        elif isinstance(element, Choice):
            # One set for each option, the smallest; none where an option needs no word.
            least = [min(_needs(option), key=len, default=None) for option in element.options]
            if None not in least:
                found.append(frozenset().union(*(words for words in least if words)))
    return tuple(dict.fromkeys(found))


# The grammar stays in memory, so that the identity of a part is a key.
_BEGINNINGS: dict[int, tuple[Choice, frozenset[str] | None]] = {}


def beginnings(choice: Choice) -> frozenset[str] | None:
    """The words with which one of the sequences can begin; None where one can begin with anything or be empty."""
    known = _BEGINNINGS.get(id(choice))
    if known is None:
        known = _BEGINNINGS[id(choice)] = choice, _first((choice,))
    return known[1]


def _first(elements: tuple[Any, ...]) -> frozenset[str] | None:
    """The words with which a text can begin; None where it can begin with anything or be empty."""
    found: set[str] = set()
    for element in elements:
        if isinstance(element, Word):
            return frozenset(found | element.forms)
        if not isinstance(element, Choice):
            return None
        begun = [_first(option) for option in element.options if option]
        if None in begun:
            return None
        found.update(*(words for words in begun if words))
        if () not in element.options:
            return frozenset(found)
    return None


def _sequence(pieces: list[tuple[str, ...]], position: int) -> tuple[tuple[tuple[Any, ...], ...], int]:
    """The alternatives from `position` to the closing bracket or the end, and where that is."""
    options: list[tuple[Any, ...]] = []
    current: list[Any] = []
    while position < len(pieces):
        slot, symbol, category, bracket, word = pieces[position]
        if bracket in (")", "]"):
            break
        position += 1
        if bracket == "|":
            options.append(tuple(current))
            current = []
        elif bracket:
            inner, position = _sequence(pieces, position)
            position += 1
            current.append(Choice((*inner, ()) if bracket == "[" else inner))
        elif slot:
            current.append(Slot(slot, symbol))
        elif category:
            current.append(phrases(category))
        else:
            current.append(Word(forms_of(word)))
    return (*options, tuple(current)), position


def forms_of(word: str) -> frozenset[str]:
    """The word, or with `~` every form of the verb."""
    lower = word.lower().replace("’", "'")
    if not lower.startswith("~"):
        return frozenset({lower})
    verb = lower[1:]
    if verb in _IRREGULAR:
        return frozenset(_IRREGULAR[verb].split())
    if verb.endswith("e"):
        return frozenset({verb, f"{verb}s", f"{verb[:-1]}ing", f"{verb}d"})
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return frozenset({verb, f"{verb[:-1]}ies", f"{verb}ing", f"{verb[:-1]}ied"})
    ending = "es" if verb.endswith(("s", "x", "ch", "sh")) else "s"
    return frozenset(
        {verb, f"{verb}{ending}", f"{verb}ing", f"{verb}ed", f"{verb}{verb[-1]}ed", f"{verb}{verb[-1]}ing"}
    )
