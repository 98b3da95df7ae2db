"""Statements on the whole document."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.connectives import Always, Not
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.choices import fitting
from guardagent.reasoners.offline.families.remarks import nothing_else
from guardagent.reasoners.offline.families.subjects import tool
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.meanings import Default, First, Meaning, Note, Remark, Ruling, Scope

Labels = tuple[str, ...]


def note(_context: Context, *_words: Any) -> Meaning:
    return Note()


def missing(_context: Context, *_words: Any) -> str:
    return "missing"


def unknown(_context: Context, *_words: Any) -> str:
    return "unknown"


def about_tools(context: Context, labels: Labels | None, names: tuple[str, ...]) -> Meaning | None:
    called = tool(context, names)
    return Scope(labels, called, section=True) if called else None


def tools_below(context: Context, names: tuple[str, ...]) -> Meaning | None:
    called = tool(context, names)
    return Scope(None, called, below=True) if called else None


def about(_context: Context, labels: Labels | None, condition: Condition) -> Meaning:
    return Scope(labels, condition, section=True)


def exempt(_context: Context, labels: Labels | None, condition: Condition) -> Meaning | None:
    return None if isinstance(condition, Always) else Scope(labels, Not(condition))


def exempt_all(context: Context, condition: Condition) -> Meaning | None:
    return exempt(context, None, condition)


def exempt_below(_context: Context, condition: Condition) -> Meaning:
    return Scope(None, Not(condition), below=True)


def others_free(_context: Context) -> Meaning:
    """Says again that rules about one tool leave the others alone."""
    return Note()


def default(_context: Context, field: Field, lack: str, values: tuple[Any, ...]) -> Meaning | None:
    wanted = fitting(field, values)
    if wanted is None or len(wanted) != 1 or (lack == "unknown" and not field.values):
        return None
    return Default(field, wanted[0], unknown=lack == "unknown")


def first(_context: Context, leading: Labels, rest: Labels | None = None) -> Meaning:
    return First(leading, rest)


def alone(_context: Context, violated: Condition, label: str | None = None) -> tuple[Meaning, ...]:
    return Ruling(violated), First((label,) if label else None, None)


def others_alone(context: Context, label: str | None = None) -> tuple[Meaning, ...]:
    return Remark(nothing_else(context)), First((label,) if label else None, None)
