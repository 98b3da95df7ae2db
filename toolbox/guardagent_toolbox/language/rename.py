"""Names of a program that happen to be names of functions, given another name.

`words = words(text)` or a helper called `normalise` is plain in its meaning, but it hides a tool.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from guardagent_toolbox.language.scopes import locals_of
from guardagent_toolbox.vocabulary import CLAUSE_FUNCTION


def rename_shadows(tree: ast.Module, words: Collection[str]) -> None:
    """Renames helpers and local variables that hide a function, in place."""
    taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | set(words)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    for function in functions:
        if function.name in words and sum(f.name == function.name for f in functions) == 1:
            _rename_function(tree, function, _free(function.name, taken))
    hidden = set(words) | {function.name for function in functions}
    keywords = {k.arg for node in ast.walk(tree) if isinstance(node, ast.Call) for k in node.keywords}
    for function in functions:
        for name in sorted(locals_of(function) & hidden - keywords):
            _rename_local(function, name, _free(name, taken))


def _free(name: str, taken: set[str]) -> str:
    new = f"own_{name}"
    while new in taken:
        new += "_"
    taken.add(new)
    return new


def _rename_function(tree: ast.Module, function: ast.FunctionDef, new: str) -> None:
    """All calls mean the program's own function: it stood in front of the tool."""
    if CLAUSE_FUNCTION.match(function.name):
        return
    old, function.name = function.name, new
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == old:
            node.func.id = new
        if (
            isinstance(node, ast.keyword)
            and node.arg == "key"
            and isinstance(node.value, ast.Name)
            and node.value.id == old
        ):
            node.value.id = new


def _rename_local(function: ast.FunctionDef, old: str, new: str) -> None:
    """A variable cannot be called, so what is called still means the tool."""
    called = {id(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    types = {
        id(part)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"
        for argument in node.args[1:]
        for part in ast.walk(argument)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == old and id(node) not in called and id(node) not in types:
            node.id = new
        elif isinstance(node, ast.arg) and node.arg == old:
            node.arg = new
