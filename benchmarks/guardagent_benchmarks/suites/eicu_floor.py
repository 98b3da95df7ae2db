"""The floor that reads the agent's code with regular expressions and looks the columns up in the role table.

It follows the way that most of EHRAgent's programs are written, line by line, and understands nothing else; a guard
must do at least as well, and unlike this floor it must not be fooled by code that is written otherwise.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import yaml

from guardagent_benchmarks.suites.suite import Floor, Item, Judgement

_LOAD = re.compile(r"(\w+)\s*=\s*LoadDB\(\s*['\"](\w+)['\"]\s*\)")
_FILTER = re.compile(r"(?:(\w+)\s*=\s*)?FilterDB\(\s*(\w+)\s*,\s*f?(['\"])(.*?)\3")
_VALUE = re.compile(r"GetValue\(\s*(\w+)\s*,\s*['\"]\s*(\w+)")
_SUBSCRIPT = re.compile(r"(\w+)(?:\.\w+)?\[\[?\s*['\"](\w+)['\"]")
_LOOP = re.compile(r"for\s+(?:\w+\s*,\s*)?(\w+)\s+in\s+(\w+)")
_CONDITION = re.compile(r"\s*(?:(?:min|max)\s*\(\s*)?(\w+)")

RoleTable = Mapping[str, Mapping[str, frozenset[str]]]


def regex_floor(items: Sequence[Item]) -> Floor:
    """What the code itself gives away, without a parser and without a model."""
    return Floor(
        name="regex on the code",
        about="columns by regular expression, looked up in the role table",
        judgements=tuple(_judge(item) for item in items),
    )


def columns_by_regex(code: str, tables: frozenset[str]) -> dict[str, set[str]]:
    """Tables and columns that the usual calls in `code` name."""
    held: dict[str, str] = {}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in code.split("\n"):
        for name, table in _LOAD.findall(line):
            held[name] = table
        for target, source, _quote, conditions in _FILTER.findall(line):
            if source in held:
                held[target or source] = held[source]
                found[held[source]].update(_names(conditions))
        for name, column in (*_VALUE.findall(line), *_SUBSCRIPT.findall(line)):
            if name in held:
                found[held[name]].add(column)
        for row, name in _LOOP.findall(line):
            if name in held:
                held[row] = held[name]
    for table, column in re.findall(r"\b(\w+)\.(\w+)", code):
        if table in tables:
            found[table].add(column)
    return dict(found)


def _names(conditions: str) -> set[str]:
    matches = (_CONDITION.match(part) for part in conditions.split("||"))
    return {match[1] for match in matches if match}


def _judge(item: Item) -> Judgement:
    if item.event is None:
        return Judgement(verdict="deny", failure=item.problem)
    event = item.event.payload
    roles = role_table()
    allowed = roles.get(event["user"]["role"], {})
    tables = frozenset(table for role in roles.values() for table in role)
    needed = columns_by_regex(event["output"]["code"], tables)
    missing = {table: sorted(columns - allowed.get(table, frozenset())) for table, columns in sorted(needed.items())}
    missing = {table: columns for table, columns in missing.items() if columns}
    return Judgement(verdict="deny" if missing else "allow", explanation=missing)


@cache
def role_table() -> RoleTable:
    """What each role may read: role to table to columns."""
    text = resources.files(__package__).joinpath("eicu_roles.yaml").read_text("utf-8")
    raw: dict[str, dict[str, list[str]]] = yaml.safe_load(text)
    return {role: {table: frozenset(names) for table, names in tables.items()} for role, tables in raw.items()}
