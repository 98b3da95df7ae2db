"""Harmless things that people and models write, rewritten into the guard language.

Each rewriting keeps the meaning, or gives the meaning that was plainly wanted. A statement of the top level that needed
none keeps its text, comments and all; one that did is written anew from its tree, and so loses its comments.
"""

from __future__ import annotations

import ast
import codecs
from collections.abc import Collection
from itertools import pairwise
from typing import NamedTuple

from guardagent_toolbox.language.hoist import hoist, name_lambdas
from guardagent_toolbox.language.outline import Errors
from guardagent_toolbox.language.rename import rename_private, rename_shadows
from guardagent_toolbox.language.rewrite import Rewriter
from guardagent_toolbox.language.rewrite_calls import at
from guardagent_toolbox.vocabulary import ANSWERS, BUILTINS

# `ast.unparse` writes some letters of f-strings by this codec, and loading it then would end a confined worker.
codecs.lookup("unicode_escape")

_TYPING: frozenset[str] = frozenset({"__future__", "typing", "collections.abc"})


def normalise(source: str, tree: ast.Module, tools: Collection[str]) -> str | Errors:
    """The source with everything harmless rewritten; the same text when nothing had to be.

    Errors are for what can be rewritten but no longer be written down: odd texts within f-strings.
    """
    before = [(ast.dump(node), (node.lineno, node.end_lineno or node.lineno)) for node in tree.body]
    words = BUILTINS | ANSWERS | set(tools)
    name_lambdas(tree)
    rename_private(tree, words)
    moved = hoist(tree, words)
    originals = list(tree.body)
    tree.body = [new for number, node in enumerate(originals) for new in (*moved.get(number, ()), node)]
    rename_shadows(tree, words)
    rewriter = Rewriter()
    statements: list[_Statement] = []
    for number, (node, (dump, span)) in enumerate(zip(originals, before, strict=True)):
        kept = [] if _is_needless(node, words) else [*moved.get(number, ()), *_each_by_itself(node)]
        new = [rewriter.visit(one) for one in kept]
        statements.append(_Statement(span, new, len(new) != 1 or ast.dump(new[0]) != dump))
    if not any(statement.changed for statement in statements):
        return source
    # Statements that share a line cannot be told apart by lines, so that all are written anew.
    all_anew = any(first.span[1] >= second.span[0] for first, second in pairwise(statements))
    anew = [statement for statement in statements if statement.changed or all_anew]
    errors = [(s.span[0], problem) for s in anew for node in s.nodes if (problem := _unwritable(node))]
    if all_anew and not errors:
        return "\n".join(ast.unparse(node) for s in anew for node in s.nodes) + "\n"
    return errors or _written(source, statements)


def _unwritable(node: ast.stmt) -> str:
    """Why Python cannot write the statement down again; empty when it can."""
    try:
        ast.unparse(node)
    except ValueError:
        return "an f-string holds a text with a line break or a backslash; put that text into a variable"
    return ""


class _Statement(NamedTuple):
    """A statement of the top level: the lines of its text, and what became of it."""

    span: tuple[int, int]
    nodes: list[ast.stmt]
    changed: bool


def _is_needless(node: ast.stmt, words: Collection[str]) -> bool:
    """Whether it imports only annotations, or words that every program has anyway, or is run as a script only."""
    if isinstance(node, ast.If):
        return ast.unparse(node.test).replace('"', "'") == "__name__ == '__main__'" and not node.orelse
    if isinstance(node, ast.Import):
        return all(alias.name in _TYPING for alias in node.names)
    if not isinstance(node, ast.ImportFrom):
        return False
    return node.module in _TYPING or all(alias.name in words and alias.asname is None for alias in node.names)


def _each_by_itself(node: ast.stmt) -> list[ast.stmt]:
    """`A, B = 1, 2` as two statements; any other as it is."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Tuple):
        return [node]
    names, values = node.targets[0].elts, node.value.elts if isinstance(node.value, ast.Tuple | ast.List) else []
    if len(names) != len(values) or not all(isinstance(name, ast.Name) for name in names):
        return [node]
    return [at(ast.Assign([name], value), node) for name, value in zip(names, values, strict=True)]


def _written(source: str, statements: list[_Statement]) -> str:
    """The source with only the changed statements written anew."""
    lines = source.split("\n")
    parts: list[str] = []
    position = 0
    for (first, last), nodes, changed in statements:
        parts += lines[position : first - 1]
        if not changed:
            parts += lines[first - 1 : last]
        for number, node in enumerate(nodes if changed else ()):
            parts += ["", ""] if number and isinstance(node, ast.FunctionDef) else []
            parts += ast.unparse(node).split("\n")
        position = last
    return "\n".join([*parts, *lines[position:]])
