"""Which tools may be called, by whom, where and how: lists of all sorts, families of tools, flags of a call."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.conditions import Condition, OneOf, Present
from guardagent.reasoners.offline.connectives import Always, Any_, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.choices import only_for as only_for
from guardagent.reasoners.offline.families.frames import not_ as not_
from guardagent.reasoners.offline.families.frames import only_when as only_when
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.families.frames import unless as unless
from guardagent.reasoners.offline.families.frames import when as when
from guardagent.reasoners.offline.families.scope import default
from guardagent.reasoners.offline.families.subjects import allow_list as allow_list
from guardagent.reasoners.offline.families.subjects import forbid as forbid
from guardagent.reasoners.offline.families.subjects import only_who as only_who
from guardagent.reasoners.offline.families.subjects import role as role
from guardagent.reasoners.offline.families.subjects import tool as tool
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.meanings import Change, Meaning, Predicate
from guardagent.reasoners.offline.rewrite import parts_of
from guardagent.reasoners.offline.texts import Affix
from guardagent.reasoners.offline.values import Value

Names = tuple[str, ...]
Row = tuple[Condition, Condition]


def word(_context: Context, *_words: Any) -> bool:
    return True


def everything(context: Context) -> Condition | None:
    """A call, of whatever tool."""
    field = context.fields.find("tool.name")
    return Always() if field else None


def limited(_context: Context, who: Condition, action: Condition) -> Condition:
    return both(who, Not(action))


def closed_to(_context: Context, who: Condition, action: Condition) -> Condition:
    return both(action, who)


def no_calls(_context: Context, who: Condition) -> Condition | None:
    return None if isinstance(who, Always) else who


def called_with(context: Context, names: Names, value: Value, predicate: Predicate) -> Condition | None:
    called, found = tool(context, names), predicate(value)
    return both(called, found) if called and found else None


def called_without(context: Context, names: Names, value: Value) -> Condition | None:
    called = tool(context, names)
    return both(called, Not(_there(value))) if called else None


def must_have(context: Context, names: Names, value: Value, predicate: Predicate | None = None) -> Condition | None:
    called = tool(context, names)
    found = predicate(value) if predicate else _there(value)
    return both(called, Not(found)) if called and found else None


def _there(value: Value) -> Condition:
    return OneOf(value, (True,)) if _is_flag(value) else Present(value)


def tools_where(context: Context, how: str, parts: tuple[Any, ...]) -> Condition | None:
    """The tools whose names begin, end or have in them what is quoted: those of the schema, where it lists them."""
    field = context.fields.find("tool.name")
    texts = tuple(str(p).lower() for p in parts)
    if field is None or not texts:
        return None
    if not field.values:
        return Affix(field, how, texts) if how != "in" else None
    tests = {"start": str.startswith, "end": str.endswith, "in": str.__contains__}
    found = tuple(str(n) for n in field.values if any(tests[how](str(n).lower(), t) for t in texts))
    return OneOf(field, found) if found else None


def tool_in(context: Context, names: Names, _what: Any = None) -> Condition | None:
    return tool(context, names)


# Flags.


def switched(_context: Context, value: bool) -> Predicate:
    """On is true; off is anything else."""

    def predicate(found: Value) -> Condition | None:
        if not _is_flag(found):
            return None
        on = OneOf(found, (True,))
        return on if value else Not(on)

    return predicate


def _is_flag(value: Value) -> bool:
    return isinstance(value, Field) and "boolean" in value.types and not value.types & {"string", "integer", "number"}


def flag_on(_context: Context, field: Field) -> Condition:
    return OneOf(field, (True,))


def flag_only(_context: Context, field: Field, condition: Condition) -> Condition:
    return both(OneOf(field, (True,)), Not(condition))


def flag_for(_context: Context, names: Condition, field: Field) -> Condition:
    return both(names, Not(OneOf(field, (True,))))


def needs_both(_context: Context, action: Condition, one: Condition, other: Condition) -> Condition:
    return both(action, Not(both(one, other)))


def needs_either(_context: Context, action: Condition, one: Condition, other: Condition) -> Condition:
    return both(action, Not(Any_((one, other))))


def given(_context: Context, value: Value) -> Condition:
    return _there(value)


def without_flag(_context: Context, field: Field) -> Condition:
    return Not(OneOf(field, (True,)))


def when_called(context: Context, names: Names | None, listed: Condition | None, rule: Condition) -> Condition | None:
    called = listed or (tool(context, names) if names else None)
    return both(called, rule) if called else None


def absent_is_off(_context: Context) -> Change:
    """A flag that is missing is off, as it is anyhow where a rule is broken by one that is on."""

    def change(condition: Condition) -> Condition | None:
        flags = [p for p in parts_of(condition) if isinstance(p, OneOf) and _is_flag(p.value)]
        return condition if flags and all(p.values == (True,) for p in flags) else None

    return change


def in_part(_context: Context, part: Field, rule: Condition) -> Condition:
    """`push: ...`: a rule on events that have this object."""
    return both(Present(part), rule)


def stands_for(context: Context, field: Field, values: tuple[Any, ...]) -> Meaning | None:
    return default(context, field, "missing", values)


# Tables of who may call what.


def row(_context: Context, left: Condition, right: Condition | None = None) -> tuple[Row, ...]:
    return ((left, right or Not(Always())),)


def row_all(_context: Context, left: Condition) -> tuple[Row, ...]:
    return ((left, Always()),)


def rows(_context: Context, first: tuple[Row, ...], rest: tuple[Row, ...]) -> tuple[Row, ...]:
    return (*first, *rest)


def headed(context: Context, listed: tuple[Row, ...]) -> Condition | None:
    """Rows under `each role may call only the tools listed for it`: a role without a row may call nothing."""
    key = listed[0][0].value if isinstance(listed[0][0], OneOf) else None
    values = {str(v) for left, _ in listed if isinstance(left, OneOf) for v in left.values}
    by_tool = key is not None and _is_tool(key)
    complete = isinstance(key, Field) and key.values and key.required and {str(v) for v in key.values} <= values
    return matrix(context, listed, closed=not by_tool and not complete)


def matrix(_context: Context, listed: tuple[Row, ...], closed: Any = None) -> Condition | None:
    """Each row opens only what it lists; what has no row is closed where the author says so."""
    keys = [left for left, _ in listed]
    opened = [right for _, right in listed if isinstance(right, OneOf)]
    fields = {k.value for k in keys if isinstance(k, OneOf)}
    if not all(isinstance(k, OneOf) for k in keys) or len(fields) != 1 or len({r.value for r in opened}) > 1:
        return None
    (key,) = fields
    values = tuple(v for k in keys if isinstance(k, OneOf) for v in k.values)
    if len(set(values)) != len(values) or key in {r.value for r in opened}:
        return None
    broken: list[Condition] = [both(left, Not(right)) for left, right in listed if not isinstance(right, Always)]
    if closed:
        broken.append(Not(OneOf(key, values)))
    if not broken:
        return None
    return broken[0] if len(broken) == 1 else Any_(tuple(broken))


def unlisted(_context: Context) -> Change:
    """What has no entry is denied: said of a list, again; of a table of tools, in addition."""

    def change(condition: Condition) -> Condition | None:
        lists = [p for p in parts_of(condition) if isinstance(p, OneOf) and _is_tool(p.value)]
        inside = [p.inner for p in parts_of(condition) if isinstance(p, Not) and isinstance(p.inner, OneOf)]
        if not lists:
            return None
        if any(p in inside for p in lists):
            return condition
        names = tuple(dict.fromkeys(v for p in lists for v in p.values))
        return Any_((condition, Not(OneOf(lists[0].value, names))))

    return change


def _is_tool(value: Value) -> bool:
    return isinstance(value, Field) and value.pointer == "/tool/name"
