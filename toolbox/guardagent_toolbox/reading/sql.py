"""SQL text to syntax trees, by sqlglot."""

from __future__ import annotations

import logging

import sqlglot
from sqlglot import exp
from sqlglot.dialects import mysql, postgres, sqlite  # a dialect is imported when first used unless it is here
from sqlglot.errors import ErrorLevel, SqlglotError

MAX_SQL = 8_000
DIALECTS = {"sqlite": sqlite.SQLite, "postgres": postgres.Postgres, "mysql": mysql.MySQL}
# Stands in a text for a part that is not known, and reads as a name in SQL.
HOLE = "hole_in_text__"

# A library in a confined worker must not write to stderr; what it would warn of ends as unreadable SQL here.
logging.getLogger("sqlglot").addHandler(logging.NullHandler())
logging.getLogger("sqlglot").propagate = False


def parse(sql: str, dialect: str = "sqlite") -> list[exp.Expr] | None:
    """The statements of an SQL text; None when it cannot be read, is empty, or is too long."""
    if dialect not in DIALECTS or len(sql) > MAX_SQL:
        return None
    try:
        found = sqlglot.parse(sql, dialect=dialect, error_level=ErrorLevel.IMMEDIATE)
    except (SqlglotError, RecursionError, ValueError):
        return None
    # A comment after the last semicolon is given as a statement of its own.
    return [s for s in found if isinstance(s, exp.Expr) and not isinstance(s, exp.Semicolon)] or None


def table_name(node: exp.Table) -> str:
    """The name in small letters, with its schema unless that is the one that SQLite gives by itself."""
    schema = node.db.casefold()
    name = node.name.casefold()
    return f"{schema}.{name}" if schema and schema not in ("main", "temp") else name


def is_star(node: exp.Expr) -> bool:
    """Whether it stands for all columns, with or without a table in front."""
    return isinstance(node, exp.Star) or (isinstance(node, exp.Column) and isinstance(node.this, exp.Star))


# The first text parsed sets up tables of the parser, which takes long enough to spend the time of a whole check.
for _dialect in DIALECTS:
    parse("with a as (select 1) select count(*) from a where b in (select c from d) limit 1", _dialect)
