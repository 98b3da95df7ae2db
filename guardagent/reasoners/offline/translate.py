"""Clauses → rules and gaps. Each clause is read whole: one sentence that isn't understood makes the clause a gap."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from guardagent.reasoners.offline.access import listings, table_rules
from guardagent.reasoners.offline.activities import action_rule
from guardagent.reasoners.offline.clausetext import defined, sentences_of
from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.connectives import Any_
from guardagent.reasoners.offline.document import Document
from guardagent.reasoners.offline.fields import Fields
from guardagent.reasoners.offline.outline import Reading
from guardagent.reasoners.offline.reader import Reader
from guardagent.reasoners.offline.rules import ConditionRule, Rule
from guardagent.reasoners.offline.unbound import unbound
from guardagent.types import Clause, Gap, GuardRequest, Recast

_PERMISSION = re.compile(
    r"^(?!.*\b(?:not|only|never|no|most|to)\b).*\b(?:may|can|is allowed|are allowed)\b", re.IGNORECASE | re.DOTALL
)
_HINT = (
    'say it as one plain rule about event fields, e.g. "`amount` must not exceed 500 unless user.verified is true", '
    "or use a model reasoner"
)


class Translation(NamedTuple):
    """The rules in clause order, and the clauses that the offline reasoner can't translate.

    `recasts` name those of the latter that the segmenter took for explanations.
    """

    rules: tuple[Rule, ...]
    gaps: tuple[Gap, ...]
    recasts: tuple[Recast, ...] = ()


def translate(
    request: GuardRequest, clauses: tuple[Clause, ...], tools: Mapping[str, Callable[..., Any]] | None = None
) -> Translation:
    """What the offline reasoner makes of every rule clause; `tools` are those of the toolbox, for own evaluations."""
    fields = Fields(request.agent.event_schema, f"{request.agent.description}\n{request.text}")
    document = Document(clauses, request.text)
    reader = Reader(fields, document.labels, tools, request.agent.description)
    for term, words in defined(clauses):
        reader.define(term, words)
    tables = table_rules(clauses, request.agent, fields)
    rules: dict[str, Rule] = {}
    gaps: dict[str, Gap] = {}
    for clause in clauses:
        found = tables.get(clause.id) or (action_rule(clause, fields, reader) if clause.kind == "rule" else None)
        if isinstance(found, str):
            gaps[clause.id] = Gap(clause=clause.id, reason=found, hint=_HINT)
        elif found is not None:
            rules[clause.id] = found
        else:
            document.add(_read(clause, fields, reader))
    settled = document.settled()
    recasts: list[Recast] = []
    for change, gap in unbound(settled, listings(clauses, request.agent) if tables else ()):
        recasts.append(change)
        gaps[gap.clause] = gap
    for reading in settled:
        clause = reading.clause
        if clause.kind != "rule":
            continue
        if reading.problem:
            gaps[clause.id] = Gap(
                clause=clause.id, reason=reading.problem, hint=reading.hint or _HINT, explains=reading.explains
            )
        else:
            whole = reading.violated[0] if len(reading.violated) == 1 else Any_(reading.violated)
            rules[clause.id] = ConditionRule(clause, whole, whole.says())
    ordered = [clause.id for clause in clauses]
    enforced = [rules[c] for c in ordered if c in rules]
    known = {rule.clause.id for rule in enforced}
    listed = [gaps[c] for c in ordered if c in gaps]
    listed = [gap.model_copy(update={"explains": tuple(c for c in gap.explains if c in known)}) for gap in listed]
    return Translation(tuple(enforced), tuple(listed), tuple(recasts))


def _read(clause: Clause, fields: Fields, reader: Reader) -> Reading:
    """The meanings of a clause's sentences, and what was not understood."""
    reading = Reading(clause)
    reader.forget()
    for sentence in sentences_of(clause):
        found = reader.meanings(sentence)
        if found is not None:
            reading = reading._replace(meanings=(*reading.meanings, *found))
            continue
        problem, hint = _problem(sentence, fields, reader)
        subject = _subject(sentence, reader)
        # What the other sentences say of the document still holds.
        reading = reading._replace(
            problem=reading.problem or problem,
            hint=reading.hint or hint,
            missed=(*reading.missed, sentence),
            about=(*reading.about, (sentence, subject)) if subject else reading.about,
        )
    return reading


def _subject(sentence: str, reader: Reader) -> Condition | None:
    """Whom or what a sentence is about, where it says so before its verb."""
    words = re.split(r"\b(?:may|can|might|could|are|is|need|needs)\b", sentence, maxsplit=1)[0]
    found: Condition | None = reader.words("who", words) if 0 < len(words.split()) <= 6 else None
    return found


def _problem(sentence: str, fields: Fields, reader: Reader) -> tuple[str, str]:
    if _PERMISSION.match(sentence):
        return (
            "a permission alone forbids nothing",
            'say what is forbidden, e.g. "only managers may …" or "… must not …"',
        )
    if reader.missed:
        return f"`{reader.missed}` names no event field, or more than one", fields.suggestion(reader.missed)
    return f"the sentence is outside the offline grammar, from the words `{reader.stopped_at}` on", _HINT
