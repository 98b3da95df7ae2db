"""Names of a program: how they may look, where they hold, and who calls whom."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping

from guardagent_toolbox.language.outline import Errors, Outline
from guardagent_toolbox.language.trees import walk
from guardagent_toolbox.vocabulary import ANSWERS, BUILTINS, MAX_NAME, PLAIN_NAME, RESERVED

Refuse = Callable[[ast.AST, str], None]


def locals_of(node: ast.AST) -> frozenset[str]:
    """Every name that a function or statement sets: parameters, assignments, loops, comprehensions, lambdas."""
    found: set[str] = set()
    for part in walk(node):
        if isinstance(part, ast.Name):
            if isinstance(part.ctx, ast.Store):
                found.add(part.id)
        elif isinstance(part, ast.arg):
            found.add(part.arg)
    return frozenset(found)


def only_parameter(given: ast.arguments) -> str | None:
    """The name of the one plain parameter without a default; None for any other list of parameters."""
    others = (*given.posonlyargs, *given.kwonlyargs, *given.defaults, *given.kw_defaults, given.vararg, given.kwarg)
    return given.args[0].arg if len(given.args) == 1 and not any(others) else None


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
    callers: dict[str, set[str]] = {name: set() for name in functions}
    for name, called in calls.items():
        for other in called:
            callers[other].add(name)
    # Without those that lead to no circle, and those that no circle leads to, only the circles are left.
    left = _without_ends(calls, callers)
    left = _without_ends({name: callers[name] & left for name in left}, calls)
    advice = "use a loop, or `all_text(value)` for nested texts"
    return [
        (functions[name].lineno, f"`{name}` calls itself, directly or through another; {advice}")
        for name in functions if name in left
    ]  # fmt: skip


def _without_ends(ahead: Mapping[str, set[str]], behind: Mapping[str, set[str]]) -> set[str]:
    """The names from which one can go ahead for ever; each name and each step is looked at once."""
    steps = {name: len(others) for name, others in ahead.items()}
    ends = [name for name, count in steps.items() if count == 0]
    while ends:
        end = ends.pop()
        del steps[end]
        for name in behind[end]:
            if name in steps:
                steps[name] -= 1
                if steps[name] == 0:
                    ends.append(name)
    return set(steps)


def called_in(node: ast.AST) -> set[str]:
    """The names that are called, or given as `key=`, anywhere in a tree."""
    found: set[str] = set()
    for part in walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            found.add(part.func.id)
        if isinstance(part, ast.keyword) and part.arg == "key" and isinstance(part.value, ast.Name):
            found.add(part.value.id)
    return found
