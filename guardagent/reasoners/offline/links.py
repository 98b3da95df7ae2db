"""What noun phrases and short clauses of prose name in the event schema, by the words that both have in common.

A phrase names a field when it has every word of the field's name, and when each further word is one that the path or
the agent's specification uses of that field. One word that nothing explains, or two fields that fit, and it names none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

from guardagent.reasoners.offline.fields import Field, Fields

_Same = TypeVar("_Same")

# Words without a meaning of their own here. Nothing that negates, counts, compares or orders may stand among them.
_LIGHT = frozenset(
    "a an the is are was were be been being has have had we they he she it its their his her our your "
    "there who that which this these already currently now just merely yet still of in on at by for to "
    "from with own as such do does did".split()
)
_NEGATIONS = frozenset("not no never isn't aren't wasn't weren't hasn't haven't hadn't doesn't don't without".split())
_VERBS = frozenset(
    "is are was were has have had been be isn't aren't wasn't weren't hasn't haven't hadn't does do "
    "doesn't don't".split()
)
# Words of field names that say what kind of thing the field is.
_KINDS = frozenset("status state kind type category id ids flag name value text is has was at".split())
_IDENTITY = frozenset("number no id reference code ref".split())
# What may be said of something that is true or there, and of something that is not.
_ON = frozenset(
    "on active set true given recorded obtained granted present available done received effect force place".split()
)
_OFF = frozenset("off inactive false over missing absent unset disabled".split())
_OPPOSITES = {"closed": "open", "shut": "open", "disabled": "enabled", "unknown": "known"}
# Words of the specification that explain nothing: they count, compare or order.
_NEVER = frozenset(
    "whether all every each any only other another same different first last latest earlier later before after since "
    "until ago again more less most least than than or and but if when while unless except both neither nor also too "
    "not no never without one two three new old high higher low lower".split()
)
_GENERIC = frozenset("user users person people customer customers caller callers".split())
_IRREGULAR = dict(
    pair.split(":")
    for pair in (
        "sent:send made:make paid:pay given:give gave:give written:write taken:take bought:buy sold:sell "
        "held:hold told:tell lent:lend kept:keep left:leave lost:lose found:find built:build drawn:draw "
        "shown:show chosen:choose driven:drive spoken:speak hidden:hide done:do gone:go seen:see got:get "
        "bound:bind brought:bring caught:catch children:child"
    ).split()
)
_WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?")
_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+")


class Claim(NamedTuple):
    """What a short clause says: that a field has a value (None: that it is given), or that it hasn't."""

    field: Field
    value: object
    truth: bool


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """The word without its ending, so that `enabled`, `enables` and `enable` are one."""
    text = re.sub(r"['’]s?$", "", word.lower())
    text = _IRREGULAR.get(text, text)
    for ending in ("cations", "cation", "ations", "ation", "ings", "ing", "als", "al", "ed", "es", "s", "e"):
        if text.endswith(ending) and len(text) - len(ending) >= 3:
            text = text[: -len(ending)]
            break
    if len(text) > 3 and text[-1] == text[-2]:
        text = text[:-1]
    return re.sub(r"y$", "i", text)


def stems(words: Iterable[str]) -> frozenset[str]:
    """The stems of the words that carry a meaning."""
    return frozenset(stem(w) for w in words if w not in _LIGHT)


class Links:
    """The links between the words of one request and the fields of one agent."""

    def __init__(self, fields: Fields, prose: str) -> None:
        self._fields = fields
        self._sentences = [(words, stems(words)) for words in map(_words, _SENTENCE.split(prose)) if words]
        self.words = frozenset(w for words, _ in self._sentences for w in words) | frozenset(
            w for f in fields.all for w in _words(f.dotted)
        )
        self._names = {f.pointer: stems(_words(f.name)) for f in fields.all}
        self._paths = {f.pointer: stems(_words(f.dotted)) | stems(_GENERIC) for f in fields.all}
        self._explained: dict[str, frozenset[str]] = {}
        self._known: dict[tuple[str, tuple[str, ...], frozenset[str]], object] = {}

    def claim(self, words: Sequence[str], context: frozenset[str] = frozenset()) -> Claim | None:
        """What the words claim of a yes-no field or of one with listed values; `context` are the stems behind `it`."""
        key = ("claim", tuple(words), context)
        if key not in self._known:
            self._known[key] = self._claim(words, context)
        return self._known[key]  # type: ignore[return-value]

    def field(self, words: Sequence[str]) -> Field | None:
        """The field that holds more than yes or no and that a noun phrase names."""
        key = ("field", tuple(words), frozenset[str]())
        if key not in self._known:
            self._known[key] = self._field(words)
        return self._known[key]  # type: ignore[return-value]

    def _claim(self, words: Sequence[str], context: frozenset[str]) -> Claim | None:
        words = [part for w in words for part in self._negated(w)]
        negations = [w for w in words if w in _NEGATIONS]
        if len(negations) > 1:
            return None
        plain = [w for w in words if w not in _NEGATIONS]
        found = self._flag(plain, context) or self._listed(plain)
        if found is None:
            return None
        return found._replace(truth=found.truth is not bool(negations))

    def _negated(self, word: str) -> list[str]:
        """`unverified` in two words, where a yes-no field is called `verified`."""
        rest = stem(word[2:])
        known = any("boolean" in f.types and rest in self._names[f.pointer] for f in self._fields.all)
        return ["not", word[2:]] if word.startswith("un") and known else [word]

    def _flag(self, words: Sequence[str], context: frozenset[str]) -> Claim | None:
        found: list[tuple[int, Claim]] = []
        for field in self._fields.all:
            if "boolean" not in field.types:
                continue
            names = self._names[field.pointer] - stems(_KINDS)
            names = names - stems(_ON) or names
            truth = True
            said = set(words)
            opposites = {w for w in said if _OPPOSITES.get(w) and stem(_OPPOSITES[w]) in names}
            if opposites:
                truth = False
                said = {_OPPOSITES[w] if w in opposites else w for w in said}
            elif said & _OFF and not stems(said & _OFF) & names:
                truth = False
            spoken = stems(said - (_OFF if not truth and not opposites else set()))
            rest = spoken - stems(_ON)
            common = names & spoken
            if not common or not names <= spoken | context:
                continue
            if rest <= names | self._names[field.pointer] | self._paths[field.pointer] | self._explanation(field):
                found.append((len(common), Claim(field, True, truth)))
        return _best(found)

    def _listed(self, words: Sequence[str]) -> Claim | None:
        """A field with listed values that has the one that is said: `the flight was cancelled`."""
        spoken = stems(words)
        found: list[tuple[int, Claim]] = []
        for field in self._fields.all:
            for value in field.values:
                if not isinstance(value, str) or value in ("none", "other", "unknown"):
                    continue
                wanted = stems(_words(value))
                if not wanted or not wanted <= spoken:
                    continue
                names = self._names[field.pointer] - stems(_KINDS)
                if self._shared(wanted, field) and not names <= spoken:
                    continue
                if spoken - wanted <= names | self._paths[field.pointer] | self._explanation(field):
                    found.append((len(wanted) + len(names & spoken), Claim(field, value, True)))
        return _best(found)

    def _shared(self, wanted: frozenset[str], field: Field) -> bool:
        others = (v for f in self._fields.all if f is not field for v in f.values if isinstance(v, str))
        return any(stems(_words(v)) == wanted for v in others)

    def _field(self, words: Sequence[str]) -> Field | None:
        spoken = stems(words)
        found: list[tuple[int, Field]] = []
        for field in self._fields.all:
            if "boolean" in field.types or field.pointer in ("/stage", "/tool/name"):
                continue
            names = self._names[field.pointer]
            core = names - stems(_KINDS)
            rest = spoken - names - (stems(_IDENTITY) if names & stems(_KINDS) else frozenset())
            if not core or not core <= spoken:
                continue
            if rest <= self._paths[field.pointer] | self._explanation(field) or self._owned(field, core, words):
                found.append((len(core), field))
        best = _best(found)
        if best is not None:
            return best
        # A bare "name" may be the name of anything, but hardly that of the tool.
        others = [f for f in self._fields.all if f.pointer != "/tool/name"]
        part = [f for f in others if spoken and spoken <= self._names[f.pointer]]
        return part[0] if len(part) == 1 and "boolean" not in part[0].types else None

    def _owned(self, field: Field, core: frozenset[str], words: Sequence[str]) -> bool:
        """Whether the words are the field's name and `of` something known that no other field belongs to."""
        if "of" not in words:
            return False
        at = list(words).index("of")
        owner = stems(words[at + 1 :])
        known = frozenset(map(stem, self.words)) - stems(_NEVER)
        parents = {s for f in self._fields.all for s in stems(_words(f.dotted.rpartition(".")[0]))}
        elsewhere = parents - self._paths[field.pointer]
        return core == stems(words[:at]) and bool(owner) and owner <= known and not owner & elsewhere

    def _explanation(self, field: Field) -> frozenset[str]:
        """The stems of the specification's words on the field: those near the words of its name or its values."""
        found = self._explained.get(field.pointer)
        if found is None:
            found = frozenset(s for part in self._parts_on(field) for s in part) - stems(_NEVER)
            self._explained[field.pointer] = found
        return found

    def _parts_on(self, field: Field) -> list[frozenset[str]]:
        names = self._names[field.pointer] - stems(_KINDS)
        values = [stems(_words(v)) for v in field.values if isinstance(v, str)]
        found = []
        for words, _ in self._sentences:
            for part in _parts(words):
                said = stems(part)
                some = names <= said or (len(names & said) > 1) or sum(v <= said for v in values if v) > 1
                if names and some:
                    found.append(said)
        return found


def has_verb(words: Sequence[str]) -> bool:
    """Whether the words can be a clause rather than a noun phrase."""
    return any(w in _VERBS for w in words)


def _parts(words: Sequence[str]) -> list[list[str]]:
    """The words in pieces, each from one `whether` to the next."""
    found: list[list[str]] = [[]]
    for word in words:
        if word in ("whether", "if", "and"):
            found.append([])
        found[-1].append(word)
    return found


def _best(found: list[tuple[int, _Same]]) -> _Same | None:
    """The one that has most words in common; None where two have as many."""
    ordered = sorted(found, key=lambda entry: -entry[0])
    if not ordered or (len(ordered) > 1 and ordered[0][0] == ordered[1][0]):
        return None
    return ordered[0][1]


def _words(text: str) -> list[str]:
    return _WORD.findall(re.sub(r"([a-z])([A-Z])", r"\1 \2", text).lower().replace("_", " ").replace("’", "'"))
