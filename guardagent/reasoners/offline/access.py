"""Role tables: sections that list for each role the tables and columns it may read, and the sentence binding them."""

from __future__ import annotations

import re
from typing import NamedTuple

from guardagent.reasoners.offline.fields import Fields
from guardagent.reasoners.offline.rules import KnownRoleRule, Rule, TableRule
from guardagent.request import without_marker
from guardagent.types import AgentSpec, Clause

_BINDING = re.compile(
    r"\bonly\b.*\b(?:tables?|databases?|columns?|data)\b.*\b(?:listed|given|named|allowed|below)\b"
    r"|\b(?:tables?|databases?|columns?)\b.*\bnot (?:listed|appear\w*|in the list)\b.*\b(?:denied|refused|forbidden)\b",
    re.IGNORECASE | re.DOTALL,
)
_UNKNOWN_ROLE = re.compile(
    r"\brole\b.*\b(?:not listed|unknown|missing|other than|no entry)\b.*\b(?:nothing|denied|refused|no access)\b"
    r"|\b(?:any|every) other role\b.*\b(?:nothing|denied|refused|no access)\b"
    r"|\b(?:unlisted|unknown) roles?\b.*\b(?:nothing|denied|refused|no access)\b",
    re.IGNORECASE | re.DOTALL,
)
_ENTRY = re.compile(r"^\s*(?:[-*•]\s+|\(?\d+[.)]\s+)?`?([A-Za-z_]\w*)`?\s*:\s*(.+?)[.;]?\s*$")
_ALL_COLUMNS = re.compile(r"^(?:all|every|any)(?: of its)?(?: the)?(?: columns?)?$|^\*$", re.IGNORECASE)


class RoleTables(NamedTuple):
    """What the sections of a request say: for each role its tables with their columns."""

    tables: dict[str, dict[str, list[str]]]
    clauses: tuple[str, ...]


def table_listing(text: str) -> dict[str, list[str]]:
    """The `table: column, column` lines of a text."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        entry = _ENTRY.match(line)
        if entry and re.fullmatch(r"[\w\s,`*]+", entry.group(2)):
            found[entry.group(1).lower()] = [c.strip(" `").lower() for c in entry.group(2).split(",") if c.strip()]
    return found


def role_tables(clauses: tuple[Clause, ...], schema: dict[str, list[str]]) -> RoleTables:
    """The role sections among the definition clauses; only tables of the schema count."""
    tables: dict[str, dict[str, list[str]]] = {}
    used: list[str] = []
    for clause in clauses:
        head, _, body = clause.text.partition("\n")
        listing = table_listing(body)
        if clause.kind == "definition" and listing and set(listing) <= set(schema):
            role = without_marker(head).strip(" :#*").lower()
            tables[role] = {t: list(schema[t]) if _all(columns) else columns for t, columns in listing.items()}
            used.append(clause.id)
    return RoleTables(tables, tuple(used))


def table_rules(clauses: tuple[Clause, ...], agent: AgentSpec, fields: Fields) -> dict[str, Rule]:
    """The clauses that bind the role tables, as rules by clause id; empty where the request has no role tables."""
    schema = table_listing(agent.description)
    found = role_tables(clauses, schema)
    role = fields.named("role", "identity", "group")
    code = fields.named("code", "sql", "query", "statement")
    if not found.tables or role is None or code is None:
        return {}
    unknown = [c for c in clauses if c.kind == "rule" and _UNKNOWN_ROLE.search(c.text)]
    binding = [c for c in clauses if c.kind == "rule" and c not in unknown and _BINDING.search(c.text)]
    rules: dict[str, Rule] = {
        c.id: TableRule(c, role.pointer, code.pointer, found.tables, schema, bool(unknown)) for c in binding
    }
    rules |= {c.id: KnownRoleRule(c, role.pointer, tuple(found.tables)) for c in unknown}
    return rules


def listings(clauses: tuple[Clause, ...], agent: AgentSpec) -> tuple[str, ...]:
    """The clauses whose listings are the role tables."""
    return role_tables(clauses, table_listing(agent.description)).clauses


def _all(columns: list[str]) -> bool:
    return len(columns) == 1 and bool(_ALL_COLUMNS.match(columns[0]))
