"""The outline of a request: where its clauses stand, what they are called, and what was read of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from guardagent.reasoners.offline.clausetext import label_of
from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.meanings import Amend, First, Meaning, Ruling, Scope
from guardagent.request import MARKER
from guardagent.types import Clause

_BLANK = re.compile(r"\n\s*\n")


class Reading(NamedTuple):
    """What was made of one clause."""

    clause: Clause
    meanings: tuple[Meaning, ...] = ()
    # The conditions of violations, once the document has been taken into account.
    violated: tuple[Condition, ...] = ()
    problem: str = ""
    hint: str = ""
    # The sentences that were not understood.
    missed: tuple[str, ...] = ()
    explains: tuple[str, ...] = ()
    # Whom or what sentences that were not understood speak of, where that much is clear.
    about: tuple[tuple[str, Condition], ...] = ()


class Outline:
    """The labels and paragraphs of the clauses, and which rules stand before a statement."""

    def __init__(self, clauses: Sequence[Clause], text: str = "") -> None:
        self.paragraph = {clause.id: len(_BLANK.findall(text[: clause.start])) for clause in clauses}
        self.label = {clause.id: label_of(clause) for clause in clauses}

    def is_item(self, clause: Clause) -> bool:
        """Whether the clause has a label or is an item of a list."""
        return bool(self.label[clause.id]) or bool(MARKER.match(clause.text))

    def named(self, labels: Iterable[str]) -> tuple[str, ...]:
        """The clauses with these labels."""
        wanted = set(labels)
        return tuple(clause for clause, label in self.label.items() if label in wanted)

    def mentioned(self, sentence: str) -> set[str]:
        """The clauses that a sentence names by their labels, with those between two of them."""
        words = {word.strip(".,;:()").lower() for word in sentence.split()}
        order = [clause for clause, label in self.label.items() if label]
        named = [c for c in order if self.label[c] in words and not self.label[c].isdigit() and len(self.label[c]) > 1]
        ranged = len(named) > 1 and " to " in sentence
        return set(order[order.index(named[0]) : order.index(named[-1]) + 1]) if ranged else set(named)


def targets(place: int, scope: Scope | First | Amend, readings: Sequence[Reading]) -> list[int]:
    """The places of the rules right before a statement on them; none when they stand in its own clause."""
    meanings = readings[place].meanings
    if any(isinstance(m, Ruling) for m in meanings[: meanings.index(scope)]):
        return []
    rules = [n for n in range(place) if may_be_rule(readings[n])]
    return rules[-(1 if isinstance(scope, First) else scope.back) :]


def may_be_rule(reading: Reading) -> bool:
    """Whether the clause is a rule, or may be one as far as it was not understood."""
    ruled = any(isinstance(meaning, Ruling) for meaning in reading.meanings)
    return ruled or (reading.clause.kind == "rule" and bool(reading.missed))


__all__ = ["Outline", "Reading", "may_be_rule", "targets"]
