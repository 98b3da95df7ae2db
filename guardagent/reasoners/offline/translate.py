"""Clauses → rules and gaps. Each clause is read whole: one sentence that isn't understood makes the clause a gap."""

from __future__ import annotations

import re
from typing import NamedTuple

from guardagent.reasoners.offline.access import table_rules
from guardagent.reasoners.offline.activities import action_rule
from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.connectives import Any_
from guardagent.reasoners.offline.fields import Fields
from guardagent.reasoners.offline.reader import Reader
from guardagent.reasoners.offline.rules import ConditionRule, Rule
from guardagent.request import sentences, without_marker
from guardagent.types import Clause, Gap, GuardRequest

# Remarks that only restate how the reader already compares: they change nothing.
_REMARK = re.compile(
    r"^(?:(?:the )?(?:ceiling|limit|amount|number) itself is (?:allowed|fine|ok(?:ay)?)"
    r"|(?:letter |upper and lower )?case (?:does not|doesn't) matter|letter case is ignored|in any letter case"
    r"|capital letters are ignored|(?:only )?whole words (?:only )?count)\W*$",
    re.IGNORECASE,
)
_PERMISSION = re.compile(
    r"^(?!.*\b(?:not|only|never|no|most|to)\b).*\b(?:may|can|is allowed|are allowed)\b", re.IGNORECASE | re.DOTALL
)
_HINT = (
    'say it as one plain rule about event fields, e.g. "`amount` must not exceed 500 unless user.verified is true", '
    "or use a model reasoner"
)


class Translation(NamedTuple):
    """The rules in clause order, and the rule clauses that the offline reasoner can't translate."""

    rules: tuple[Rule, ...]
    gaps: tuple[Gap, ...]


def translate(request: GuardRequest, clauses: tuple[Clause, ...]) -> Translation:
    """What the offline reasoner makes of every rule clause."""
    fields = Fields(request.agent.event_schema)
    reader = Reader(fields)
    tables = table_rules(clauses, request.agent, fields)
    rules: list[Rule] = []
    gaps: list[Gap] = []
    for clause in clauses:
        if clause.kind != "rule":
            continue
        found = tables.get(clause.id) or action_rule(clause, fields, reader) or _sentence_rule(clause, fields, reader)
        if isinstance(found, str):
            gaps.append(Gap(clause=clause.id, reason=found, hint=_HINT))
        elif isinstance(found, Gap):
            gaps.append(found)
        else:
            rules.append(found)
    return Translation(tuple(rules), tuple(gaps))


def _sentence_rule(clause: Clause, fields: Fields, reader: Reader) -> ConditionRule | Gap:
    violated: list[Condition] = []
    for sentence in _sentences_of(clause):
        if _REMARK.match(sentence):
            continue
        condition = reader.rule(sentence)
        if condition is None:
            return _gap(clause, sentence, fields, reader)
        violated.append(condition)
    if not violated:
        return Gap(clause=clause.id, reason="the clause states nothing that can be checked", hint=_HINT)
    whole = violated[0] if len(violated) == 1 else Any_(tuple(violated))
    return ConditionRule(clause, whole, whole.says())


def _sentences_of(clause: Clause) -> list[str]:
    """The clause's sentences without list markers; a list of things is joined to the sentence that announces it."""
    text = without_marker(clause.text)
    items = [without_marker(line).rstrip(" ,;") for line in text.splitlines()[1:] if line.strip()]
    head = text.splitlines()[0].rstrip()
    joined = f"{head} {', '.join(items)}" if items and head.endswith(":") else " ".join(text.split())
    lead = clause.heading.rstrip(" :")
    if clause.heading.endswith(":") and not re.search(r"\b(?:must|may|can ?not|never)\b", joined, re.IGNORECASE):
        joined = f"{lead} {joined}"
    return [joined[a:b] for a, b in sentences(joined)]


def _gap(clause: Clause, sentence: str, fields: Fields, reader: Reader) -> Gap:
    if _PERMISSION.match(sentence):
        return Gap(
            clause=clause.id,
            reason="a permission alone forbids nothing",
            hint='say what is forbidden, e.g. "only managers may …" or "… must not …"',
        )
    if reader.missed:
        return Gap(
            clause=clause.id,
            reason=f"`{reader.missed}` names no event field, or more than one",
            hint=fields.suggestion(reader.missed),
        )
    return Gap(clause=clause.id, reason="the sentence is outside the offline grammar", hint=_HINT)
