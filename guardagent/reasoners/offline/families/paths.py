"""Rules on file paths."""

from __future__ import annotations

from guardagent.reasoners.offline.conditions import Condition, OneOf
from guardagent.reasoners.offline.connectives import Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.subjects import tool
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.meanings import Predicate
from guardagent.reasoners.offline.paths import Below, PathPart, Trait, is_path
from guardagent.reasoners.offline.texts import Affix
from guardagent.reasoners.offline.values import Value

Texts = tuple[str, ...]


def one(_context: Context, first: str, rest: Texts = ()) -> Texts:
    return (first, *(rest or ()))


def nothing(_context: Context, *_words: object) -> bool:
    return True


def the_path(context: Context) -> Field | None:
    """The one field that holds a file path."""
    named = context.fields.named("path", "file_path", "filepath", "file", "filename", "file_name", "target_path")
    found = [f for f in context.fields.all if is_path(f) and "path" in f.name.lower()]
    return named if named and is_path(named) and len(found) < 2 else None


def deeds(_context: Context, first: Texts, rest: Texts | None = None) -> Texts:
    """The tools that are meant; none where any of the words may mean every deed."""
    return () if not first or rest == () else tuple(dict.fromkeys((*first, *(rest or ()))))


def _doing(context: Context, names: Texts | None, violated: Condition) -> Condition:
    """The violation where one of these tools is called."""
    called = tool(context, names) if names else None
    return both(called, violated) if called else violated


def below(_context: Context, folders: Texts) -> Predicate:
    return lambda value: Below(value, folders) if is_path(value) else None


def climbs(_context: Context) -> Predicate:
    return lambda value: Trait(value, "climbs") if is_path(value) else None


def hidden(_context: Context) -> Predicate:
    return lambda value: Trait(value, "hidden") if is_path(value) else None


def absolute(_context: Context) -> Predicate:
    return lambda value: Trait(value, "absolute") if is_path(value) else None


def relative(_context: Context) -> Predicate:
    return lambda value: Not(Trait(value, "absolute")) if is_path(value) else None


def of_ending(_context: Context, endings: Texts) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        return OneOf(value, endings) if isinstance(value, PathPart) and value.part == "suffix" else None

    return predicate


def nothing_below(context: Context, folders: Texts, deeds: Texts | None = None) -> Condition | None:
    field = the_path(context)
    return _doing(context, deeds, Below(field, folders, itself=True)) if field else None


def only_below(context: Context, folders: Texts, deeds: Texts | None = None) -> Condition | None:
    field = the_path(context)
    return _doing(context, deeds, Not(Below(field, folders))) if field else None


def no_hidden(context: Context, deeds: Texts | None = None) -> Condition | None:
    field = the_path(context)
    return _doing(context, deeds, Trait(field, "hidden")) if field else None


def no_endings(context: Context, endings: Texts, deeds: Texts | None = None) -> Condition | None:
    field = the_path(context)
    return _doing(context, deeds, Affix(field, "end", endings)) if field else None


def only_endings(context: Context, endings: Texts, deeds: Texts | None = None) -> Condition | None:
    field = the_path(context)
    return _doing(context, deeds, Not(Affix(field, "end", endings))) if field else None


def no_names(context: Context, names: Texts, deeds: Texts | None = None) -> Condition | None:
    field = the_path(context)
    return _doing(context, deeds, OneOf(PathPart(field, "name"), names)) if field else None


def file_name(context: Context, value: Value | None = None) -> Value | None:
    found = value or the_path(context)
    return PathPart(found, "name") if found and is_path(found) else None


def ending(context: Context, value: Value | None = None) -> Value | None:
    found = value or the_path(context)
    return PathPart(found, "suffix") if found and is_path(found) else None
