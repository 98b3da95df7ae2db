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

from guardagent_toolbox.language.outline import Errors
from guardagent_toolbox.language.rename import rename_shadows
from guardagent_toolbox.language.rewrite import Rewriter
from guardagent_toolbox.vocabulary import ANSWERS, BUILTINS

# `ast.unparse` writes some letters of f-strings by this codec, and loading it then would end a confined worker.
codecs.lookup("unicode_escape")

_TYPING: frozenset[str] = frozenset({"__future__", "typing", "collections.abc"})


def normalise(source: str, tree: ast.Module, tools: Collection[str]) -> str | Errors:
    """The source with everything harmless rewritten; the same text when nothing had to be.

    Errors are for what can be rewritten but no longer be written down: odd texts within f-strings.
    """
    originals = list(tree.body)
    before = [ast.dump(node) for node in originals]
    words = BUILTINS | ANSWERS | set(tools)
    rename_shadows(tree, words)
    rewriter = Rewriter()
    statements: list[_Statement] = []
    for node, dump in zip(originals, before, strict=True):
        span = (node.lineno, node.end_lineno or node.lineno)
        new = None if _is_needless_import(node, words) else rewriter.visit(node)
        statements.append(_Statement(span, new, new is None or ast.dump(new) != dump))
    if not any(statement.changed for statement in statements):
        return source
    # Statements that share a line cannot be told apart by lines, so that all are written anew.
    all_anew = any(first.span[1] >= second.span[0] for first, second in pairwise(statements))
    anew = [statement for statement in statements if statement.node and (statement.changed or all_anew)]
    errors = [(s.span[0], problem) for s in anew if s.node and (problem := _unwritable(s.node))]
    if all_anew and not errors:
        return "\n".join(ast.unparse(s.node) for s in anew if s.node) + "\n"
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
    node: ast.stmt | None
    changed: bool


def _is_needless_import(node: ast.stmt, words: Collection[str]) -> bool:
    """Whether an import brings only annotations, or words that every program has anyway."""
    if not isinstance(node, ast.ImportFrom):
        return False
    return node.module in _TYPING or all(alias.name in words and alias.asname is None for alias in node.names)


def _written(source: str, statements: list[_Statement]) -> str:
    """The source with only the changed statements written anew."""
    lines = source.split("\n")
    parts: list[str] = []
    position = 0
    for (first, last), node, changed in statements:
        parts += lines[position : first - 1]
        if not changed:
            parts += lines[first - 1 : last]
        elif node is not None:
            parts += ast.unparse(node).split("\n")
        position = last
    return "\n".join([*parts, *lines[position:]])
