"""Texts that a program builds: formatting and string methods over every text that may stand there."""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Sequence

from guardagent_toolbox.reading.values import DATA, HOLE, SOME_TEXT, Value, flat, items_of, listing, text

_MOST_CHOICES = 64
_PERCENT = re.compile(r"%(?:\((\w+)\))?[#0\- +]*(?:\d+|\*)?(?:\.(?:\d+|\*))?[hlL]?([a-zA-Z%])")
_FIELD = re.compile(r"(\w*)\Z", re.ASCII)

# Methods that give a text for a text, and read nothing else.
_PLAIN_METHODS = frozenset(
    {"strip", "lstrip", "rstrip", "lower", "upper", "casefold", "title", "capitalize", "swapcase", "replace",
     "removeprefix", "removesuffix"}
)  # fmt: skip


def options_of(value: Value) -> tuple[str, ...]:
    """The texts that a value may be written as; a hole for one that is not known."""
    everything = value.texts if not (value.unknown or value.tables or value.parts) else value.texts | {HOLE}
    return tuple(sorted(everything)) or (HOLE,)


def concatenated(pieces: Sequence[Value]) -> Value:
    """The pieces one after the other."""
    choices = [options_of(piece) for piece in pieces]
    if _too_many(choices):
        return SOME_TEXT
    return text(*{"".join(chosen) for chosen in itertools.product(*choices)})


def _too_many(choices: Sequence[Sequence[str]]) -> bool:
    count = 1
    for options in choices:
        count *= len(options)
        if count > _MOST_CHOICES:
            return True
    return False


def formatted(templates: Value, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
    """What `template.format(…)` may give."""
    found: set[str] = set()
    for template in templates.texts:
        try:
            result = concatenated(_fields(template, arguments, named))
        except ValueError:
            return SOME_TEXT
        found |= result.texts
    return text(*found)


def _fields(template: str, arguments: Sequence[Value], named: dict[str, Value]) -> list[Value]:
    pieces: list[Value] = []
    position = 0
    for literal, name, _spec, _conversion in string.Formatter().parse(template):
        pieces.append(text(literal))
        if name is None:
            continue
        simple = _FIELD.match(name)
        key = simple[1] if simple else ""
        if simple and not key:
            key = str(position)
            position += 1
        if key.isdecimal():
            pieces.append(arguments[int(key)] if len(key) < 4 and int(key) < len(arguments) else SOME_TEXT)
        else:
            pieces.append(named.get(key, SOME_TEXT))
    return pieces


def percent_formatted(templates: Value, argument: Value) -> Value:
    """What `template % argument` may give."""
    arguments = argument.parts if argument.ordered else (argument,)
    by_key = dict(zip(argument.keys, argument.parts, strict=True)) if argument.keys else {}
    found: set[str] = set()
    for template in templates.texts:
        pieces: list[Value] = []
        start = position = 0
        for match in _PERCENT.finditer(template):
            pieces.append(text(template[start : match.start()]))
            start = match.end()
            if match[2] == "%":
                pieces.append(text("%"))
            elif match[1] is not None:
                pieces.append(by_key.get(match[1], SOME_TEXT))
            else:
                pieces.append(arguments[position] if position < len(arguments) else SOME_TEXT)
                position += 1
        found |= concatenated([*pieces, text(template[start:])]).texts
    return text(*found)


def text_method(receiver: Value, name: str, arguments: Sequence[Value]) -> Value:
    """What a method of a text may give."""
    if name == "join" and arguments:
        return _joined(receiver, arguments[0])
    given = [next(iter(a.texts)) if len(a.texts) == 1 else None for a in arguments]
    if name == "split" and len(receiver.texts) == 1:
        (whole,) = receiver.texts
        mark = given[0] if given else None
        if HOLE not in whole and len(given) <= 1 and (mark or not given):
            return listing(text(part) for part in whole.split(mark))
    if name in ("split", "splitlines", "rsplit", "partition", "rpartition"):
        return listing([SOME_TEXT], ordered=False)
    if name not in _PLAIN_METHODS or None in given:
        return (
            DATA if name.startswith("is") or name in ("count", "find", "index", "startswith", "endswith") else SOME_TEXT
        )
    try:
        return text(*{getattr(option, name)(*given) for option in receiver.texts})
    except TypeError:
        return SOME_TEXT


def _joined(separator: Value, items: Value) -> Value:
    if not items.ordered or len(separator.texts) != 1:
        return SOME_TEXT
    pieces: list[Value] = []
    for index, item in enumerate(items_of(items)):
        pieces += [separator, flat(item)] if index else [flat(item)]
    return concatenated(pieces)
