"""Values worth trying in generated events: those that the program compares with and those that examples hold."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from guardagent.types import canonical_json

_MAX_TEXT = 300


class Pool(NamedTuple):
    """Texts and numbers from anywhere, and whole values by the place where an example holds them."""

    texts: tuple[str, ...] = ()
    numbers: tuple[int | float, ...] = ()
    at: Mapping[str, tuple[Any, ...]] = {}


def pool_of(source: str, events: Sequence[Mapping[str, Any]]) -> Pool:
    """The pool of a program and of example events; a source that cannot be read adds nothing."""
    texts: list[str] = []
    numbers: list[int | float] = []
    at: dict[str, list[Any]] = {}
    for constant in _constants(source):
        _collect(constant, texts, numbers)
    for event in events:
        for place, value in _places(event, ""):
            at.setdefault(place, []).append(value)
            _collect(value, texts, numbers)
    return Pool(
        texts=tuple(dict.fromkeys(texts)),
        numbers=tuple(dict.fromkeys(near for number in numbers for near in _neighbours(number))),
        at={place: _distinct(values) for place, values in at.items()},
    )


def _constants(source: str) -> Iterator[Any]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield node.value


def _collect(value: Any, texts: list[str], numbers: list[int | float]) -> None:
    if isinstance(value, str) and len(value) <= _MAX_TEXT:
        texts.append(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        numbers.append(value)


def _neighbours(number: int | float) -> tuple[int | float, ...]:
    """A limit and what lies just beside it, where inclusive and exclusive part."""
    step = 1 if isinstance(number, int) else 0.01
    return (number, number - step, number + step)


def _places(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Every value inside `value` with its place; all items of a list share one."""
    yield place, value
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _places(below, f"{place}/{key}")
    elif isinstance(value, list | tuple):
        for below in value:
            yield from _places(below, f"{place}/*")


def _distinct(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple({canonical_json(value): value for value in values}.values())
