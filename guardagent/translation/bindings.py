"""What the names inside a function may stand for: every expression that is given to each of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

# These put keys into an object that it did not have.
_FILLING = frozenset({"update", "setdefault"})


class Binding(NamedTuple):
    """One way in which a name gets its value: the expression, or an item of it; None for anything else."""

    value: ast.expr | None
    is_item: bool = False


def bindings_of(function: ast.FunctionDef) -> dict[str, list[Binding]]:
    """The bindings of every name that is set or filled inside the function, parameters aside."""
    found: dict[str, list[Binding]] = {}
    for statement in function.body:
        for node in ast.walk(statement):
            for name, binding in _bindings(node):
                found.setdefault(name, []).append(binding)
    return found


def _bindings(node: ast.AST) -> Iterator[tuple[str, Binding]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _to(target, Binding(value))
        case ast.NamedExpr(target=target, value=value):
            yield from _to(target, Binding(value))
        case ast.AugAssign(target=target):
            yield from _to(target, Binding(None))
        case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
            yield from _items(target, value)
        case ast.Lambda(args=given):
            for parameter in given.args:
                yield parameter.arg, Binding(None)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in _FILLING:
            yield name, Binding(None)


def _to(target: ast.expr, binding: Binding) -> Iterator[tuple[str, Binding]]:
    if isinstance(target, ast.Name):
        yield target.id, binding
        return
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            # One of several names, or an object of which a field is set.
            yield node.id, Binding(None)


def _items(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, Binding]]:
    match target, value:
        case ast.Tuple(elts=[number, item]), ast.Call(func=ast.Name(id="enumerate"), args=[listed, *_]):
            yield from _to(number, Binding(None))
            yield from _to(item, Binding(listed, is_item=True))
        case _:
            yield from _to(target, Binding(value, is_item=True))


__all__ = ["Binding", "bindings_of"]
