"""Rules → source in the guard language, one function per clause."""

from __future__ import annotations

from collections.abc import Iterable
from pprint import pformat
from typing import assert_never

from guardagent.reasoners.offline.helpers import helpers_for
from guardagent.reasoners.offline.rules import ConditionRule, KnownRoleRule, Rule, TableRule
from guardagent.reasoners.offline.translate import Translation
from guardagent.types import GuardRequest


def program_source(request: GuardRequest, translation: Translation) -> str:
    """The program of a translation; empty when there is nothing to enforce."""
    if not translation.rules:
        return ""
    functions = [_function(rule) for rule in translation.rules]
    body = "\n".join(functions)
    parts = [f'"""Checks of the policy `{request.name}`, translated from its guard request."""', ""]
    parts += _constants(translation.rules)
    return "\n".join([*parts, *helpers_for(body), body]).rstrip() + "\n"


def _constants(rules: Iterable[Rule]) -> list[str]:
    lines: list[str] = []
    facts = {name: spec for rule in rules if isinstance(rule, ConditionRule) for name, spec in rule.facts}
    if facts:
        lines.append(f"FACTS = {_literal(facts)}\n")
    for rule in rules:
        if isinstance(rule, TableRule):
            lines.append(f"SCHEMA = {_literal(rule.schema)}\n")
            lines.append(f"ALLOWED = {_literal(rule.tables)}\n")
            break
    return lines


def _function(rule: Rule) -> str:
    match rule:
        case ConditionRule():
            body = _condition_body(rule)
        case TableRule():
            body = _table_body(rule)
        case KnownRoleRule():
            body = _known_role_body(rule)
        case _ as never:
            assert_never(never)
    return f"\ndef clause_{rule.clause.id}(event, facts):\n    {_docstring(rule.clause.text)}\n{body}"


def _condition_body(rule: ConditionRule) -> str:
    return (
        f"    if {rule.violated.code(True)}:\n"
        f"        return violation({rule.message[:400]!r}, evidence={rule.fields()!r})\n"
        "    return None\n"
    )


def _table_body(rule: TableRule) -> str:
    unknown = "return not_applicable()" if rule.unknown_role_denied_elsewhere else "allowed = {}"
    return f"""    role = normalise(value_at(event, {rule.role!r}))
    allowed = ALLOWED.get(role)
    if allowed is None:
        {unknown}
    needed = columns_accessed(value_at(event, {rule.code!r}), SCHEMA)
    if needed is None:
        return violation("what the code reads can't be told", evidence=[{rule.code!r}])
    missing = check_access(allowed, needed)
    if missing:
        return violation("reads data that is not open to this role", details=missing, evidence={rule.fields()!r})
    return None
"""


def _known_role_body(rule: KnownRoleRule) -> str:
    return (
        f"    if normalise(value_at(event, {rule.role!r})) not in ALLOWED:\n"
        f'        return violation("the role is not listed", evidence=[{rule.role!r}])\n'
        "    return None\n"
    )


def _docstring(text: str) -> str:
    quoted = " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")
    short = quoted if len(quoted) <= 300 else quoted[:297] + "..."
    return f'"""{short} """' if short.endswith('"') else f'"""{short}"""'


def _literal(value: object) -> str:
    return pformat(value, width=110, sort_dicts=False)
