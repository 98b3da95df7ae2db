"""Names of a program that happen to be names of functions, given another name.

`words = words(text)` or a helper called `normalise` is plain in its meaning, but it hides a tool.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from guardagent_toolbox.language.scopes import locals_of
from guardagent_toolbox.language.trees import walk
from guardagent_toolbox.vocabulary import CLAUSE_FUNCTION


def rename_shadows(tree: ast.Module, words: Collection[str]) -> None:
    """Renames helpers and local variables that hide a function, in place."""
    taken = {node.id for node in walk(tree) if isinstance(node, ast.Name)} | set(words)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    for function in functions:
        if function.name in words and sum(f.name == function.name for f in functions) == 1:
            _rename_function(tree, function, _free(function.name, taken))
    hidden = set(words) | {function.name for function in functions}
    keywords = {k.arg for node in walk(tree) if isinstance(node, ast.Call) for k in node.keywords}
    for function in functions:
        for name in sorted(locals_of(function) & hidden - keywords):
            _rename_local(function, name, _free(name, taken))


def rename_private(tree: ast.Module, words: Collection[str]) -> None:
    """Gives names such as `_allowed`, which the language keeps for itself, one without the mark in front, in place."""
    parts = walk(tree)
    own = {node.name for node in parts if isinstance(node, ast.FunctionDef)}
    own |= {node.arg for node in parts if isinstance(node, ast.arg)}
    own |= {node.id for node in parts if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    taken = {node.id for node in parts if isinstance(node, ast.Name)} | own | set(words)
    new: dict[str, str] = {}
    for name in sorted(own):
        bare = name.lstrip("_")
        # A name between two marks could be one of our hooks.
        if name.startswith("_") and bare and not name.endswith("_"):
            new[name] = _free(bare, taken) if bare in taken else bare
            taken.add(new[name])
    if not new:
        return
    for node in parts:
        if isinstance(node, ast.Name):
            node.id = new.get(node.id, node.id)
        elif isinstance(node, ast.FunctionDef):
            node.name = new.get(node.name, node.name)
        elif isinstance(node, ast.arg):
            node.arg = new.get(node.arg, node.arg)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for keyword in node.keywords:
                keyword.arg = new.get(keyword.arg, keyword.arg) if keyword.arg else None


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
    for node in walk(tree):
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
    called = {id(node.func) for node in walk(function) if isinstance(node, ast.Call)}
    types = {
        id(part)
        for node in walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"
        for argument in node.args[1:]
        for part in walk(argument)
    }
    for node in walk(function):
        if isinstance(node, ast.Name) and node.id == old and id(node) not in called and id(node) not in types:
            node.id = new
        elif isinstance(node, ast.arg) and node.arg == old:
            node.arg = new
