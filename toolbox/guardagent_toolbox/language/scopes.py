"""Names of a program: how they may look, where they hold, and who calls whom."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping

from guardagent_toolbox.language.outline import Errors, Outline
from guardagent_toolbox.vocabulary import ANSWERS, BUILTINS, MAX_NAME, PLAIN_NAME, RESERVED

Refuse = Callable[[ast.AST, str], None]


def locals_of(node: ast.AST) -> frozenset[str]:
    """Every name that a function or statement sets: parameters, assignments, loops, comprehensions, lambdas."""
    found = {name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
    return frozenset(found | {arg.arg for arg in ast.walk(node) if isinstance(arg, ast.arg)})


def check_name(
    node: ast.AST, name: str, tools: Collection[str], refuse: Refuse, outline: Outline | None = None
) -> None:
    """Refuses a name that is badly formed or already means something; `outline` is given for local names."""
    if len(name) > MAX_NAME or not PLAIN_NAME.match(name) or name.endswith("__roles__"):
        refuse(
            node, f"the name `{name[:MAX_NAME]}` is not available; use letters, digits and `_`, beginning with a letter"
        )
    elif name in RESERVED:
        refuse(node, f"the name `{name}` is reserved; choose another")
    elif name in tools or name in BUILTINS or name in ANSWERS or (outline and name in outline.functions):
        refuse(node, f"the name `{name}` already means a function; choose another, e.g. `own_{name}`")


def recursion(functions: Mapping[str, ast.FunctionDef]) -> Errors:
    """An error for each function that calls itself, directly or through others."""
    calls = {name: called_in(node) & functions.keys() for name, node in functions.items()}
    # Take away functions that call nothing, again and again; what stays runs in circles or calls those who do.
    while free := [name for name, called in calls.items() if not called]:
        calls = {name: called - set(free) for name, called in calls.items() if name not in free}
    # The same from the other side, so that only the circles are left.
    while unused := [name for name in calls if not any(name in called for called in calls.values())]:
        calls = {name: called for name, called in calls.items() if name not in unused}
    return [
        (functions[name].lineno, f"`{name}` calls itself, directly or through another; use a loop")
        for name in calls
    ]  # fmt: skip


def called_in(node: ast.AST) -> set[str]:
    """The names that are called, or given as `key=`, anywhere in a tree."""
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            found.add(part.func.id)
        if isinstance(part, ast.keyword) and part.arg == "key" and isinstance(part.value, ast.Name):
            found.add(part.value.id)
    return found
