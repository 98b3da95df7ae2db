"""How a number is read out of a text."""

from __future__ import annotations

from typing import Any, NamedTuple

from guardagent.reasoners.offline.cleaned import Cleaned
from guardagent.reasoners.offline.conditions import Compare, Condition
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.meanings import First, Meaning, Predicate, Respelling
from guardagent.reasoners.offline.rewrite import parts_of, rewritten, rewritten_conditions
from guardagent.reasoners.offline.values import Const

_SIGNS = ("$", "€", "£", "¥")


class Loss(NamedTuple):
    """What is dropped from a text before its number is read."""

    leading: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    code: bool = False


def word(_context: Context, *_words: Any) -> bool:
    return True


def text_of(_context: Context, field: Field) -> Field | None:
    return field if "string" in field.types and not field.values else None


def losses(_context: Context, first: Loss, rest: Loss | None = None) -> Loss:
    other = rest or Loss()
    return Loss(first.leading + other.leading, first.dropped + other.dropped, first.code or other.code)


def leading(_context: Context, signs: tuple[str, ...] | None) -> Loss:
    return Loss(leading=signs or _SIGNS)


def spaces(_context: Context) -> Loss:
    return Loss(dropped=(" ",))


def commas(_context: Context) -> Loss:
    return Loss(dropped=(",",))


def others(_context: Context) -> Loss:
    return Loss(dropped=("'", "_"))


def code(_context: Context) -> Loss:
    return Loss(code=True)


def read_without(_context: Context, field: Field, loss: Loss) -> Meaning:
    """Wherever the field's number is compared, it is read like this."""
    reading = Cleaned(field, loss.leading, loss.dropped, loss.code)

    def change(condition: Condition) -> Condition | None:
        compared = [p for p in parts_of(condition) if isinstance(p, Compare) and field in list(parts_of(p))]
        if not compared:
            return None

        def read(part: Any) -> Any:
            return rewritten(part, lambda node: reading if node == field else node) if part in compared else part

        return rewritten_conditions(condition, read)

    return Respelling(change)


def plain_number(_context: Context) -> Predicate:
    return lambda value: Compare(value, ">", Const(0)) if isinstance(value, Field) else None


def alone(_context: Context, label: str | None) -> Meaning:
    return First((label,) if label else None, None)
