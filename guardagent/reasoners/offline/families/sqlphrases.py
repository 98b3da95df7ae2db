"""Tests of an SQL statement by its key words, quoted texts and comments apart."""

from __future__ import annotations

import re

from guardagent.reasoners.offline.codefields import sql_in
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.statements import Test, every, inverse

_WHERE = r"\bwhere\b"


def phrase(context: Context, words: tuple[str, ...]) -> Test | None:
    """SQL words that stand next to one another in the statement, comments and quotes apart."""
    if not sql_in(context) or not words:
        return None
    pattern = r"\b" + r"\s+".join(re.escape(w.lower()) for w in words) + r"\b"
    pattern = pattern.replace(r"create\s+index", r"create\s+(?:unique\s+)?index")
    return lexical(context, pattern, " ".join(words), *_TEXTS.get(" ".join(words).lower(), ()))


def lexical(context: Context, pattern: str, name: str, *samples: str) -> Test | None:
    if not sql_in(context):
        return None
    listed = samples or _TEXTS.get(name.lower(), ())
    return Test(
        f'matches({pattern!r}, s["text"]) is True',
        lambda s: re.search(pattern, s["text"], re.ASCII) is not None,
        lambda t: tuple(text.replace("TABLE_", t) for text in listed),
        f"it has {name}",
    )


_TEXTS: dict[str, tuple[str, ...]] = {
    "drop table": ("DROP TABLE TABLE_",),
    "drop column": ("ALTER TABLE TABLE_ DROP COLUMN id",),
    "alter table": ("ALTER TABLE TABLE_ DROP COLUMN id",),
    "create table": ("CREATE TABLE TABLE_ (id integer)",),
    "create index": ("CREATE INDEX i ON TABLE_ (id)", "CREATE INDEX CONCURRENTLY i ON TABLE_ (id)"),
    "order by": ("SELECT id FROM TABLE_ ORDER BY id LIMIT 10",),
    "group by": ("SELECT COUNT(*) FROM TABLE_ GROUP BY id LIMIT 10",),
    "union": ("SELECT id FROM TABLE_ UNION SELECT id FROM TABLE_ LIMIT 10",),
    "union all": ("SELECT id FROM TABLE_ UNION ALL SELECT id FROM TABLE_ LIMIT 10",),
    "for update": ("SELECT id FROM TABLE_ LIMIT 10 FOR UPDATE",),
    "for share": ("SELECT id FROM TABLE_ LIMIT 10 FOR SHARE",),
    "distinct": ("SELECT DISTINCT id FROM TABLE_ LIMIT 10",),
    "where": ("SELECT id FROM TABLE_ WHERE id = 1 LIMIT 10",),
    "offset": ("SELECT id FROM TABLE_ LIMIT 10 OFFSET 5",),
    "having": ("SELECT COUNT(*) FROM TABLE_ GROUP BY id HAVING COUNT(*) > 1 LIMIT 10",),
    "rename column": ("ALTER TABLE TABLE_ RENAME COLUMN id TO new_id",),
    "rename": ("ALTER TABLE TABLE_ RENAME COLUMN id TO new_id", "ALTER TABLE TABLE_ RENAME TO new_name"),
    "concurrently": ("CREATE INDEX CONCURRENTLY i ON TABLE_ (id)",),
    "cascade": ("DROP TABLE TABLE_ CASCADE",),
    "add column": ("ALTER TABLE TABLE_ ADD COLUMN a integer",),
    "not null": ("ALTER TABLE TABLE_ ADD COLUMN a integer NOT NULL",),
    "drop schema": ("DROP SCHEMA old",),
    "drop index": ("DROP INDEX i",),
    "lock table": ("LOCK TABLE TABLE_",),
    "a subquery": (
        "SELECT id FROM TABLE_ WHERE id IN (SELECT id FROM TABLE_) LIMIT 10",
        "SELECT id FROM (SELECT id FROM TABLE_) a LIMIT 10",
    ),
    "a with": ("WITH a AS (SELECT id FROM TABLE_) SELECT id FROM a LIMIT 10",),
    "a window function": ("SELECT id, ROW_NUMBER() OVER (ORDER BY id) FROM TABLE_ LIMIT 10",),
    "a column added as not null without default": (
        "ALTER TABLE TABLE_ ADD COLUMN a integer NOT NULL",
        "ALTER TABLE TABLE_ ADD COLUMN a integer NOT NULL DEFAULT 0",
    ),
    "a changed type": ("ALTER TABLE TABLE_ ALTER COLUMN id TYPE bigint",),
}


def added_not_null(context: Context) -> Test | None:
    """A column is added as NOT NULL and there is no DEFAULT for it."""
    name = "a column added as NOT NULL without DEFAULT"
    added = lexical(context, r"\badd\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?[^,]*\bnot\s+null\b", name)
    filled = lexical(context, r"\bdefault\b", "a DEFAULT")
    return every(added, inverse(filled)) if added and filled else None


def without(_context: Context, thing: Test, need: Test) -> Test:
    return every(thing, inverse(need))


def where(context: Context) -> Test | None:
    return lexical(
        context,
        _WHERE,
        "WHERE",
        "DELETE FROM TABLE_ WHERE id = 1",
        "UPDATE TABLE_ SET id = 2 WHERE id = 1",
        "DELETE FROM TABLE_",
        "UPDATE TABLE_ SET id = 2",
    )


def given(_context: Context, word: str) -> str:
    return word


def done_to(context: Context, verbs: tuple[str, ...], thing: str) -> Test | None:
    """`dropping a ROLE`: one of the verbs with the object, what stands between them apart."""
    between = r"\s+(?:or\s+replace\s+)?(?:unique\s+|temporary\s+|temp\s+|materialized\s+)?"
    name = f"{' or '.join(verbs)} {thing}"
    texts = [f"{verb.upper()} {thing.upper()} TABLE_" for verb in verbs]
    return lexical(context, rf"\b(?:{'|'.join(verbs)}){between}{thing}\b", name, *texts)


def phrase_without(context: Context, words: tuple[str, ...], need: Test) -> Test | None:
    thing = phrase(context, words)
    return without(context, thing, need) if thing else None
