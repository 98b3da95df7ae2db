"""Words in texts, and how texts begin and end."""

from __future__ import annotations

import re

from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.meanings import Predicate
from guardagent.reasoners.offline.paths import PathPart
from guardagent.reasoners.offline.spelling import Piece
from guardagent.reasoners.offline.texts import Affix, Mentions
from guardagent.reasoners.offline.values import Value
from guardagent.reasoners.offline.web import UrlPart

_TECHNICAL = {
    "path",
    "url",
    "uri",
    "key",
    "file",
    "filename",
    "folder",
    "directory",
    "dir",
    "host",
    "hostname",
    "branch",
}


def affix(_context: Context, where: str, parts: tuple[str, ...]) -> Predicate:
    return lambda value: Affix(value, where, parts) if _is_text(value) else None


def mentions(_context: Context, phrases: tuple[str, ...]) -> Predicate:
    return lambda value: mentioning(value, phrases) if _is_text(value) else None


def mentions_all(_context: Context, phrases: tuple[str, ...]) -> Predicate:
    return lambda value: Mentions(value, phrases, every=True) if _is_text(value) else None


def mentioning(value: Value, phrases: tuple[str, ...]) -> Condition:
    """Whole words of a text; any piece of a path, an address or a key, which have no words."""
    return Piece(value, phrases) if _is_technical(value) else Mentions(value, phrases)


def _is_technical(value: Value) -> bool:
    if not isinstance(value, Field):
        return isinstance(value, UrlPart | PathPart)
    return bool(_TECHNICAL & set(re.findall(r"[a-z]+", value.name.lower())))


def no_words(context: Context, phrases: tuple[str, ...]) -> Condition | None:
    field = context.fields.text()
    return Mentions(field, phrases) if field else None


def what_is_said(context: Context) -> Value | None:
    return context.fields.text()


def _is_text(value: Value) -> bool:
    return not isinstance(value, Field) or not value.types or "string" in value.types
