"""The rewritings of calls: functions that the language does without, and functions given as values."""

from __future__ import annotations

import ast
from typing import TypeVar

from guardagent_toolbox.language.scopes import only_parameter
from guardagent_toolbox.vocabulary import KEYED, TYPE_NAMES

Node = TypeVar("Node", bound=ast.AST)

_ITEM = "item"


def at(node: Node, where: ast.AST) -> Node:
    """The new node, placed where another one stood."""
    return ast.fix_missing_locations(ast.copy_location(node, where))


def call_of(name: str, argument: ast.expr) -> ast.Call:
    """The call `name(argument)`."""
    return ast.Call(ast.Name(name, ast.Load()), [argument], [])


def rewrite_call(node: ast.Call) -> ast.expr:
    """The call, or what the language writes instead of it."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name == "frozenset" and isinstance(node.func, ast.Name):
        # Programs cannot change a constant anyway.
        node.func.id = "set"
    if name == "isinstance" and len(node.args) == 2:
        node.args[1] = _types(node.args[1])
    if name in KEYED or method == "sort":
        _mend_key(node)
    plain = not node.keywords and not any(isinstance(argument, ast.Starred) for argument in node.args)
    return (_comprehension(node, name, method) if plain else None) or node


def _mend_key(node: ast.Call) -> None:
    """`key=str.lower` as `key=lambda item: item.lower()`."""
    for keyword in node.keywords:
        called = _type_method(keyword.value)
        if keyword.arg == "key" and called is not None:
            parameters = ast.arguments([], [ast.arg(_ITEM)], None, [], [], None, [])
            keyword.value = at(ast.Lambda(parameters, called), keyword.value)


def _type_method(node: ast.expr) -> ast.expr | None:
    """`item.lower()` for the value `str.lower`; None for anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in TYPE_NAMES:
        return ast.Call(ast.Attribute(ast.Name(_ITEM, ast.Load()), node.attr, ast.Load()), [], [])
    return None


def _types(node: ast.expr) -> ast.expr:
    """`int | float` in `isinstance` as `(int, float)`."""
    names: list[ast.expr] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.BinOp) and isinstance(one.op, ast.BitOr):
            waiting += [one.right, one.left]
        else:
            names.append(one)
    return node if len(names) == 1 else at(ast.Tuple(names, ast.Load()), node)


def _comprehension(node: ast.Call, name: str, method: str) -> ast.expr | None:
    """`map(f, xs)`, `filter(f, xs)` and `dict.fromkeys(xs, v)` as comprehensions; None for any other call."""
    if method == "fromkeys" and _type_method(node.func) is not None and len(node.args) in (1, 2):
        value = node.args[1] if len(node.args) == 2 else ast.Constant(None)
        return at(ast.DictComp(ast.Name(_ITEM, ast.Load()), value, [_over(_ITEM, node.args[0])]), node)
    if name not in ("map", "filter") or len(node.args) != 2:
        return None
    item, applied = _applied(node.args[0])
    if applied is None:
        return None
    loop = _over(item, node.args[1])
    if name == "map":
        return at(ast.ListComp(applied, [loop]), node)
    loop.ifs.append(applied)
    return at(ast.ListComp(ast.Name(item, ast.Load()), [loop]), node)


def _applied(function: ast.expr) -> tuple[str, ast.expr | None]:
    """The name of an item, and a function applied to it; None when that cannot be written out."""
    if isinstance(function, ast.Lambda):
        name = only_parameter(function.args)
        return (name, function.body) if name is not None else (_ITEM, None)
    if isinstance(function, ast.Constant) and function.value is None:
        return _ITEM, ast.Name(_ITEM, ast.Load())
    if isinstance(function, ast.Name) and function.id != _ITEM:
        return _ITEM, call_of(function.id, ast.Name(_ITEM, ast.Load()))
    return _ITEM, _type_method(function)


def _over(name: str, values: ast.expr) -> ast.comprehension:
    return ast.comprehension(ast.Name(name, ast.Store()), values, [], 0)
