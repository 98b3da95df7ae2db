"""Rules → source in the guard language, one function per clause."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pprint import pformat
from typing import assert_never

from guardagent.reasoners.offline.conditions import read
from guardagent.reasoners.offline.rules import ConditionRule, KnownRoleRule, Rule, TableRule
from guardagent.reasoners.offline.translate import Translation
from guardagent.types import GuardRequest

# Written into a program when it uses them, so that a reviewer sees what is decided about unreadable values.
HELPERS = {
    "number_is": '''
def number_is(value, op, limit, unclear):
    """Whether the number in `value` stands so to the limit; `unclear` when unreadable, False when there is none."""
    if value is None:
        return False
    number = parse_number(value)
    if number is None:
        return unclear
    if op == ">":
        return number > limit
    if op == ">=":
        return number >= limit
    if op == "<":
        return number < limit
    return number <= limit
''',
    "size_is": '''
def size_is(value, unit, op, limit, unclear):
    """Whether the size of `value` stands so to the limit; `unclear` when it has none, False without value."""
    if value is None:
        return False
    if unit == "items" and isinstance(value, list):
        size = len(value)
    elif unit == "words" and isinstance(value, str):
        size = count_words(value)
    elif unit == "characters" and isinstance(value, str):
        size = len(value)
    else:
        return unclear
    if op == ">":
        return size > limit
    if op == ">=":
        return size >= limit
    if op == "<":
        return size < limit
    return size <= limit
''',
    "is_given": '''
def is_given(value):
    """Whether there is a value that is not blank."""
    if isinstance(value, str):
        return value.strip() != ""
    return value is not None and value != [] and value != {}
''',
    "is_any": '''
def is_any(value, values, unclear):
    """Whether the text is one of `values` (case and outer spaces apart); `unclear` when it is no text."""
    if value is None:
        return False
    return normalise(value) in values if isinstance(value, str) else unclear
''',
    "begins_with": '''
def begins_with(value, parts, unclear):
    """Whether the text begins with one of `parts`, in any letter case; `unclear` when it is no text."""
    if value is None:
        return False
    return any(normalise(value).startswith(part) for part in parts) if isinstance(value, str) else unclear
''',
    "ends_with": '''
def ends_with(value, parts, unclear):
    """Whether the text ends with one of `parts`, in any letter case; `unclear` when it is no text."""
    if value is None:
        return False
    return any(normalise(value).endswith(part) for part in parts) if isinstance(value, str) else unclear
''',
    "mentions": '''
def mentions(value, phrases, least, unclear):
    """Whether the text holds at least `least` of the phrases as whole words; `unclear` when it can't be read."""
    if value is None:
        return False
    found = contains_any(value, phrases)
    return unclear if found is None else len(found) >= least
''',
    "host_is": '''
def host_is(value, hosts, unclear):
    """Whether the host of an address is one of `hosts`; `unclear` when it can't be read, False when there is none."""
    if value is None:
        return False
    found = host_matches(value, hosts)
    return unclear if found is None else found
''',
    "domain_is": '''
def domain_is(value, domains, unclear):
    """Whether a mail address is at one of `domains`; `unclear` when it isn't one address, False when there is none."""
    if value is None:
        return False
    address = parse_address(value)
    return unclear if address is None else host_matches(address["domain"], domains) is True
''',
    "called_before": '''
def called_before(event, tool, times, unclear):
    """Whether the history holds at least `times` calls of the tool; `unclear` when it can't be read."""
    count = count_before(event, tool)
    return unclear if count is None else count >= times
''',
}


def program_source(request: GuardRequest, translation: Translation) -> str:
    """The program of a translation; empty when there is nothing to enforce."""
    if not translation.rules:
        return ""
    functions = [_function(rule) for rule in translation.rules]
    body = "\n".join(functions)
    helpers = [text for name, text in HELPERS.items() if re.search(rf"\b{name}\(", body)]
    parts = [f'"""Checks of the policy `{request.name}`, translated from its guard request."""', ""]
    parts += _constants(translation.rules)
    return "\n".join([*parts, *(h.rstrip() + "\n" for h in helpers), body]).rstrip() + "\n"


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
    return f"""    role = normalise({read(rule.role)})
    allowed = ALLOWED.get(role)
    if allowed is None:
        {unknown}
    needed = columns_accessed({read(rule.code)}, SCHEMA)
    if needed is None:
        return violation("what the code reads can't be told", evidence=[{rule.code!r}])
    missing = check_access(allowed, needed)
    if missing:
        return violation("reads data that is not open to this role", details=missing, evidence={rule.fields()!r})
    return None
"""


def _known_role_body(rule: KnownRoleRule) -> str:
    return (
        f"    if normalise({read(rule.role)}) not in ALLOWED:\n"
        f'        return violation("the role is not listed", evidence=[{rule.role!r}])\n'
        "    return None\n"
    )


def _docstring(text: str) -> str:
    quoted = " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")
    short = quoted if len(quoted) <= 300 else quoted[:297] + "..."
    return f'"""{short} """' if short.endswith('"') else f'"""{short}"""'


def _literal(value: object) -> str:
    return pformat(value, width=110, sort_dicts=False)
