"""SQL that an agent writes: kinds of statements, what they may hold, which tables and columns they may use."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.codefields import sql_in
from guardagent.reasoners.offline.conditions import Compare, Condition
from guardagent.reasoners.offline.connectives import Any_
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.families.sqlkinds import aggregates as aggregates
from guardagent.reasoners.offline.families.sqlkinds import any_statement as any_statement
from guardagent.reasoners.offline.families.sqlkinds import comma_joins as comma_joins
from guardagent.reasoners.offline.families.sqlkinds import commands as commands
from guardagent.reasoners.offline.families.sqlkinds import cross_joins as cross_joins
from guardagent.reasoners.offline.families.sqlkinds import ddl as ddl
from guardagent.reasoners.offline.families.sqlkinds import functions as functions
from guardagent.reasoners.offline.families.sqlkinds import into as into
from guardagent.reasoners.offline.families.sqlkinds import kind as kind
from guardagent.reasoners.offline.families.sqlkinds import locks as locks
from guardagent.reasoners.offline.families.sqlkinds import more_joins as more_joins
from guardagent.reasoners.offline.families.sqlkinds import more_tables as more_tables
from guardagent.reasoners.offline.families.sqlkinds import of_kinds as of_kinds
from guardagent.reasoners.offline.families.sqlkinds import outer_joins as outer_joins
from guardagent.reasoners.offline.families.sqlkinds import reads_only as reads_only
from guardagent.reasoners.offline.families.sqlkinds import stars as stars
from guardagent.reasoners.offline.families.sqlkinds import writing as writing
from guardagent.reasoners.offline.families.sqlphrases import added_not_null
from guardagent.reasoners.offline.families.sqlphrases import done_to as done_to
from guardagent.reasoners.offline.families.sqlphrases import given as given
from guardagent.reasoners.offline.families.sqlphrases import lexical as lexical
from guardagent.reasoners.offline.families.sqlphrases import phrase as phrase
from guardagent.reasoners.offline.families.sqlphrases import phrase_without as phrase_without
from guardagent.reasoners.offline.families.sqlphrases import where as where
from guardagent.reasoners.offline.families.sqltables import columns, outside, outside_schemas
from guardagent.reasoners.offline.families.sqltables import condition_on as condition_on
from guardagent.reasoners.offline.families.sqltables import limit as limit
from guardagent.reasoners.offline.families.sqltables import of_schemas as of_schemas
from guardagent.reasoners.offline.families.sqltables import tables_begin as tables_begin
from guardagent.reasoners.offline.families.sqltables import using as using
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.meanings import Change, Meaning, Note
from guardagent.reasoners.offline.rewrite import parts_of, rewritten_conditions
from guardagent.reasoners.offline.statements import (
    SomeStatement,
    Sql,
    Statements,
    Test,
    either,
    every,
    inverse,
)
from guardagent.reasoners.offline.values import Const


def word(_context: Context, *_words: Any) -> bool:
    return True


def note(context: Context, *_words: Any) -> Meaning | None:
    """What reading SQL does anyhow: comments, quotes and letter case make no difference."""
    return Note() if sql_in(context) else None


# Rules.


def some(context: Context, test: Test | None, who: Test | None = None) -> Condition | None:
    sql = sql_in(context)
    return SomeStatement(sql, every(who, test) if who else test) if sql and test else None


def lacking(context: Context, test: Test, who: Test | None = None) -> Condition | None:
    return some(context, inverse(test), who)


def unless(_context: Context, rule: Condition, *excused: Test) -> Condition | None:
    """The exception is about the same statement as the rule."""
    if not isinstance(rule, SomeStatement):
        return None
    return SomeStatement(rule.sql, every(rule.test, inverse(every(*excused))))


def count(context: Context, low: int | None, high: int | None) -> Condition | None:
    sql = sql_in(context)
    if sql is None:
        return None
    over = Compare(Statements(sql), ">", Const(high))
    return Any_((over, Compare(Statements(sql), "<", Const(low)))) if low else over


# Statements.


# What stands in a statement.


def things(_context: Context, first: Test, rest: Test) -> Test:
    return either(first, rest)


# What a statement needs.


# Tables and columns.


def names(_context: Context, first: str, rest: tuple[str, ...] = ()) -> tuple[str, ...]:
    return (first, *rest)


def row_limit(context: Context, number: int, who: Test | None = None) -> Condition | None:
    needed = limit(context, number)
    return lacking(context, needed, who) if needed else None


def only_kind(context: Context, test: Test | None = None) -> Condition | None:
    wanted = test or reads_only(context)
    return lacking(context, wanted) if wanted else None


def tables_only(context: Context, listed: tuple[Any, ...]) -> Condition | None:
    return some(context, outside(context, listed))


def no_tables(context: Context, listed: tuple[Any, ...]) -> Condition | None:
    return some(context, using(context, listed))


def uses_table(context: Context, listed: tuple[Any, ...]) -> Condition | None:
    return some(context, using(context, listed))


def schemas_only(context: Context, listed: tuple[Any, ...]) -> Condition | None:
    return some(context, outside_schemas(context, listed))


def writes_only(context: Context, listed: tuple[Any, ...]) -> Condition | None:
    return some(context, outside(context, listed, "writes"))


def no_writes(context: Context, listed: tuple[Any, ...]) -> Condition | None:
    return some(context, using(context, listed, "writes"))


def no_columns(context: Context, listed: tuple[Any, ...], tables: tuple[Any, ...] | None = None) -> Condition | None:
    return some(context, columns(context, listed, tables))


def join_limit(context: Context, number: int) -> Condition | None:
    return some(context, more_joins(context, number))


def table_limit(context: Context, number: int) -> Condition | None:
    return some(context, more_tables(context, number))


def not_null_default(context: Context) -> Condition | None:
    return some(context, added_not_null(context))


def inverse_of(_context: Context, test: Test) -> Test:
    return inverse(test)


# Remarks.


def about_sql(_context: Context, *_words: Any) -> Change:
    """What reading SQL does anyhow, said of a rule on SQL."""

    def change(condition: Condition) -> Condition | None:
        return condition if any(isinstance(p, Sql) for p in parts_of(condition)) else None

    return change


def not_counted(_context: Context, kinds: tuple[str, ...]) -> Change:
    def change(condition: Condition) -> Condition | None:
        if not any(isinstance(p, Statements) for p in parts_of(condition)):
            return None

        def made(node: Any) -> Any:
            if isinstance(node, Compare) and isinstance(node.value, Statements):
                return Compare(Statements(node.value.sql, tuple(k.lower() for k in kinds)), node.op, node.limit)
            return node

        return rewritten_conditions(condition, made)

    return change


__all__ = ["Field", "sql_in"]
