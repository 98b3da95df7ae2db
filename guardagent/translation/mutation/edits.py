"""The small faults that one statement of a program can have, each as a change of its syntax tree.

Nothing here runs anything: the trees are of a source that the compiler has accepted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

Kind = Literal["condition", "boundary", "connective", "number", "list"]

_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip
_BESIDE: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
# Answers carry words for people; of their arguments only the places to redact decide anything.
_ANSWERS = frozenset({"violation", "escalate", "not_applicable", "redact"})
_SHOWN = 60


class Edit(NamedTuple):
    """One fault: fields of nodes with the values that they take, and what a reader is told of it."""

    kind: Kind
    line: int
    words: str
    changes: tuple[tuple[ast.AST, str, Any], ...]

    @contextmanager
    def made(self) -> Iterator[None]:
        """The tree has the fault within the block, and is as before after it."""
        before = [(node, field, getattr(node, field)) for node, field, _value in self.changes]
        for node, field, value in self.changes:
            setattr(node, field, value)
        try:
            yield
        finally:
            for node, field, value in before:
                setattr(node, field, value)


def edits_of(statement: ast.stmt) -> Iterator[Edit]:
    """Every fault of one function or constant, in the order of its nodes."""
    for node in _deciding(statement):
        match node:
            case ast.Compare():
                yield from _comparison(node)
            case ast.BoolOp():
                yield _connective(node)
                for index, part in enumerate(node.values):
                    yield from _negated(part, node, "values", index)
            case ast.If() | ast.IfExp():
                yield from _negated(node.test, node, "test")
            case ast.comprehension():
                for index, part in enumerate(node.ifs):
                    yield from _negated(part, node, "ifs", index)
            case ast.Constant():
                yield from _number(node)
            case ast.List() | ast.Tuple() | ast.Set():
                yield from _list(node)
            case ast.Dict():
                yield from _table(node)


def _deciding(root: ast.AST) -> Iterator[ast.AST]:
    """The nodes on which an answer can depend: no docstrings, no words for people, no positions within a list."""
    waiting: list[ast.AST] = [root]
    while waiting:
        node = waiting.pop(0)
        yield node
        match node:
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.Call(func=ast.Name(id=name)) if name in _ANSWERS:
                waiting += (
                    []
                    if name != "redact"
                    else [*node.args[1:], *(k.value for k in node.keywords if k.arg == "redactions")]
                )
            case ast.Subscript():
                waiting.append(node.value)
                if not isinstance(node.slice, ast.Constant | ast.UnaryOp):
                    waiting.append(node.slice)
            case _:
                waiting += list(ast.iter_child_nodes(node))


def _comparison(node: ast.Compare) -> Iterator[Edit]:
    for index, op in enumerate(node.ops):
        for kind, others in (("condition", _OPPOSITE), ("boundary", _BESIDE)):
            other = others.get(type(op))
            if other is not None:
                ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
                words = f"with `{_SIGNS[other]}` in place of `{_SIGNS[type(op)]}` in {_shown(node)}"
                yield Edit("boundary" if kind == "boundary" else "condition", node.lineno, words, ((node, "ops", ops),))


def _connective(node: ast.BoolOp) -> Edit:
    other, here, there = (ast.Or(), "and", "or") if isinstance(node.op, ast.And) else (ast.And(), "or", "and")
    words = f"with `{there}` in place of `{here}` in {_shown(node)}"
    return Edit("connective", node.lineno, words, ((node, "op", other),))


def _negated(part: ast.expr, owner: ast.AST, field: str, index: int | None = None) -> Iterator[Edit]:
    """The condition turned round; comparisons and connectives have faults of their own."""
    if isinstance(part, ast.Compare | ast.BoolOp | ast.Constant):
        return
    if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not):
        if isinstance(part.operand, ast.Compare):
            return
        turned, words = part.operand, f"without `not` in {_shown(part)}"
    else:
        turned, words = ast.UnaryOp(ast.Not(), part), f"with `not` before {_shown(part)}"
    value: Any = turned
    if index is not None:
        parts = getattr(owner, field)
        value = [*parts[:index], turned, *parts[index + 1 :]]
    yield Edit("condition", part.lineno, words, ((owner, field, value),))


def _number(node: ast.Constant) -> Iterator[Edit]:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        return
    for other in (node.value + 1, node.value - 1):
        words = f"with `{other!r}` in place of `{node.value!r}`"
        yield Edit("number", node.lineno, words, ((node, "value", other),))


def _list(node: ast.List | ast.Tuple | ast.Set) -> Iterator[Edit]:
    if not _is_listed(node):
        return
    for index, element in enumerate(node.elts):
        left = [*node.elts[:index], *node.elts[index + 1 :]]
        if left or not isinstance(node, ast.Set):
            words = f"without {_shown(element)} in the list"
            yield Edit("list", element.lineno, words, ((node, "elts", left),))


def _is_listed(node: ast.List | ast.Tuple | ast.Set) -> bool:
    """Whether these are values that somebody listed, not places of assignment or a pair made in passing."""
    stored = isinstance(node, ast.List | ast.Tuple) and not isinstance(node.ctx, ast.Load)
    return not stored and all(isinstance(part, ast.Constant) for part in node.elts)


def _table(node: ast.Dict) -> Iterator[Edit]:
    for index, key in enumerate(node.keys):
        if isinstance(key, ast.Constant):
            keys = [*node.keys[:index], *node.keys[index + 1 :]]
            values = [*node.values[:index], *node.values[index + 1 :]]
            words = f"without {_shown(key)} in the table"
            yield Edit("list", key.lineno, words, ((node, "keys", keys), (node, "values", values)))


def _shown(node: ast.expr) -> str:
    text = " ".join(ast.unparse(node).split())
    return f"`{text}`" if len(text) <= _SHOWN else f"`{text[: _SHOWN - 1]}…`"


__all__ = ["Edit", "Kind", "edits_of"]
