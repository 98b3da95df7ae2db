"""Doubts: which clauses may depend on a sentence that was not understood, and are then not enforced."""

from __future__ import annotations

import re
from collections.abc import Sequence

from guardagent.reasoners.offline.clausetext import sentences_of
from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.connectives import disjoint
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.links import stem
from guardagent.reasoners.offline.meanings import Amend, Scope
from guardagent.reasoners.offline.outline import Outline, Reading, may_be_rule, targets
from guardagent.reasoners.offline.rewrite import parts_of
from guardagent.types import Clause

# Words by which a sentence that is not understood may change what any other clause means.
_REACHES = re.compile(
    r"\b(?:(?:below|above)(?=\s*[.,;:!?]|$)|(?:what|that) follows|throughout|everything (?:else|that)|anything else"
    r"|nothing else (?:is|will|needs|has)|always (?:all|allowed|fine|free|ok|permitted)|exception|exempt"
    r"|none of (?:them|these)|(?:all|these|those|other|any|every|no other) (?:rule|limit|point|clause|provision)s?"
    r"|the (?:rules|limits)|concern\w*|appl(?:y|ies)|fall away|excused|excepted|may stay|unless (?:the|a|this) rule"
    r"|otherwise|only reason)\b",
    re.IGNORECASE,
)
# Words by which it may say what something means or counts as: rules that speak of the same thing depend on it.
_DEFINING = re.compile(
    r"\b(?:count\w*|treat\w*|means?|meant|considered|regard\w*|assum\w*|default\w*|deemed|called|drop\w*|remov\w*"
    r"|strip\w*|convert\w*|round\w*|reading)\b",
    re.IGNORECASE,
)
# Words by which it may say how texts are read.
_SPELLING = re.compile(
    r"\b(?:compar\w*|ignor\w*|capitals?|letter case|spell\w*|is read|are read|read as|spaces|blanks)\b", re.IGNORECASE
)
# Words by which even a list item speaks of other ones.
_FAR = re.compile(
    r"\b(?:below(?=\s*[.,;:)!?]|$|\s+(?:is|are|concern\w*|appl\w*|may|must|do|does)\b)|what follows"
    r"|the following (?:rule|limit|provision|point|section)s?|these (?:rules|limits)"
    r"|(?:all|other|any|every|no other) (?:rule|limit)s?|every other"
    r"|none of (?:them|these)|everything (?:else|at any)|not checked|exempt)\b",
    re.IGNORECASE,
)
# A "sent mail" below is a history entry with …
_DEFINES = re.compile(
    r"^(?:an?|the|by)?\s*[\"“`']([^\"”`']{2,40})[\"”`'],?\s+(?:\w+,?\s+)?(?:is|are|means?)\b", re.IGNORECASE
)
_BACKWARD = re.compile(
    r"^(?:this|that|these|those|both|it|they|the latter|in that case|otherwise|there is)\b", re.IGNORECASE
)

# Words by which a sentence that is not understood may allow what a rule before it forbids.
_PERMITS = re.compile(
    r"(?<!not )(?<!never )\b(?:may|might|can|could|fine|allowed|permitted|accepted|acceptable|welcome|in order"
    r"|all right|alright|ok|okay|need not|needn't|no harm|harmless|no matter|free to|enough|suffices?|too)\b"
    r"(?! not| only| never)",
    re.IGNORECASE,
)
_COMMON = frozenset(
    "the and are for that this with from not but who whose which what when where has have had may must "
    "can only any all they them their its our your his her does did counts count counted treat treated "
    "means mean meant considered assume assumed default know known somebody anybody nobody".split()
)
# A sentence that only says that rules are to come.
_FRAME = re.compile(
    r"^(?:dear [^,]{1,40},\s*)?(?:so )?(?:these are|here are|here is|here's|this is|these|this)"
    r" (?:the|our|how|what|are|my|your)?\b"
    r"(?!.*\b(?:only|except|unless|not|never|no|none|exempt|concern\w*|apply|applies|for|if|when|while|unlike)\b)",
    re.IGNORECASE,
)


class Doubts:
    """What the sentences that were not understood may be about."""

    def __init__(self, outline: Outline, readings: Sequence[Reading], unjoined: Sequence[Reading]) -> None:
        self._outline = outline
        self._readings = readings
        # The readings before remarks were joined to the rules that they are on.
        self._unjoined = unjoined

    def settled(self) -> list[Reading]:
        """The readings, those in doubt with that as their problem."""
        readings = self._readings
        doubts = {clause for number in range(len(readings)) for clause in self._reach(number)}
        doubts |= self._behind()
        return [
            reading._replace(problem=f"it may depend on a sentence that was not understood: {doubts_of}")
            if reading.clause.id in doubts
            and not reading.problem
            and (doubts_of := self._doubt(reading) or "what “this” is about")
            else reading
            for reading in readings
        ]

    def _behind(self) -> set[str]:
        """Rules before a sentence that was not understood, where a statement behind it may mean either of them."""
        found: set[str] = set()
        for place, reading in enumerate(self._readings):
            for meaning in reading.meanings:
                if not (isinstance(meaning, Scope | Amend) and meaning.back):
                    continue
                meant = targets(place, meaning, self._unjoined)
                if any(self._readings[n].missed for n in meant):
                    rules = [n for n in range(min(meant)) if may_be_rule(self._readings[n])]
                    found |= {self._readings[n].clause.id for n in rules[-meaning.back :]}
        return found

    def _doubt(self, reading: Reading) -> str:
        for number, other in enumerate(self._readings):
            for sentence in other.missed:
                if other is not reading and reading.clause.id in self._reached(number, sentence):
                    return f"“{_short(sentence)}”"
        return ""

    def _reach(self, number: int) -> set[str]:
        """The other clauses that the sentences of a clause which aren't understood may be about."""
        found = {c for sentence in self._readings[number].missed for c in self._reached(number, sentence)}
        return found - {self._readings[number].clause.id}

    def _reached(self, number: int, sentence: str) -> set[str]:
        clause = self._readings[number].clause
        if _FRAME.match(sentence):
            return set()
        term = _DEFINES.match(sentence)
        if term:
            # Whoever doesn't use the term doesn't depend on what it means.
            return {r.clause.id for r in self._readings if _uses(r.clause, term.group(1))} - {clause.id}
        named = self._outline.mentioned(sentence) - {clause.id}
        everything = {reading.clause.id for reading in self._readings}
        far = _FAR.search(sentence)
        # `Drafts are exempt`, behind a rule in an item of a list, is about that rule.
        own = far is not None and far.group().lower() == "exempt" and self._outline.is_item(clause)
        if far and not (own and sentences_of(clause)[0] != sentence):
            return everything
        if named or self._outline.is_item(clause):
            return named
        if _PERMITS.search(sentence) and not _REACHES.search(sentence):
            # It may be an exception to what stands before it.
            home = self._outline.paragraph[clause.id]
            subject = dict(self._readings[number].about).get(sentence)
            before = [r for r in self._readings[:number] if self._outline.paragraph[r.clause.id] == home]
            return {r.clause.id for r in before if subject is None or not _apart(r, subject)}
        if _BACKWARD.match(sentence):
            return {reading.clause.id for reading in self._readings[max(number - 2, 0) : number]}
        if _REACHES.search(sentence):
            return everything
        found: set[str] = set()
        if _DEFINING.search(sentence):
            found |= {r.clause.id for r in self._readings if _shares(r, sentence)}
        if _SPELLING.search(sentence):
            found |= {r.clause.id for r in self._readings if any(_compares_text(c) for c in r.violated)}
        return found


def _uses(clause: Clause, term: str) -> bool:
    """Whether the clause has every word of the term, in any form that begins like it."""
    text = clause.text.lower()
    return all(re.search(rf"\b{re.escape(word.rstrip('s'))}", text) for word in term.lower().split())


def _shares(reading: Reading, sentence: str) -> bool:
    """Whether a clause, or a field that it reads, has a word in common with the sentence."""
    said = {stem(w) for w in re.findall(r"[a-z]{3,}", sentence.lower()) if w not in _COMMON}
    fields = " ".join(pointer for condition in reading.violated for pointer in condition.fields())
    own = {stem(w) for w in re.findall(r"[a-z]{3,}", f"{reading.clause.text} {fields}".lower())}
    return bool(said & own)


def _compares_text(condition: Condition) -> bool:
    """Whether the condition reads a text that may be anything."""
    return any(isinstance(part, Field) and part.is_text and not part.values for part in parts_of(condition))


def _apart(reading: Reading, subject: Condition) -> bool:
    """Whether a clause is about others than the subject."""
    return bool(reading.violated) and all(disjoint(condition, subject) for condition in reading.violated)


def _short(text: str) -> str:
    return text if len(text) <= 90 else text[:87] + "…"


__all__ = ["Doubts"]
