"""What happened earlier in the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from guardagent.reasoners.offline.conditions import Compare, Condition, OneOf, Present
from guardagent.reasoners.offline.connectives import All, Always, Any_, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.eventwords import History, history_of
from guardagent.reasoners.offline.families.choices import fitting
from guardagent.reasoners.offline.families.frames import apply as apply
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.families.frames import when as when
from guardagent.reasoners.offline.families.lists import caseless as caseless
from guardagent.reasoners.offline.families.lists import constant as constant
from guardagent.reasoners.offline.families.lists import nothing as nothing
from guardagent.reasoners.offline.families.pastremarks import lifted as lifted
from guardagent.reasoners.offline.families.pastremarks import next_denied as next_denied
from guardagent.reasoners.offline.families.pastremarks import so_many_allowed as so_many_allowed
from guardagent.reasoners.offline.families.subjects import tool
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.items import Count, Items, Some
from guardagent.reasoners.offline.listed import Latest, SameValue
from guardagent.reasoners.offline.meanings import Meaning, Note, Predicate
from guardagent.reasoners.offline.moments import Gap
from guardagent.reasoners.offline.nouns import parts_of_name, stem
from guardagent.reasoners.offline.rewrite import parts_of, rewritten
from guardagent.reasoners.offline.texts import CalledBefore
from guardagent.reasoners.offline.timewords import Period, present
from guardagent.reasoners.offline.values import Const

_RESULTS = ("status", "result", "outcome", "state")


class Happening(NamedTuple):
    """A kind of history entry: the condition of an entry, and the entries after whose last only it counts."""

    keep: Condition
    after: Condition | None = None


Narrowing = Callable[[Context, History, Happening], Happening | None]
Span = Callable[[Context, History], Condition | None]


def at_most_calls(context: Context, name: str, count: int) -> Condition | None:
    called, history = tool(context, (name,)), history_of(context.fields)
    if history is not None and history.kind is not None:
        return at_most_calls_per(context, name, count, None, per_session(context))
    return both(called, CalledBefore(name, count)) if called else None


# Kinds of entries.


def kind_of(context: Context, kind: Condition | None, name: str | None = None) -> Happening | None:
    if kind is not None:
        return Happening(kind)
    history = history_of(context.fields)
    if history is None or history.kind is None or name is None:
        return None
    wanted = fitting(history.kind, (name,))
    return Happening(OneOf(history.kind, wanted)) if wanted else None


def with_value(_context: Context, value: Condition | None, core: Happening | None = None) -> Happening:
    found = core or Happening(Always())
    return found._replace(keep=both(found.keep, value)) if value is not None else found


def entries_with(_context: Context, condition: Condition) -> Happening:
    return Happening(condition)


def narrowed(context: Context, core: Happening, tail: Narrowing, other: Narrowing | None = None) -> Happening | None:
    history = history_of(context.fields)
    found = tail(context, history, core) if history else None
    return other(context, history, found) if other and found and history else found


def tail_value(_context: Context, condition: Condition) -> Narrowing:
    return lambda _c, _h, core: core._replace(keep=both(core.keep, condition))


def tail_with(_context: Context, member: Field) -> Narrowing:
    """`with attachments`: some, where they are counted; else that something is there."""
    numeric = member.types & {"integer", "number"} and "string" not in member.types
    condition: Condition = Compare(member, ">", Const(0)) if numeric else Present(member)
    return tail_value(_context, condition)


def tail_same(_context: Context, member: Field) -> Narrowing:
    """`in the same zone`: what the call says under the same name."""

    def narrow(context: Context, _history: History, core: Happening) -> Happening | None:
        own = _argument(context, member.name)
        return core._replace(keep=both(core.keep, SameValue(member, own))) if own else None

    return narrow


def tail_since(_context: Context, mark: Happening) -> Narrowing:
    return lambda _c, _h, core: None if core.after or mark.after else core._replace(after=mark.keep)


def tail_recent(_context: Context, period: Period) -> Narrowing:
    return _aged("<", period)


def tail_recent_incl(_context: Context, period: Period) -> Narrowing:
    return _aged("<=", period)


def tail_old(_context: Context, period: Period) -> Narrowing:
    return _aged(">=", period)


def pair(_context: Context, member: Field, values: tuple[Any, ...], rest: Condition | None = None) -> Condition | None:
    wanted = fitting(member, values) if len(values) == 1 else None
    return both(OneOf(member, wanted), rest or Always()) if wanted else None


# Conditions on the history.


def happened(context: Context, event: Happening, value: Condition | None = None) -> Condition | None:
    items = _items(context, with_value(context, value, event))
    return Some(items, Always()) if items else None


def happened_so(context: Context, core: Happening, tail: Narrowing, value: Condition | None = None) -> Condition | None:
    found = narrowed(context, core, tail)
    return happened(context, found, value) if found else None


def not_happened(context: Context, event: Happening) -> Condition | None:
    found = happened(context, event)
    return Not(found) if found else None


def so_many(context: Context, upto: Predicate, event: Happening) -> Condition | None:
    items = _items(context, event)
    return upto(Count(items)) if items else None


def already_so_many(context: Context, count: int, event: Happening, value: Condition | None = None) -> Condition | None:
    items = _items(context, with_value(context, value, event))
    return Compare(Count(items), ">=", Const(count)) if items and count > 0 else None


def latest_is(
    context: Context, event: Happening, value: Condition | None, kind: Condition | None = None
) -> Condition | None:
    items, wanted = _items(context, event), value if value is not None else kind
    return Latest(items, wanted) if items and wanted is not None else None


def latest_is_not(context: Context, event: Happening, value: Condition) -> Condition | None:
    found = latest_is(context, event, value)
    return Not(found) if found else None


def latest_says(context: Context, event: Happening, values: tuple[Any, ...]) -> Condition | None:
    """`the latest command is STOP`: in the member that the kind of entry is named after, such as `command`."""
    history, items = history_of(context.fields), _items(context, event)
    if history is None or items is None or len(values) != 1:
        return None
    kinds = [v for p in parts_of(event.keep) if isinstance(p, OneOf) and p.value == history.kind for v in p.values]
    words = {stem(part) for kind in kinds for part in parts_of_name(str(kind))}
    members = [m for m in history.members if stem(m.name) in words and not m.is_list and m != history.kind]
    wanted = fitting(members[0], values) if len(members) == 1 else None
    return Latest(items, OneOf(members[0], wanted)) if wanted else None


def not_since(context: Context, event: Happening, other: Happening | None = None) -> Condition | None:
    """Something happened, and the other thing did not happen after it."""
    if other is None or event.after or other.after:
        return None
    return happened(context, event._replace(after=other.keep))


def shortly_after(context: Context, event: Happening, period: Period) -> Condition | None:
    history = history_of(context.fields)
    recent = _aged("<", period)(context, history, event) if history else None
    return happened(context, recent) if recent else None


# Rules.


def at_most_events(
    context: Context, count: int, event: Happening, per: Span | None = None, value: Condition | None = None
) -> Condition | None:
    """So many entries of the kind, where the call about to run would be another."""
    called, history = call_of(context, event), history_of(context.fields)
    if called is None or history is None:
        return None
    span = per(context, history) if per else Always()
    kept = with_value(context, value, with_value(context, span, event))
    items = _items(context, kept) if span is not None else None
    return both(called, Compare(Count(items), ">=", Const(count))) if items else None


def at_most_calls_per(context: Context, name: str, count: int | None, often: int | None, per: Span) -> Condition | None:
    event, number = kind_of(context, None, name), count if count is not None else often
    return at_most_events(context, number, event, per) if event and number is not None else None


def at_most_deeds(context: Context, deed: Condition, count: int, per: Span) -> Condition | None:
    """So many calls of the one tool that does so."""
    names = deed.values if isinstance(deed, OneOf) else context.fields.tools()
    return at_most_calls_per(context, str(names[0]), count, None, per) if len(names) == 1 else None


def between_them(context: Context, event: Happening, other: Happening, rule: Condition) -> Condition | None:
    found = not_since(context, event, other)
    return both(found, rule) if found else None


def told_only(_context: Context, condition: Condition, allowed: Condition) -> Condition:
    return both(condition, Not(allowed))


def only_after(_context: Context, who: Condition | None, action: Condition, then: Condition) -> Condition:
    return both(who or Always(), action, Not(then))


def needs_event(context: Context, action: Condition, event: Happening) -> Condition | None:
    found = not_happened(context, event)
    return both(action, found) if found else None


def not_so_soon(context: Context, action: Condition, event: Happening, period: Period) -> Condition | None:
    found = shortly_after(context, event, period)
    return both(action, found) if found else None


def calls_apart(context: Context, name: str, period: Period) -> Condition | None:
    event, called = kind_of(context, None, name), tool(context, (name,))
    return not_so_soon(context, called, event, period) if event and called else None


def call_of(context: Context, event: Happening) -> Condition | None:
    """The call about to run, when it is of such a kind: what entries say of how it went is left out."""
    history = history_of(context.fields)
    if history is None or history.kind is None or event.after:
        return None
    parts = event.keep.parts if isinstance(event.keep, All) else (event.keep,)
    found: list[Condition] = []
    for part in parts:
        members = {p for p in parts_of(part) if isinstance(p, Field) and p.owner == "entry"}
        if len(members) != 1 or isinstance(part, SameValue):
            return None
        (member,) = members
        own = _argument(context, member.name)
        if isinstance(part, OneOf) and member == history.kind:
            names = _tools_like(context, part.values)
            called = tool(context, names) if names else None
            if called is None:
                return None
            found.append(called)
        elif member.name not in _RESULTS:
            if own is None:
                return None
            found.append(rewritten(part, lambda node, m=member, o=own: o if node == m else node))  # type: ignore[misc]
    return both(*found) if any(isinstance(p, OneOf) and p.value == history.kind for p in parts) else None


def no_such_call(context: Context, event: Happening) -> Condition | None:
    return call_of(context, event)


def treated_so(context: Context, name: str) -> Condition | None:
    return tool(context, (name,)) if name else None


def nothing_but(_context: Context, allowed: Condition) -> Condition:
    return Not(allowed)


def under_way(context: Context, episode: tuple[Condition, Condition]) -> Condition | None:
    begun, ended = episode
    return happened(context, Happening(begun, ended))


# Spans in which calls are counted.


def per_session(_context: Context) -> Span:
    return lambda _context, _history: Always()


def per_period(_context: Context, seconds: int) -> Span:
    return per_length(_context, Period(seconds, "seconds"))


def per_length(_context: Context, period: Period) -> Span:
    def span(context: Context, history: History) -> Condition | None:
        narrowed_ = _aged("<", period)(context, history, Happening(Always()))
        return narrowed_.keep if narrowed_ else None

    return span


def per_day(_context: Context) -> Span:
    def span(context: Context, history: History) -> Condition | None:
        now = present(context.fields)
        if now is None or history.time is None:
            return None
        gap = Gap(history.time, now, "days")
        return All((Compare(gap, "<=", Const(0)), Compare(gap, ">=", Const(0))))

    return span


def define(context: Context, term: str, event: Happening) -> Meaning:
    context.happenings[term.strip().lower()] = event
    return Note()


def uncounted(context: Context, event: Happening, other: Happening | None = None) -> Meaning | None:
    """Says of the last definition what it leaves out; such entries must not be what it speaks of."""
    if not context.happenings:
        return None
    last = list(context.happenings.values())[-1]
    named = [e for e in (event, other) if e is not None]
    return Note() if all(_exclude(last.keep, e.keep) for e in named) else None


# Parts.


def _items(context: Context, event: Happening) -> Items | None:
    history = history_of(context.fields)
    return Items(history.field, event.keep, "entry", event.after) if history else None


def _aged(op: str, period: Period) -> Narrowing:
    def narrow(context: Context, history: History, core: Happening) -> Happening | None:
        now = present(context.fields)
        if now is None or history.time is None or period.unit not in ("seconds", "days"):
            return None
        gap = Compare(Gap(history.time, now, period.unit), op, Const(period.number))
        return core._replace(keep=both(core.keep, gap))

    return narrow


def _argument(context: Context, name: str) -> Field | None:
    """What the call is given under this name."""
    found = [f for f in context.fields.all if f.name == name and f.pointer.startswith("/tool/arguments")]
    return found[0] if len(found) == 1 else context.fields.named(name)


def _tools_like(context: Context, kinds: tuple[Any, ...]) -> tuple[str, ...]:
    """The tools whose calls become entries of these kinds."""
    tools = context.fields.tools() or context.fields.prose_tools
    known = {str(kind) for kind in kinds}
    named = tuple(t for t in tools if t in known)
    alike = {stem(kind) for kind in known}
    return named or tuple(t for t in tools if {stem(part) for part in parts_of_name(t)} & alike)


def _exclude(one: Condition, other: Condition) -> bool:
    """Whether nothing can meet both: they ask for different values of a member."""
    left = [p for p in parts_of(one) if isinstance(p, OneOf)]
    right = [p for p in parts_of(other) if isinstance(p, OneOf)]
    return any(a.value == b.value and not set(a.values) & set(b.values) for a in left for b in right)


__all__ = ["Any_", "Happening"]
