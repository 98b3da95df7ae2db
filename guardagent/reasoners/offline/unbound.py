"""Clauses that the segmenter took for explanations, that look like rules, and that no check carries out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from guardagent.reasoners.offline.meanings import Note
from guardagent.reasoners.offline.outline import Reading
from guardagent.types import Clause, Gap, Recast

# What obliges or forbids; an explanation that says so may be a rule.
_OBLIGES = re.compile(
    r"\b(?:must(?:n't)?|never|may (?:not|only)|can ?not|can't|shall|not (?:be )?(?:allowed|permitted)|ha(?:s|ve) to"
    r"|forbidden|prohibited|banned|only|nobody|at most|at least|no (?:more|less|fewer|later|earlier) than"
    r"|(?:is|are|be|gets?) (?:denied|refused|rejected|blocked|required))\b",
    re.IGNORECASE,
)
# A line of a table: cells between bars, or behind tabs.
_CELLS = re.compile(r"^[^|\n]*\|[^|\n]*\S.*$|^\S[^\t\n]*\t+\S.*$", re.MULTILINE)
# A line of a section: `- agent: 200`.
_ENTRY = re.compile(r"^\s*(?:[-*•]\s+)?[^:\n]{1,60}:[ \t]+\S", re.MULTILINE)
_AS_TABLE = "it is a table or list that no rule which can be checked takes up"
_AS_RULE = "it reads as a rule, and nothing is checked for it"
_HINT = (
    "write each line of it as a rule about event fields, e.g. `a clerk must not call issue_refund` or "
    "`for a lead, amount must not exceed 300`; if it only explains, say so when you publish"
)


def unbound(readings: Iterable[Reading], bound: Collection[str]) -> Iterator[tuple[Recast, Gap]]:
    """The clauses to be declared as rules that are not enforced; `bound` are those that a rule has taken up."""
    for reading in readings:
        clause = reading.clause
        if clause.kind == "rule" or clause.id in bound or _carried(reading):
            continue
        reason = _AS_TABLE if is_table(clause) else _AS_RULE if _states_a_rule(reading) else ""
        if reason:
            yield Recast(clause=clause.id, kind="rule", reason=reason), Gap(clause=clause.id, reason=reason, hint=_HINT)


def is_table(clause: Clause) -> bool:
    """Whether a clause that is no rule has two rows of cells or two entries of a section."""
    entries = _ENTRY.findall(clause.text.partition("\n")[2])
    return len(_CELLS.findall(clause.text)) >= 2 or (clause.kind == "definition" and len(entries) >= 2)


def _carried(reading: Reading) -> bool:
    """Whether other clauses carry out all that it says."""
    if not reading.meanings or reading.missed or reading.violated:
        return False
    return not (is_table(reading.clause) and all(isinstance(meaning, Note) for meaning in reading.meanings))


def _states_a_rule(reading: Reading) -> bool:
    return bool(reading.violated) or any(_OBLIGES.search(sentence) for sentence in reading.missed)


__all__ = ["is_table", "unbound"]
