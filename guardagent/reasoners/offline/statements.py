"""SQL that an agent wrote: tests of a single statement, and conditions on a text that holds some."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from guardagent.reasoners.offline.events import Event
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.helpers import helper

Read = Callable[..., Any]
Statement = dict[str, Any]
_MANY = 1_000_000

# What is no SQL word: quoted texts and names, and comments.
NO_WORDS = r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|(?s:/\*.*?\*/)"""

helper(
    "sql_statements",
    f'''
def sql_statements(value, dialect):
    """The statements of an SQL text with their `text`: no comments and quotes, small letters; [] when unreadable."""
    found = read_sql(value, dialect) if isinstance(value, str) else None
    if found is None:
        return []
    plain = replace_all({NO_WORDS!r}, " ", value) or ""
    texts = [" ".join(part.split()).lower() for part in plain.split(";") if part.strip() != ""]
    if len(texts) != len(found):
        texts = [" ".join(texts) for statement in found]
    return [{{**statement, "text": text}} for statement, text in zip(found, texts)]
''',
)
helper(
    "sql_unread",
    '''
def sql_unread(value, dialect):
    """Whether there is something that can't be read as SQL."""
    return value is not None and (not isinstance(value, str) or read_sql(value, dialect) is None)
''',
)
helper(
    "count_statements",
    '''
def count_statements(value, dialect, kinds):
    """How many statements there are, without those of some kinds; None without text, UNREADABLE when unreadable."""
    if value is None:
        return None
    if sql_unread(value, dialect):
        return UNREADABLE
    return len([s for s in sql_statements(value, dialect) if s["text"].split()[0] not in kinds])
''',
)
helper(
    "sql_named",
    '''
def sql_named(table, names):
    """Whether a table is one of those named; one that is written without its schema may be any of that name."""
    return any(table == n or table.endswith("." + n) or n.endswith("." + table) for n in names)
''',
)


class Test(NamedTuple):
    """A test of one statement `s`: its code, its own evaluation, texts over a table that may meet it, its name."""

    code: str
    holds: Callable[[Statement], bool]
    samples: Callable[[str], Sequence[str]]
    says: str


def inverse(test: Test) -> Test:
    """The statement is not so."""
    return Test(f"not ({test.code})", lambda s: not test.holds(s), test.samples, f"not so that {test.says}")


def every(*tests: Test) -> Test:
    """The statement is so in every way."""
    code = " and ".join(f"({t.code})" for t in tests)
    says = " and ".join(t.says for t in tests)
    return Test(code, lambda s: all(t.holds(s) for t in tests), lambda n: _samples(tests, n), says)


def either(*tests: Test) -> Test:
    """The statement is so in some way."""
    code = " or ".join(f"({t.code})" for t in tests)
    says = " or ".join(t.says for t in tests)
    return Test(code, lambda s: any(t.holds(s) for t in tests), lambda n: _samples(tests, n), says)


def _samples(tests: Sequence[Test], name: str) -> list[str]:
    return [text for test in tests for text in test.samples(name)]


@dataclass(frozen=True)
class Sql:
    """The field that holds SQL."""

    field: Field
    dialect: str
    read: Read | None

    def of(self, event: Event) -> list[Statement] | None:
        """Its statements; None when there are none, or they can't be read."""
        text = self.field.of(event)
        return _parsed(self.read, text, self.dialect) if isinstance(text, str) and self.read else None

    def unread(self, event: Event) -> bool:
        """Whether there is something that can't be read."""
        return self.field.of(event) is not None and self.of(event) is None

    def table(self, event: Event) -> str:
        """The table that the event's SQL is about, for examples."""
        tables = [t for s in self.of(event) or () for t in s["tables"]]
        return str(tables[0]) if tables else "items"


@lru_cache(maxsize=512)
def _parsed(read: Read, text: str, dialect: str) -> list[Statement] | None:
    found = read(text, dialect)
    if found is None:
        return None
    parts = [" ".join(p.split()).lower() for p in re.sub(NO_WORDS, " ", text).split(";") if p.strip()]
    if len(parts) != len(found):
        parts = [" ".join(parts)] * len(found)
    return [{**s, "text": t} for s, t in zip(found, parts, strict=True)]


@lru_cache(maxsize=512)
def _fitting(read: Read | None, dialect: str, test: Test, table: str, truth: bool) -> tuple[str, ...]:
    """Sample texts over a table of which one statement meets the test, or none does; at most six."""
    texts = dict.fromkeys([*test.samples(table), *plain_texts(table)])
    found = [(text, _parsed(read, text, dialect)) for text in texts] if read else []
    return tuple(text for text, parsed in found if parsed and any(map(test.holds, parsed)) is truth)[:6]


@dataclass(frozen=True)
class SomeStatement:
    """One of the statements meets the test; SQL that can't be read may."""

    sql: Sql
    test: Test

    def code(self, unclear: bool) -> str:
        arguments = f"{self.sql.field.code()}, {self.sql.dialect!r}"
        found = f"any({self.test.code} for s in sql_statements({arguments}))"
        return f"{found} or sql_unread({arguments})" if unclear else found

    def holds(self, event: Event) -> bool:
        return self.sql.unread(event) or any(self.test.holds(s) for s in self.sql.of(event) or ())

    def make(self, event: Event, truth: bool) -> list[Event]:
        texts = _fitting(self.sql.read, self.sql.dialect, self.test, self.sql.table(event), truth)
        return [e for text in texts for e in self.sql.field.put(event, text)]

    def fields(self) -> list[str]:
        return self.sql.field.fields()

    def says(self) -> str:
        return f"a statement in {self.sql.field.says()} is such that {self.test.says}"


@dataclass(frozen=True)
class Statements:
    """How many statements the text has, those that begin with some words apart."""

    sql: Sql
    apart: tuple[str, ...] = ()

    def code(self) -> str:
        return f"count_statements({self.sql.field.code()}, {self.sql.dialect!r}, {self.apart!r})"

    def of(self, event: Event) -> Any:
        if self.sql.field.of(event) is None:
            return None
        found = self.sql.of(event)
        # What can't be read counts as too many, as the code has it.
        return _MANY if found is None else sum(s["text"].split()[0] not in self.apart for s in found)

    def put(self, event: Event, wanted: Any) -> list[Event]:
        own = self.sql.field.of(event)
        one = own.strip().rstrip(";") if isinstance(own, str) and self.sql.of(event) else "SELECT id FROM items"
        one = one if ";" not in one else f"SELECT id FROM {self.sql.table(event)} LIMIT 10"
        return self.sql.field.put(event, "; ".join([one] * int(wanted))) if int(wanted) > 0 else []

    def fields(self) -> list[str]:
        return self.sql.field.fields()

    def says(self) -> str:
        return f"the number of statements in {self.sql.field.says()}"


def plain_texts(table: str) -> tuple[str, ...]:
    """Ordinary statements over a table."""
    return (
        f"SELECT id FROM {table} LIMIT 10",
        f"SELECT id FROM {table} WHERE id = 1 LIMIT 10",
        f"SELECT id FROM {table}",
        f"DELETE FROM {table} WHERE id = 1",
        f"UPDATE {table} SET id = 2 WHERE id = 1",
        f"INSERT INTO {table} (id) VALUES (1)",
        f"DELETE FROM {table}",
        f"UPDATE {table} SET id = 2",
        f"CREATE TABLE {table} (id integer)",
    )
