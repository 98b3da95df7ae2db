"""A clause's own text: its label, its sentences, and the terms that it defines."""

from __future__ import annotations

import re
from collections.abc import Iterable

from guardagent.request import MARKER, sentences, without_marker
from guardagent.types import Clause

_MEANS = re.compile(r"[\"“]([^\"”]{2,40})[\"”]\s+(?:means|is|are|stands for|refers to)\s+([^.;]{3,160})", re.IGNORECASE)
# A sentence may begin with the name of a field, tool or command, in small letters.
_FIELD_FIRST = re.compile(
    r"(?<=[\w)\"”]\.)\s+(?=`?[a-z]+[_.]\w)"
    r"|(?<=[a-z)\"”]{2}\.)(?<!\b(?:etc|max|min)\.)(?<!\b(?:approx)\.)(?<!\b(?:no|vs|ca|cf|al|st|nr|pp|ed)\.)"
    r"(?<!\bincl\.)\s+(?=[a-z`][\w-]+,? )"
)

# `Rule 3:` is called 3, as `rules 3 and 4` are.
_LABEL_NOUN = re.compile(
    r"^(?:rule|limit|clause|section|article|point|provision|requirement|no\.|nr\.)\s+", re.IGNORECASE
)

# One line of a list of lists: `- shipping: street, postcode`.
_ROW = re.compile(r"^\s*[-*•]\s+[^:.\n]{1,40}:\s+\S")


def label_of(clause: Clause) -> str:
    """The clause's own label in small letters: `t3` for `T3. …`; empty without one."""
    match = MARKER.match(clause.text.lstrip())
    return _LABEL_NOUN.sub("", match.group().strip(" .():[]*\u2013\u2014")).strip(" -#§").lower() if match else ""


def defined(clauses: Iterable[Clause]) -> list[tuple[str, str]]:
    """The terms that the clauses put in quotes and define, each with the words that it stands for."""
    found = []
    for clause in clauses:
        for match in _MEANS.finditer(" ".join(clause.text.split())):
            found.append((match[1], re.split(r",? and [\"“]", match[2])[0].strip(" .,;")))
    return found


def sentences_of(clause: Clause) -> list[str]:
    """The clause's sentences without list markers; a list of things is joined to the sentence that announces it."""
    text = _with_rows(without_marker(clause.text))
    items = [without_marker(line).rstrip(" ,;") for line in text.splitlines()[1:] if line.strip()]
    head = text.splitlines()[0].rstrip()
    joined = f"{head} {', '.join(items)}" if items and head.endswith(":") else " ".join(text.split())
    lead = clause.heading.rstrip(" :")
    if clause.heading.endswith(":") and not re.search(r"\b(?:must|may|can ?not|never)\b", joined, re.IGNORECASE):
        joined = f"{lead} {joined}"
    return [part for a, b in sentences(joined) for part in _FIELD_FIRST.split(joined[a:b])]


def _with_rows(text: str) -> str:
    """The text with a list of `- key: value, value` lines joined to the sentence before it."""
    lines = text.splitlines()
    places = [n for n, line in enumerate(lines) if n and _ROW.match(line)]
    if len(places) < 2 or places != list(range(places[0], places[-1] + 1)):
        return text
    head, rest = " ".join(lines[: places[0]]).rstrip(" .:"), " ".join(lines[places[-1] + 1 :])
    rows = "; ".join(without_marker(lines[n]).strip(" .;,") for n in places)
    return f"{head} : {rows}. {rest}".rstrip()


__all__ = ["defined", "label_of", "sentences_of"]
