"""The guard language: which trees are programs.

An allow-list over the syntax tree. Whatever is not named here, in `expressions`, `calls` or `vocabulary` is refused,
with the line and what to write instead.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from guardagent_toolbox.language.advice import unknown_import
from guardagent_toolbox.language.expressions import ExpressionRules, Tools
from guardagent_toolbox.language.facts import check_fact_uses
from guardagent_toolbox.language.literals import is_none, is_text
from guardagent_toolbox.language.outline import Errors, Outline
from guardagent_toolbox.language.scopes import check_name, locals_of, recursion
from guardagent_toolbox.language.trees import walk
from guardagent_toolbox.vocabulary import ANSWERS, CHANGERS, CLAUSE_FUNCTION

# What certainly is no answer; the rest is seen when the program runs.
_NO_ANSWER = (ast.Constant, ast.JoinedStr, ast.Dict, ast.List, ast.Compare)


def check_language(
    tree: ast.Module, outline: Outline, facts: Mapping[str, dict[str, Any]] | None, tools: Tools
) -> Errors:
    """Everything in the tree that is not in the language, by line; None for facts that could not be read."""
    rules = _Rules(outline, tools)
    for node in tree.body:
        rules.check_top(node)
    errors = [*outline.errors, *rules.errors, *recursion(outline.functions)]
    if facts is not None:
        errors += check_fact_uses(tree, facts)
    return sorted(set(errors))


class _Rules(ExpressionRules):
    """The rules of statements, on top of those of expressions."""

    _clause = False

    def check_top(self, node: ast.stmt) -> None:
        """Checks one statement of the top level."""
        if isinstance(node, ast.FunctionDef):
            self._check_function(node)
            return
        self.locals = locals_of(node)
        if isinstance(node, ast.Assign):
            for name in sorted(self.locals - ({"FACTS"} if node is self.outline.facts else set())):
                check_name(node, name, self.tools, self.refuse, self.outline)
            for call in walk(node.value):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in CHANGERS:
                    self.refuse(call, "constants are made, not changed; write the value as one expression")
        self.visit(node)

    def _check_function(self, node: ast.FunctionDef) -> None:
        check_name(node, node.name, self.tools, self.refuse)
        self.locals = locals_of(node)
        self._clause = CLAUSE_FUNCTION.match(node.name) is not None
        if node.decorator_list:
            self.refuse(node, "decorators are not available; remove `@...`")
        given = node.args
        if given.vararg or given.kwarg or given.posonlyargs or given.kwonlyargs:
            self.refuse(node, "parameters are plain names with or without a default: no `*`, `**` or `/`")
        names = [arg.arg for arg in given.args]
        if self._clause and (names != ["event", "facts"] or given.defaults):
            self.refuse(node, f"a clause function is written `def {node.name}(event, facts):`")
        for default in given.defaults:
            self._check_default(default)
        for name in sorted(self.locals):
            check_name(node, name, self.tools, self.refuse, self.outline)
        for statement in node.body:
            self.visit(statement)

    def _check_default(self, node: ast.expr) -> None:
        value = node.operand if isinstance(node, ast.UnaryOp) else node
        parts = value.elts if isinstance(value, ast.Tuple) else [value]
        if all(isinstance(part, ast.Constant) for part in parts):
            self.visit(node)
        elif not (isinstance(value, ast.Name) and value.id in self.outline.constants):
            self.refuse(node, "a default is a number, a text, None, a tuple of these or the name of a constant")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.refuse(node, f"`{node.name}` is defined inside a function; move it to the top level")

    def visit_Import(self, node: ast.Import) -> None:
        self.refuse(node, unknown_import([alias.name for alias in node.names], self.tools))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        names = [alias.name for alias in node.names]
        self.refuse(node, unknown_import([*names, node.module or ""], self.tools))

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self.check_target(target)
        self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        # What can be rewritten was, before this check; see `normalise`.
        if not isinstance(node.target, ast.Name):
            self.refuse(node, "write this as a plain assignment, `d[key] = d[key] + value`, with a plain key")
        self.check_operator(node, node.op)
        self.visit(node.value)

    def visit_For(self, node: ast.For) -> None:
        self.check_target(node.target)
        for part in (node.iter, *node.body, *node.orelse):
            self.visit(part)

    def visit_Expr(self, node: ast.Expr) -> None:
        """A result that nobody uses is a slip; with `violation(...)` it would let everything pass."""
        value = node.value
        if isinstance(value, ast.Constant) and is_text(value):
            return
        if isinstance(value, ast.Call):
            problem = self.calls.unused(value)
            if problem:
                self.refuse(node, problem)
        else:
            self.refuse(node, "this value is not used; assign it, return it or remove it")
        self.visit(value)

    def visit_Return(self, node: ast.Return) -> None:
        value = node.value
        if self._clause and isinstance(value, _NO_ANSWER) and not is_none(value):
            self.refuse(
                node, f"a clause function returns None (pass), {', '.join(f'{a}(...)' for a in sorted(ANSWERS))}"
            )
        if value is not None:
            self.visit(value)
