"""Expressions of the guard language: an allow-list, with a rule for each kind that needs more than to be on it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from guardagent_toolbox.language.advice import unknown_name
from guardagent_toolbox.language.calls import CallRules
from guardagent_toolbox.language.instead import instead_of_node
from guardagent_toolbox.language.literals import constant_problem, is_modest, is_text
from guardagent_toolbox.language.outline import Errors, Outline
from guardagent_toolbox.vocabulary import ANSWERS, BUILTINS, INSTEAD_OF_NODE, MAX_ERRORS, MAX_WIDTH, NODES

Tools = Mapping[str, Callable[..., object]]


class ExpressionRules(ast.NodeVisitor):
    """Visits every node once; a node without a rule of its own needs only to be on the list."""

    def __init__(self, outline: Outline, tools: Tools) -> None:
        self.errors: Errors = []
        self.tools = tools
        self.outline = outline
        self.locals: frozenset[str] = frozenset()
        self.calls = CallRules(outline, tools, self.refuse)

    def refuse(self, node: ast.AST, message: str) -> None:
        """Notes an error at the line of a node."""
        self.errors.append((getattr(node, "lineno", 1), message))

    def visit(self, node: ast.AST) -> None:
        """Visits a node, until there are as many errors as anybody reads."""
        if len(self.errors) < MAX_ERRORS:
            super().visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        """Refuses what is not on the list, and looks into the rest."""
        if type(node) in NODES:
            super().generic_visit(node)
        else:
            self.refuse(node, instead_of_node(node))

    def visit_Name(self, node: ast.Name) -> None:
        """A name that is read as a value; names that are called never come here."""
        name = node.id
        if isinstance(node.ctx, ast.Store) or name in self.locals or name in self.outline.constants:
            return
        if name in self.outline.functions or name in self.tools or name in BUILTINS or name in ANSWERS:
            self.refuse(node, f"`{name}` is a function, not a value; call it: `{name}(...)`")
        else:
            self.refuse(node, unknown_name(name, self.tools, [*self.locals, *self.outline.constants]))

    def visit_Call(self, node: ast.Call) -> None:
        """A call is checked as a whole; see `CallRules`."""
        for part in self.calls.check(node, self.locals):
            # A lambda or generator that comes from there is where it may be; all others are refused below.
            if isinstance(part, ast.Lambda | ast.GeneratorExp):
                self.generic_visit(part)
            else:
                self.visit(part)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Refused, wherever it is not a key."""
        self.refuse(node, INSTEAD_OF_NODE["Lambda"])

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        """Refused, wherever it is not consumed at once."""
        self.refuse(node, "this is only available inside `any(...)`, `sum(...)` and the like; write a list `[...]`")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Refused: what is called never comes here."""
        steps = [node.attr]
        root = node.value
        while isinstance(root, ast.Attribute):
            steps.append(root.attr)
            root = root.value
        name = root.id if isinstance(root, ast.Name) else "value"
        items = "".join(f'["{step}"]' for step in reversed(steps))
        self.refuse(node, f"values have no attributes; write `{name}{items}`, or call a method")

    def visit_Starred(self, node: ast.Starred) -> None:
        """Refused: targets and displays never come here."""
        self.refuse(node, INSTEAD_OF_NODE["Starred"])

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Items and slices are read, items are set."""
        if isinstance(node.slice, ast.Slice) and isinstance(node.ctx, ast.Store):
            self.refuse(node, "a slice cannot be set; build a new list with `+`")
        self.visit(node.value)
        self.generic_visit(node.slice) if isinstance(node.slice, ast.Slice) else self.visit(node.slice)

    def visit_Slice(self, node: ast.Slice) -> None:
        """Refused: the slice of a subscript never comes here."""
        self.refuse(node, "a slice is written `values[start:stop]`")

    def visit_comprehension(self, node: ast.comprehension) -> None:
        """One loop of a comprehension."""
        if node.is_async:
            self.refuse(node.target, INSTEAD_OF_NODE["AsyncFor"])
        self.check_target(node.target)
        for part in (node.iter, *node.ifs):
            self.visit(part)

    def check_target(self, node: ast.expr) -> None:
        """Refuses what cannot be assigned to."""
        if isinstance(node, ast.Tuple):
            for element in node.elts:
                self.check_target(element.value if isinstance(element, ast.Starred) else element)
        elif isinstance(node, ast.Subscript):
            self.visit(node)
        elif not isinstance(node, ast.Name):
            self.refuse(node, "only names and items can be set: `name = value`, `d[key] = value`")

    def visit_Constant(self, node: ast.Constant) -> None:
        """See `constant_problem`."""
        problem = constant_problem(node.value)
        if problem:
            self.refuse(node, problem)

    def visit_Compare(self, node: ast.Compare) -> None:
        """`is` for the three that are unique, `in` only by itself."""
        memberships = sum(isinstance(op, ast.In | ast.NotIn) for op in node.ops)
        if memberships and len(node.ops) > 1:
            self.refuse(node, "write the comparisons one by one, with `and` between them")
        if any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops):
            sides = (node.left, *node.comparators)
            if not any(
                isinstance(s, ast.Constant) and (s.value is None or s.value is True or s.value is False) for s in sides
            ):
                self.refuse(node, "`is` only compares with None, True and False; write `==`")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Operators of the list, and no formatting with `%`."""
        if isinstance(node.op, ast.Mod) and is_text(node.left):
            self.refuse(node, "`%` does not work on texts; write an f-string")
        self.check_operator(node, node.op)
        self.visit(node.left)
        self.visit(node.right)

    def check_operator(self, node: ast.AST, op: ast.operator | ast.unaryop) -> None:
        """Refuses operators that are not on the list."""
        if type(op) not in NODES:
            self.refuse(node, INSTEAD_OF_NODE[type(op).__name__])

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        """Operators of the list."""
        self.check_operator(node, node.op)
        self.visit(node.operand)

    def visit_Dict(self, node: ast.Dict) -> None:
        """No `**`: what can be rewritten was, before this check."""
        for key in node.keys:
            if key is None:
                self.refuse(node, "`**` is not available here; write `a | b`")
            else:
                self.visit(key)
        for value in node.values:
            self.visit(value)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> None:
        """A value in an f-string, with a modest format."""
        if node.conversion not in (-1, ord("r"), ord("s")):
            self.refuse(node, "`!a` is not available; use `!r`")
        if node.format_spec is not None and not is_modest(node.format_spec):
            self.refuse(node, f"a format is written out and at most {MAX_WIDTH} wide, e.g. `:.2f` or `:>10`")
        self.visit(node.value)
