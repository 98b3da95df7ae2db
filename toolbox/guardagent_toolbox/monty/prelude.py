"""The runtime of the guard language as Monty runs it: made from the very sources of `guardagent_toolbox.runtime`.

Monty has no inheritance, no methods of types as values (`str.lower`), no `del` and few modules. What the runtime uses
of these is rewritten here, mechanically; what Monty lacks or does otherwise than Python stands in `preface.py.txt`. So
the two engines share what the language means, and each brings its own numbers, texts, collections and control flow.
"""

from __future__ import annotations

import ast
import functools
import inspect
from importlib import resources
from types import ModuleType
from typing import Final

from guardagent_toolbox.runtime import (
    answers,
    arithmetic,
    budget,
    builtin_functions,
    guards,
    iteration,
    methods,
    ownership,
    show,
    tool_calls,
    weight,
)
from guardagent_toolbox.vocabulary import METHOD_KEYWORDS, METHODS, TYPE_NAMES

# In an order in which each finds what it needs.
_MODULES: Final[tuple[ModuleType, ...]] = (
    budget, show, iteration, ownership, weight, arithmetic, builtin_functions, methods, answers, tool_calls, guards,
)  # fmt: skip
# Names of types that stand only in annotations.
_TYPES: Final = frozenset({"Function", "Operator", "Table", "Row"})
_VANISHING: Final = (ast.Import, ast.ImportFrom)


@functools.cache
def prelude() -> str:
    """The source that a session is fed first; after it `_run_`, `_words_` and the rest of the driver exist."""
    parts = [_resource("preface.py.txt"), _method_table(), *map(_module, _MODULES), _resource("driver.py.txt")]
    return "\n".join(parts)


def _resource(name: str) -> str:
    return resources.files("guardagent_toolbox.monty").joinpath(name).read_text("utf-8")


def _method_table() -> str:
    """What `getattr(str, "lower")` gives: methods of types are no values in Monty."""
    rows = []
    for kind, names in METHODS.items():
        entries = ", ".join(f'"{name}": {_method(kind, name)}' for name in sorted(names))
        rows.append(f"    {kind.__name__}: {{{entries}}},")
    keywords = ", ".join(map(repr, sorted(METHOD_KEYWORDS)))
    return "\n".join(["_methods_ = {", *rows, "}", "METHODS = _methods_", f"METHOD_KEYWORDS = {{{keywords}}}"])


def _method(kind: type, name: str) -> str:
    own = f"_{kind.__name__}_{name}_"
    is_patched = own in _patches()
    return own if is_patched else f"lambda value, *args, **named: value.{name}(*args, **named)"


@functools.cache
def _patches() -> frozenset[str]:
    """The functions of the preface, some of which stand in for methods."""
    tree = ast.parse(_resource("preface.py.txt"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def _module(module: ModuleType) -> str:
    tree = ast.parse(inspect.getsource(module))
    name = module.__name__.rpartition(".")[2]
    private = {
        each.name if isinstance(each, ast.FunctionDef | ast.ClassDef) else target
        for each in tree.body
        for target in (_targets(each) or [""])
    }
    tree = _ForMonty(name, {one for one in private if one.startswith("_")}).visit(tree)
    return ast.unparse(ast.fix_missing_locations(tree))


def _targets(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _rename(function: ast.FunctionDef, names: set[str]) -> None:
    for part in ast.walk(function):
        if isinstance(part, ast.arg) and part.arg in names:
            part.arg = f"_in_order_{part.arg}"
        elif isinstance(part, ast.Name) and part.id in names:
            part.id = f"_in_order_{part.id}"


class _ForMonty(ast.NodeTransformer):
    """Rewrites a module so that it can stand behind others in one text, in what Monty has of Python."""

    def __init__(self, module: str, private: set[str]) -> None:
        self._module = module
        self._private = private
        self._exceptions = {"GuardError", "BudgetError", "AnswerError"}

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """Leaves out imports, docstrings, names of types and the exceptions, which the preface has as functions."""
        node.body = [
            each
            for each in node.body
            if not isinstance(each, _VANISHING)
            and not (isinstance(each, ast.ClassDef) and each.name in self._exceptions)
            and not set(_targets(each)) & _TYPES
        ]
        self.generic_visit(node)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Drops docstrings."""
        if isinstance(node.value, ast.Constant):
            return None
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Drops slots; makes a static method a plain one."""
        node.body = [each for each in node.body if _targets(each) != ["__slots__"]]
        for each in node.body:
            if isinstance(each, ast.FunctionDef) and each.decorator_list:
                each.decorator_list = []
                each.args.args.insert(0, ast.arg("self"))
        node.name = self._renamed(node.name)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Drops annotations, and renames parameters that are given in order only."""
        node.returns = None
        if node.args.kwarg is not None:
            # Monty takes `f(values=1)` of `def f(values, /, **named)` for that parameter.
            _rename(node, {arg.arg for arg in node.args.posonlyargs})
        node.name = self._renamed(node.name)
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Drops the annotation."""
        node.annotation = None
        return node

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        """Monty makes a list of it, of which `next` takes nothing."""
        self.generic_visit(node)
        return ast.Call(ast.Name("iter", ast.Load()), [ast.ListComp(node.elt, node.generators)], [])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        """`x: int = 1` becomes `x = 1`."""
        return None if node.value is None else self.visit(ast.Assign([node.target], node.value))

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Names that two modules use for themselves must differ."""
        node.id = self._renamed(node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """`operator.sub`, `str.split`, `view.mapping` and `keys.__getitem__` become calls and names of the preface."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "operator":
            return ast.Name(f"_operator_{node.attr}_", ast.Load())
        if isinstance(node.value, ast.Name) and node.value.id in TYPE_NAMES and node.attr != "fromkeys":
            return ast.Call(ast.Name("getattr", ast.Load()), [node.value, ast.Constant(node.attr)], [])
        if node.attr in ("mapping", "__getitem__"):
            return ast.Call(ast.Name(f"_{node.attr.strip('_')}_of_", ast.Load()), [node.value], [])
        return node

    def _renamed(self, name: str) -> str:
        return f"_{self._module}{name}" if name in self._private else name


__all__ = ["prelude"]
