"""Remarks on the rule before. Each checks that it fits that rule; one that contradicts it makes the clause a gap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from guardagent.reasoners.offline.conditions import Compare, Condition, OneOf
from guardagent.reasoners.offline.connectives import Any_, Not
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.meanings import Change
from guardagent.reasoners.offline.rewrite import parts_of, rewritten, rewritten_conditions
from guardagent.reasoners.offline.spelling import NoSpaces, Trimmed
from guardagent.reasoners.offline.texts import Affix, HostIn, Mentions
from guardagent.reasoners.offline.values import Const, Measure, Table


def folded(_context: Context, field: Field | None = None) -> Change:
    """Letter case is ignored, as it is anyhow; some text must be compared, that of the field when one is named."""

    def change(condition: Condition) -> Condition | None:
        compared = [part for part in _texts(condition) if field is None or part.value == field]
        return condition if compared and not _exact(condition) else None

    return change


def exact(_context: Context) -> Change:
    def change(condition: Condition) -> Condition | None:
        if not _parts(condition, Affix):
            return None
        return rewritten_conditions(condition, lambda c: replace(c, exact=True) if isinstance(c, Affix) else c)

    return change


def limit_allowed(_context: Context, number: int | float | None = None) -> Change:
    """The limit itself passes: right where it is exceeded only by more, and a contradiction where it is not."""

    def change(condition: Condition) -> Condition | None:
        limits = _limits(condition, number)
        return condition if limits and all(c.op == (">" if over else "<") for c, over in limits) else None

    return change


def limit_denied(_context: Context, number: int | float | None = None) -> Change:
    def change(condition: Condition) -> Condition | None:
        limits = _limits(condition, number)
        return condition if limits and all(c.op == (">=" if over else "<=") for c, over in limits) else None

    return change


def as_read(_context: Context, *_words: Any) -> Change:
    return lambda condition: condition


def order_free(_context: Context, *_words: Any) -> Change:
    """Order and repetition make no difference unless something is counted."""
    return lambda condition: None if _parts(condition, Measure) else condition


def nothing(_context: Context, *_words: Any) -> bool:
    return True


def nothing_else(_context: Context, field: Field | None = None) -> Change:
    """Says an allow-list again; behind a limit for each value, denies the values that have none."""

    def change(condition: Condition) -> Condition | None:
        lists = [p for p in _parts(condition, Not) if isinstance(p.inner, OneOf | HostIn)]
        if any(field is None or (isinstance(p.inner, OneOf) and p.inner.value == field) for p in lists):
            return condition
        tables = [t for t in _parts(condition, Table) if t.key == field and t.default is None]
        if len(tables) != 1 or field is None:
            return None
        return Any_((condition, Not(OneOf(field, tuple(name for name, _ in tables[0].entries)))))

    return change


def without_spaces(_context: Context) -> Change:
    return _respelled(NoSpaces)


def trimmed(_context: Context) -> Change:
    return _respelled(Trimmed)


def end_trimmed(_context: Context) -> Change:
    """Spaces behind an ending that is prescribed letter by letter; without regard to them where letter case is none."""

    def change(condition: Condition) -> Condition | None:
        endings = _parts(condition, Affix)
        if not endings or any(affix.where != "end" for affix in endings):
            return None
        return trimmed(_context)(condition)

    return change


def _respelled(spelling: Any) -> Change:
    """The one text that the rule is about, read in another spelling."""

    def change(condition: Condition) -> Condition | None:
        found = {f for f in _parts(condition, Field) if f.is_text and f.pointer != "/tool/name"}
        if len(found) != 1:
            return None
        (field,) = found
        return rewritten(condition, lambda node: spelling(node) if node == field else node)

    return change


def _limits(condition: Condition, number: int | float | None) -> list[tuple[Compare, bool]]:
    """The comparisons with the limit, each with whether it is passed by going over it, in terms of the violation."""
    found = [(c, c.op[0] == ">") for c in _parts(condition, Compare)]
    turned = {id(n.inner) for n in _parts(condition, Not)}
    sides = [(_turned(c), not over) if id(c) in turned else (c, over) for c, over in found]
    return [(c, over) for c, over in sides if number is None or _has(c, number)]


def _turned(compare: Compare) -> Compare:
    return replace(compare, op={">": "<=", "<=": ">", "<": ">=", ">=": "<"}[compare.op])


def _has(compare: Compare, number: int | float) -> bool:
    limit = compare.limit
    if isinstance(limit, Table):
        return number in [value for _, value in limit.entries]
    return isinstance(limit, Const) and limit.value == number


def _texts(condition: Condition) -> list[Any]:
    listed = [c for c in _parts(condition, OneOf) if any(isinstance(v, str) for v in c.values)]
    folding = [c for c in parts_of(condition) if getattr(c, "folds", False)]
    return [*listed, *_parts(condition, Affix), *_parts(condition, Mentions), *folding]


def _exact(condition: Condition) -> bool:
    return any(c.exact for c in _parts(condition, Affix))


def _parts(condition: Condition, kind: type) -> list[Any]:
    return [part for part in parts_of(condition) if isinstance(part, kind)]
