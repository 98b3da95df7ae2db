"""Tests of an SQL statement: of what kind it is, and what stands in it."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.codefields import sql_in
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.statements import Statement, Test, every, inverse

_KINDS = frozenset("select insert update delete merge create drop alter truncate grant".split())


_OUTER = ("left", "right", "full", "outer")


def any_statement(context: Context) -> Test | None:
    return Test("True", lambda _s: True, lambda _t: (), "it is a statement") if sql_in(context) else None


def kind(context: Context, *names: str) -> Test | None:
    return of_kinds(context, names)


def of_kinds(context: Context, names: tuple[str, ...]) -> Test | None:
    """The statement itself is of one of the kinds."""
    wanted = [n.lower() for n in names]
    if not sql_in(context) or not wanted:
        return None
    return Test(
        f's["kind"] in {wanted!r} or s["text"].split()[0] in {wanted!r}',
        lambda s: s["kind"] in wanted or s["text"].split()[0] in wanted,
        lambda t: _of_kind(wanted, t),
        f"it is one of {', '.join(n.upper() for n in wanted)}",
    )


def reads_only(context: Context) -> Test | None:
    """It reads and changes nothing."""
    return every(*filter(None, (kind(context, "select"), inverse(_writing())))) if sql_in(context) else None


def commands(context: Context, names: tuple[str, ...]) -> Test | None:
    """One of the commands stands somewhere in the statement, inside WITH too."""
    if not sql_in(context):
        return None
    wanted = [n.lower() for n in names]
    known = [n for n in wanted if n in _KINDS]
    others = [n for n in wanted if n not in _KINDS]
    code = f'any(c in {known!r} for c in s["commands"] if c != "select" or s["kind"] != "insert")'
    if others:
        code += f' or s["text"].split()[0] in {others!r}'
    return Test(
        code,
        lambda s: (
            any(c in known and not (c == "select" and s["kind"] == "insert") for c in s["commands"])
            or s["text"].split()[0] in others
        ),
        lambda t: _of_kind(wanted, t),
        f"it has one of the commands {', '.join(n.upper() for n in wanted)}",
    )


def _writing() -> Test:
    return Test(
        'any(c not in ("select", "other") for c in s["commands"])',
        lambda s: any(c not in ("select", "other") for c in s["commands"]),
        lambda t: (f"WITH gone AS (DELETE FROM {t} WHERE id = 1 RETURNING id) SELECT id FROM gone LIMIT 10",),
        "it changes something",
    )


def writing(context: Context) -> Test | None:
    return _writing() if sql_in(context) else None


def _of_kind(kinds: list[str], table: str) -> list[str]:
    texts = {
        "select": (f"SELECT id FROM {table} LIMIT 10", f"WITH a AS (SELECT id FROM {table}) SELECT id FROM a LIMIT 10"),
        "insert": (f"INSERT INTO {table} (id) VALUES (1)",),
        "update": (f"UPDATE {table} SET id = 2 WHERE id = 1", f"UPDATE {table} SET id = 2"),
        "delete": (
            f"DELETE FROM {table} WHERE id = 1",
            f"WITH gone AS (DELETE FROM {table} WHERE id = 1 RETURNING id) SELECT id FROM gone LIMIT 10",
            f"DELETE FROM {table}",
        ),
        "merge": (f"MERGE INTO {table} USING b ON {table}.id = b.id WHEN MATCHED THEN DELETE",),
        "create": (f"CREATE TABLE {table} (id integer)",),
        "drop": (f"DROP TABLE {table}",),
        "alter": (f"ALTER TABLE {table} DROP COLUMN id",),
        "truncate": (f"TRUNCATE TABLE {table}",),
        "grant": (f"GRANT SELECT ON {table} TO kim",),
        "revoke": (f"REVOKE SELECT ON {table} FROM kim",),
    }
    return [text for name in kinds for text in texts.get(name, (f"{name.upper()} {table}",))]


def ddl(context: Context) -> Test | None:
    return commands(context, ("create", "drop", "alter", "truncate"))


def flag(context: Context, key: str, *samples: str) -> Test | None:
    """A property that the reader of SQL finds: `into`, `locks`, `stars`, `comma_joins`."""
    if not sql_in(context):
        return None
    return Test(
        f'bool(s["{key}"])',
        lambda s: bool(s[key]),
        lambda t: tuple(text.replace("TABLE", t) for text in samples),
        f"it has {key.replace('_', ' ')}",
    )


def into(context: Context) -> Test | None:
    return flag(context, "into", "SELECT id INTO copied FROM TABLE LIMIT 10")


def locks(context: Context) -> Test | None:
    return flag(context, "locks", "SELECT id FROM TABLE LIMIT 10 FOR UPDATE", "SELECT id FROM TABLE LIMIT 10 FOR SHARE")


def stars(context: Context) -> Test | None:
    return flag(
        context,
        "stars",
        "SELECT * FROM TABLE LIMIT 10",
        "SELECT a.* FROM TABLE a LIMIT 10",
        "SELECT COUNT(*) FROM TABLE LIMIT 1",
    )


def comma_joins(context: Context) -> Test | None:
    return flag(context, "comma_joins", "SELECT a.id FROM TABLE a, TABLE b WHERE a.id = b.id LIMIT 10")


def cross_joins(context: Context) -> Test | None:
    return joined(context, "cross")


def outer_joins(context: Context) -> Test | None:
    return joined(context, *_OUTER)


def joined(context: Context, *kinds: str) -> Test | None:
    if not sql_in(context):
        return None
    wanted = list(kinds)
    return Test(
        f'any(k in {wanted!r} for k in s["joins"])',
        lambda s: any(k in wanted for k in s["joins"]),
        lambda t: [_join(t, 1, k) for k in wanted if k != "outer"],
        f"it has a {' or '.join(kinds)} join",
    )


def more_joins(context: Context, number: int) -> Test | None:
    if not sql_in(context):
        return None
    return Test(
        f'len(s["joins"]) > {number}',
        lambda s: len(s["joins"]) > number,
        lambda t: [_join(t, n) for n in (number, number + 1)],
        f"it has more than {number} joins",
    )


def more_tables(context: Context, number: int) -> Test | None:
    if not sql_in(context):
        return None
    return Test(
        f'len(s["tables"]) > {number}',
        lambda s: len(s["tables"]) > number,
        lambda t: [
            f"SELECT a.id FROM {t} a" + "".join(f" JOIN t{n} ON t{n}.id = a.id" for n in range(m)) + " LIMIT 10"
            for m in (number - 1, number)
        ],
        f"it uses more than {number} tables",
    )


def _join(table: str, number: int, how: str = "") -> str:
    word = f" {how.upper()} JOIN" if how else " JOIN"
    on = "" if how == "cross" else " ON t{0}.id = a.id"
    return (
        f"SELECT a.id FROM {table} a"
        + "".join(f"{word} {table} t{n}{on.format(n)}" for n in range(number))
        + " LIMIT 10"
    )


def functions(context: Context, names: tuple[Any, ...]) -> Test | None:
    if not sql_in(context):
        return None
    wanted = sorted(str(n).lower().rstrip("()") for n in names)
    return Test(
        f'any(f in {wanted!r} for f in s["functions"])',
        lambda s: any(f in wanted for f in s["functions"]),
        lambda t: [f"SELECT {f}(id) FROM {t} LIMIT 10" for f in wanted],
        f"it calls {' or '.join(wanted)}",
    )


def aggregates(context: Context, names: tuple[Any, ...] | None = None) -> Test | None:
    """All that it puts out is aggregates, of certain functions where they are listed."""
    if not sql_in(context):
        return None
    wanted = sorted(str(n).lower() for n in names or ())
    one = f' and any(f in {wanted!r} for f in o["functions"])' if wanted else ""

    def holds(s: Statement) -> bool:
        good = [o for o in s["outputs"] if o["aggregate"] and (not wanted or set(wanted) & set(o["functions"]))]
        return bool(good) and len(good) == len(s["outputs"])

    return Test(
        f'len(s["outputs"]) > 0 and all(o["aggregate"]{one} for o in s["outputs"])',
        holds,
        lambda t: (f"SELECT COUNT(*), MAX(id) FROM {t}", f"SELECT id, COUNT(*) FROM {t} GROUP BY id"),
        "it puts out aggregates only",
    )
