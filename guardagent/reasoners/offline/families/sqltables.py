"""Tests of an SQL statement: the tables and columns that it uses, and what limits its rows."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.codefields import sql_in
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.statements import Statement, Test


def limit(context: Context, number: int | float | None = None) -> Test | None:
    if not sql_in(context):
        return None
    if number is None:
        return Test(
            's["limit"] is not None',
            lambda s: s["limit"] is not None,
            lambda t: (f"SELECT id FROM {t}", f"SELECT id FROM {t} LIMIT 10"),
            "it has a LIMIT",
        )
    return Test(
        f'isinstance(s["limit"], int) and s["limit"] <= {number}',
        lambda s: isinstance(s["limit"], int) and s["limit"] <= number,
        lambda t: [f"SELECT id FROM {t}", *(f"SELECT id FROM {t} LIMIT {n}" for n in (number, int(number) + 1))],
        f"it has a LIMIT of at most {number}",
    )


def condition_on(context: Context, columns: tuple[Any, ...], wanted: Any = None) -> Test | None:
    """No row passes unless a column is compared, with `wanted` where that is given."""
    if not sql_in(context) or len(columns) != 1:
        return None
    name = str(columns[0]).lower()
    if wanted is not None and not (isinstance(wanted, tuple) and len(wanted) == 1):
        return None
    equal = "" if wanted is None else f' and c["value"] == {wanted[0]!r}'
    one = f'c["always"] and c["operator"] in ("=", "in") and sql_named(c["column"], [{name!r}]){equal}'
    code = f'any({one} for c in s["comparisons"])'

    def holds(s: Statement) -> bool:
        return any(
            c["always"]
            and c["operator"] in ("=", "in")
            and _named(c["column"], [name])
            and (wanted is None or c["value"] == wanted[0])
            for c in s["comparisons"]
        )

    value = repr(wanted[0]) if isinstance(wanted, tuple) else "1"
    bare = name.rsplit(".", 1)[-1]
    return Test(
        code,
        holds,
        lambda t: (
            f"SELECT id FROM {t} WHERE {bare} = {value} LIMIT 10",
            f"SELECT id FROM {t} WHERE {bare} = {value} OR id = 1 LIMIT 10",
        ),
        f"it is limited by `{name}`",
    )


def _named(table: str, wanted: list[str]) -> bool:
    return any(table == n or table.endswith(f".{n}") or n.endswith(f".{table}") for n in wanted)


def outside(context: Context, listed: tuple[Any, ...], key: str = "tables") -> Test | None:
    """It uses a table that is not listed, as it is written; a new table that it makes itself counts as written."""
    if not sql_in(context):
        return None
    wanted = sorted(str(n).lower() for n in listed)
    return Test(
        f'any(t not in {wanted!r} for t in s["{key}"])',
        lambda s: any(t not in wanted for t in s[key]),
        lambda _table: [
            *(
                sample.replace("TABLE", n)
                for n in [*wanted[:2], "other_items", wanted[0].rsplit(".", 1)[-1]]
                for sample in _SAMPLES[key]
            ),
        ],
        f"it uses a table other than {', '.join(wanted)}",
    )


_SAMPLES = {
    "tables": ("SELECT id FROM TABLE LIMIT 10",),
    "writes": ("INSERT INTO TABLE (id) VALUES (1)", "UPDATE TABLE SET id = 2 WHERE id = 1"),
}


def written_outside(context: Context, listed: tuple[Any, ...]) -> Test | None:
    return outside(context, listed, "writes")


def using(context: Context, listed: tuple[Any, ...], key: str = "tables") -> Test | None:
    if not sql_in(context):
        return None
    wanted = sorted(str(n).lower() for n in listed)
    return Test(
        f'any(sql_named(t, {wanted!r}) for t in s["{key}"])',
        lambda s: any(_named(t, wanted) for t in s[key]),
        lambda _t: [sample.replace("TABLE", n) for n in wanted[:2] for sample in _SAMPLES[key]],
        f"it uses {' or '.join(wanted)}",
    )


def writing_to(context: Context, listed: tuple[Any, ...]) -> Test | None:
    return using(context, listed, "writes")


def of_schemas(context: Context, listed: tuple[Any, ...]) -> Test | None:
    if not sql_in(context):
        return None
    wanted = sorted(str(n).lower() + "." for n in listed)
    return Test(
        f'any(t.startswith(p) for t in s["tables"] + s["writes"] for p in {wanted!r})',
        lambda s: any(t.startswith(p) for t in [*s["tables"], *s["writes"]] for p in wanted),
        lambda _table: [f"SELECT id FROM {p}items LIMIT 10" for p in wanted],
        f"it uses the schema {' or '.join(p[:-1] for p in wanted)}",
    )


def outside_schemas(context: Context, listed: tuple[Any, ...]) -> Test | None:
    if not sql_in(context):
        return None
    wanted = sorted(str(n).lower() + "." for n in listed)
    return Test(
        f'any(not any(t.startswith(p) for p in {wanted!r}) for t in s["tables"] + s["writes"])',
        lambda s: any(not t.startswith(tuple(wanted)) for t in [*s["tables"], *s["writes"]]),
        lambda _table: [f"SELECT id FROM {p}items LIMIT 10" for p in [*wanted, "elsewhere."]],
        f"it uses a schema other than {', '.join(p[:-1] for p in wanted)}",
    )


def tables_begin(context: Context, prefixes: tuple[Any, ...]) -> Test | None:
    """Every table that it uses has such a name."""
    if not sql_in(context):
        return None
    wanted = [str(p).lower() for p in prefixes]
    return Test(
        f'len(s["tables"]) > 0 and all(any(t.split(".")[-1].startswith(p) for p in {wanted!r}) for t in s["tables"])',
        lambda s: bool(s["tables"]) and all(t.split(".")[-1].startswith(tuple(wanted)) for t in s["tables"]),
        lambda _table: [
            text
            for p in wanted
            for n in (f"{p}items",)
            for text in (f"DELETE FROM {n}", f"SELECT id FROM {n} LIMIT 10", f"DROP TABLE {n}", f"TRUNCATE {n}")
        ],
        f"every table begins with {' or '.join(wanted)}",
    )


def columns(context: Context, listed: tuple[Any, ...], tables: tuple[Any, ...] | None = None) -> Test | None:
    """It reads one of the columns; a star reads all of them."""
    if not sql_in(context):
        return None
    pairs = [
        [table, column]
        for name in listed
        for owner, _, column in [str(name).lower().rpartition(".")]
        for table in ([owner] if owner else [str(t).lower() for t in tables] if tables else [""])
    ]

    def holds(s: Statement) -> bool:
        return any(
            (not t or _named(name, [t])) and (c in found or "*" in found)
            for name, found in s["columns"].items()
            for t, c in pairs
        ) or (s["stars"] and any(not t or any(_named(name, [t]) for name in s["tables"]) for t, c in pairs))

    star = 's["stars"] > 0 and any(p[0] == "" or any(sql_named(n, [p[0]]) for n in s["tables"]) for p in PAIRS)'
    read = '(p[0] == "" or sql_named(n, [p[0]])) and (p[1] in s["columns"][n] or "*" in s["columns"][n])'
    code = f'any({read} for n in s["columns"] for p in PAIRS) or {star}'
    return Test(
        code.replace("PAIRS", repr(pairs)),
        lambda s: bool(holds(s)),
        lambda t: [f"SELECT {c} FROM {p or t} LIMIT 10" for p, c in pairs],
        f"it reads {' or '.join('.'.join(filter(None, p)) for p in pairs)}",
    )
