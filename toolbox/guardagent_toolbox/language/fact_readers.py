"""Which clauses read which facts, also through helper functions: never less than what can be read when it runs."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from guardagent_toolbox.language.outline import Outline


def readers_of(outline: Outline, facts: Collection[str]) -> dict[str, list[str]]:
    """The facts that each clause may read, by clause id; empty for a program without facts.

    A clause that hands the table of facts to anything but a function of its own, or reads it by a key that is no
    constant, reads all facts.
    """
    if not facts:
        return {}
    trace = _Trace(outline, frozenset(facts))
    return {clause: sorted(trace.reads(name, "facts")) for name, clause in outline.clauses.items()}


class _Trace:
    """Follows the table of facts from function to function; no function calls itself, so this comes to an end."""

    def __init__(self, outline: Outline, facts: frozenset[str]) -> None:
        self._functions = outline.functions
        self._facts = facts
        self._known: dict[tuple[str, str], frozenset[str]] = {}

    def reads(self, function: str, parameter: str) -> frozenset[str]:
        """The facts that a function may read when its `parameter` is the table."""
        key = (function, parameter)
        if key not in self._known:
            # Should a circle slip through after all, it counts as reading everything.
            self._known[key] = self._facts
            self._known[key] = frozenset(self._reads(self._functions[function], parameter))
        return self._known[key]

    def _reads(self, function: ast.FunctionDef, table: str) -> Iterator[str]:
        explained: set[int] = set()
        for statement in function.body:
            for node in ast.walk(statement):
                if (read := _read_of(node, table)) is not None:
                    name, used = read
                    explained.add(id(used))
                    yield name
                elif isinstance(node, ast.Call):
                    for used, inner in self._handed_on(node, table):
                        explained.add(id(used))
                        yield from self.reads(*inner)
                elif isinstance(node, ast.Name) and node.id == table and id(node) not in explained:
                    yield from self._facts

    def _handed_on(self, call: ast.Call, table: str) -> Iterator[tuple[ast.expr, tuple[str, str]]]:
        """Each argument that is the table itself, with the function and parameter that get it."""
        target = self._functions.get(call.func.id) if isinstance(call.func, ast.Name) else None
        if target is None:
            return
        names = [parameter.arg for parameter in target.args.args]
        given = [*zip(names, call.args, strict=False), *((k.arg, k.value) for k in call.keywords if k.arg in names)]
        for name, value in given:
            if isinstance(value, ast.Name) and value.id == table and name is not None:
                yield value, (target.name, name)


def _read_of(node: ast.AST, table: str) -> tuple[str, ast.expr] | None:
    """The fact that `table["name"]` or `table.get("name", …)` reads, and the mention of the table in it."""
    if isinstance(node, ast.Subscript):
        mention, key = node.value, node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        mention, key = node.func.value, node.args[0]
    else:
        return None
    is_table = isinstance(mention, ast.Name) and mention.id == table
    if is_table and isinstance(key, ast.Constant) and type(key.value) is str:
        return key.value, mention
    return None


__all__ = ["readers_of"]
