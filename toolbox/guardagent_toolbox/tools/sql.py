"""SQL as plain data: which columns it reads, and how it is built."""

from __future__ import annotations

import functools
import json

from guardagent_toolbox.reading.plain import as_text
from guardagent_toolbox.reading.schema import Reads, Schema
from guardagent_toolbox.reading.sql import parse
from guardagent_toolbox.reading.sql_columns import reads_of
from guardagent_toolbox.reading.sql_facts import facts_of
from guardagent_toolbox.spec import tool


@tool(group="sql")
def sql_columns(sql: str, schema: dict[str, list[str]], dialect: str = "sqlite") -> dict[str, list[str]] | None:
    """The columns that SQL reads or writes, by table; None when it cannot be read.

    Aliases, subqueries and WITH are followed; `*` is all columns of the schema. A table that is used without reading a
    column of it has an empty list. Names that the schema lacks are given as they are, and what cannot be told (PRAGMA,
    unknown aliases) stands under the key "?"; `check_access` takes both as missing. `dialect`: sqlite, postgres, mysql.

    >>> SCHEMA = {"lab": ["id", "name", "result"], "patient": ["id", "age"]}
    >>> sql_columns("select l.result from lab as l where l.id in (select id from patient)", SCHEMA)
    {'lab': ['id', 'result'], 'patient': ['id']}
    """
    text, tables, kind = as_text(sql), Schema.of(schema), as_text(dialect)
    statements = None if text is None or kind is None else parse(text, kind)
    if statements is None or tables is None:
        return None
    reads = Reads(tables)
    reads_of(statements, reads, sqlite=kind == "sqlite")
    return reads.plain()


@tool(group="sql")
def read_sql(
    sql: str, dialect: str = "sqlite", schema: dict[str, list[str]] | None = None
) -> list[dict[str, object]] | None:
    """The statements of an SQL text, each as an object; None when it cannot be read. Comments are dropped.

    Names are in small letters; columns stand as "table.column", followed through aliases, subqueries and WITH. Keys:
    "kind" (select, insert, update, delete, merge, create, drop, alter, truncate, grant, other) · "commands" (kinds
    anywhere in it, also inside WITH) · "tables" (with schema as written) · "sources" ("table", "alias") · "columns" (by
    table; give `schema` when columns stand without their table) · "unknown" (what could not be told) · "writes"
    (changed tables) · "outputs" (of the outermost select: "name", "columns" it is made of, "functions" round them,
    "aggregate", "star") · "stars" (number of `*` in select lists, COUNT(*) aside) · "functions" · "comparisons"
    ("column" or "" , "columns" of both sides, "functions", "operator" such as "=", "not in", "value" that it is
    compared with, "other" column, "query" when with a subquery, "place": where, having, on or other, "always": no row
    passes without it) · "joins" (kinds, e.g. "inner", "left", "cross") · "comma_joins" · "group_by" · "order_by" ·
    "limit" and "offset" (a number or None) · "fetch" · "distinct" · "into" · "locks". `dialect`: sqlite, postgres,
    mysql.

    >>> found = read_sql("SELECT name FROM lab l WHERE l.id = 7 LIMIT 10; DROP TABLE lab")
    >>> [s["kind"] for s in found], found[0]["tables"], found[0]["limit"]
    (['select', 'drop'], ['lab'], 10)
    >>> [(c["column"], c["operator"], c["value"], c["always"]) for c in found[0]["comparisons"]]
    [('lab.id', '=', 7, True)]
    """
    text, kind = as_text(sql), as_text(dialect)
    tables = Schema.of({} if schema is None else schema)
    if text is None or kind is None or tables is None:
        return None
    found = _facts(text, kind, tables.key())
    # Read anew each time, so that what one caller does to its answer is not seen by the next.
    return None if found is None else list[dict[str, object]](json.loads(found))


# Each clause asks for the same text again; reading it takes a millisecond or more.
@functools.lru_cache(maxsize=4)
def _facts(text: str, dialect: str, schema: tuple[tuple[str, tuple[str, ...]], ...]) -> str | None:
    """The answer of `read_sql` as JSON text."""
    statements = parse(text, dialect)
    if statements is None:
        return None
    try:
        return json.dumps(
            [facts_of(statement, Schema(dict(schema)), sqlite=dialect == "sqlite") for statement in statements]
        )
    except RecursionError:
        return None
