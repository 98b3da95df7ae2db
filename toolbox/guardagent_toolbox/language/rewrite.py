"""The rewritings of statements and displays, one small method each."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from functools import reduce

from guardagent_toolbox.language.rewrite_calls import at, call_of, rewrite_call
from guardagent_toolbox.language.rewrite_idioms import (
    is_repeatable,
    rewrite_chain,
    rewrite_idiom,
    rewrite_percent,
    rewrite_power,
    rewrite_type_test,
    without_stars,
)
from guardagent_toolbox.vocabulary import CLAUSE_FUNCTION, CONSUMERS

_IDENTICAL = (None, True, False)


class Rewriter(ast.NodeTransformer):
    """Rewrites a module in place."""

    def __init__(self) -> None:
        # Generator expressions that stay, because a function takes them at once.
        self._consumed: set[int] = set()

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Nothing: most nodes are names and constants, and what is below them is of no interest."""
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Nothing."""
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Drops annotations, `*` and `/` of the parameters; gives a clause function its second parameter."""
        node.returns = None
        _make_plain(node.args)
        if CLAUSE_FUNCTION.match(node.name) and [arg.arg for arg in node.args.args] == ["event"]:
            node.args.args.append(at(ast.arg("facts"), node))
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Drops the annotation."""
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """`x: int = 1` becomes `x = 1`; `x: int` alone becomes `pass`."""
        if node.value is None:
            return at(ast.Pass(), node)
        return at(ast.Assign([node.target], self.visit(node.value)), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """`d[k] += 1` becomes `d[k] = d[k] + 1` when reading `d[k]` twice changes nothing."""
        self.generic_visit(node)
        if not isinstance(node.target, ast.Subscript) or not is_repeatable(node.target):
            return node
        read = copy.deepcopy(node.target)
        read.ctx = ast.Load()
        return at(ast.Assign([node.target], ast.BinOp(read, node.op, node.value)), node)

    def visit_Delete(self, node: ast.Delete) -> ast.AST:
        """`del d[k]` becomes `d.pop(k)`."""
        self.generic_visit(node)
        target = node.targets[0]
        if len(node.targets) != 1 or not isinstance(target, ast.Subscript) or isinstance(target.slice, ast.Slice):
            return node
        return at(ast.Expr(ast.Call(ast.Attribute(target.value, "pop", ast.Load()), [target.slice], [])), node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """`x is 5` becomes `x == 5`; see `rewrite_type_test` and `rewrite_chain` for more."""
        self.generic_visit(node)
        for number, (op, side) in enumerate(zip(node.ops, node.comparators, strict=True)):
            is_value = isinstance(side, ast.Constant) and not any(side.value is one for one in _IDENTICAL)
            if is_value and isinstance(op, ast.Is | ast.IsNot):
                node.ops[number] = ast.Eq() if isinstance(op, ast.Is) else ast.NotEq()
        new = rewrite_type_test(node)
        return rewrite_chain(new) if isinstance(new, ast.Compare) else new

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """See `rewrite_power` and `rewrite_percent`."""
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow | ast.LShift):
            return rewrite_power(node)
        return rewrite_percent(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """`...` as a body becomes `pass`."""
        self.generic_visit(node)
        is_dots = isinstance(node.value, ast.Constant) and node.value.value is ...
        return at(ast.Pass(), node) if is_dots else node

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        """A generator expression becomes a list, wherever it is not taken at once."""
        self.generic_visit(node)
        return node if id(node) in self._consumed else at(ast.ListComp(node.elt, node.generators), node)

    def visit_List(self, node: ast.List) -> ast.AST:
        """`[*a, b]` becomes `list(a) + [b]`, and the target `[a, b]` becomes `(a, b)`."""
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Store):
            return at(ast.Tuple(node.elts, node.ctx), node)
        return _joined(node, node.elts, "list", ast.Add(), lambda plain: ast.List(plain, ast.Load()))

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        """`(*a, b)` becomes `tuple(a) + (b,)`."""
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Store):
            return node
        return _joined(node, node.elts, "tuple", ast.Add(), lambda plain: ast.Tuple(plain, ast.Load()))

    def visit_Set(self, node: ast.Set) -> ast.AST:
        """`{*a, b}` becomes `set(a) | {b}`."""
        self.generic_visit(node)
        return _joined(node, node.elts, "set", ast.BitOr(), ast.Set)

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        """`{**a, "b": 1}` becomes `dict(a) | {"b": 1}`."""
        self.generic_visit(node)
        if None not in node.keys:
            return node
        parts: list[ast.expr] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                parts.append(call_of("dict", value))
            elif parts and isinstance(parts[-1], ast.Dict):
                parts[-1].keys.append(key)
                parts[-1].values.append(value)
            else:
                parts.append(ast.Dict([key], [value]))
        return at(reduce(lambda left, right: ast.BinOp(left, ast.BitOr(), right), parts), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """See `rewrite_calls` and `rewrite_idioms`."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if (name in CONSUMERS or (isinstance(node.func, ast.Attribute) and node.func.attr == "join")) and node.args:
            self._consumed.add(id(node.args[0]))
        plain = without_stars(node)
        if plain is not node:
            rewritten: ast.AST = self.visit(plain)
            return rewritten
        self.generic_visit(node)
        new = rewrite_call(node)
        return rewrite_idiom(new) if isinstance(new, ast.Call) else new


def _joined(
    node: ast.expr, elements: list[ast.expr], kind: str, op: ast.operator, fresh: Callable[[list[ast.expr]], ast.expr]
) -> ast.expr:
    """A display with `*` in it as a sum of its parts; any other as it is."""
    if not any(isinstance(element, ast.Starred) for element in elements):
        return node
    parts: list[ast.expr] = []
    plain: list[ast.expr] = []
    for element in elements:
        if not isinstance(element, ast.Starred):
            plain.append(element)
            continue
        parts += [*([fresh(plain)] if plain else []), call_of(kind, element.value)]
        plain = []
    parts += [fresh(plain)] if plain else []
    return at(reduce(lambda left, right: ast.BinOp(left, op, right), parts), node)


def _make_plain(given: ast.arguments) -> None:
    """Parameters after `*` and before `/` become plain ones, where every call then means the same."""
    needed = sum(default is None for default in given.kw_defaults)
    if (
        given.vararg is None
        and given.kwonlyargs
        and not (needed and (given.defaults or needed < len(given.kwonlyargs)))
    ):
        given.args += given.kwonlyargs
        given.defaults += [default for default in given.kw_defaults if default is not None]
        given.kwonlyargs, given.kw_defaults = [], []
    given.args = [*given.posonlyargs, *given.args]
    given.posonlyargs = []
