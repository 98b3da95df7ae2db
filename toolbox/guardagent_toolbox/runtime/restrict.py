"""The second layer: RestrictedPython with our own rewriting, and a look at the bytecode that came out."""

from __future__ import annotations

import ast
import dis
import warnings
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import Any, Final, TypeVar

from RestrictedPython.compile import compile_restricted_exec
from RestrictedPython.transformer import RestrictingNodeTransformer

from guardagent_toolbox.vocabulary import CLAUSE_FUNCTION, FILENAME, MAX_PARTS, METHOD_NAMES

Node = TypeVar("Node", bound=ast.AST)

_OPERATOR_HOOKS: Final[dict[type[ast.operator], str]] = {
    ast.Add: "_add_", ast.Sub: "_sub_", ast.Mult: "_mul_", ast.Div: "_div_", ast.FloorDiv: "_floordiv_",
    ast.Mod: "_mod_", ast.BitOr: "_or_", ast.BitAnd: "_and_", ast.BitXor: "_xor_",
}  # fmt: skip

# Attributes, operators and subscripts have all become calls of hooks, so nothing of the kind may be left over.
_FORBIDDEN: Final = (
    "ATTR", "METHOD", "IMPORT", "STORE_GLOBAL", "DELETE", "BUILD_CLASS", "RAISE_VARARGS", "ASSERTION",
    "SUPER", "AWAIT", "ASYNC", "BEFORE_WITH", "WITH_EXCEPT", "CALL_FUNCTION_EX", "BINARY_", "MATCH", "LOAD_LOCALS",
    "EXCEPT_HANDLER", "PUSH_EXC", "SETUP_ANNOTATIONS",
)  # fmt: skip


class GuardTransformer(RestrictingNodeTransformer):
    """Rewrites operators, membership, texts, loops and helpers to calls of our hooks."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """`a + b` becomes `_add_(a, b)`."""
        node = self.node_contents_visit(node)
        hook = _OPERATOR_HOOKS.get(type(node.op))
        if hook is None:
            self.not_allowed(node)
            return node
        return _call(hook, [node.left, node.right], node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """`a in b` becomes `_contains_(a, b)`, and `a == b` becomes `a == _weighed_(b)`."""
        node = self.node_contents_visit(node)
        if not any(isinstance(op, ast.In | ast.NotIn) for op in node.ops):
            return _weighed_comparison(node)
        if len(node.ops) > 1:
            self.error(node, "`in` within a chain of comparisons is not allowed.")
            return node
        if _is_literal_collection(node.comparators[0]):
            if isinstance(node.comparators[0], ast.Set):
                node.left = _weighed(node.left)
            return node
        call = _call("_contains_", [node.left, node.comparators[0]], node)
        return call if isinstance(node.ops[0], ast.In) else _at(ast.UnaryOp(ast.Not(), call), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """`value.name(...)` becomes `_m_name_(value, ...)`."""
        if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            self.error(node, "Star-arguments are not allowed.")
        if not isinstance(node.func, ast.Attribute):
            return _one(super().visit_Call(node))
        if node.func.attr not in METHOD_NAMES:
            self.error(node, "This method is not available.")
        hook, value = f"_m_{node.func.attr}_", self.visit(node.func.value)
        arguments = [self.visit(argument) for argument in node.args]
        keywords = [self.visit(keyword) for keyword in node.keywords]
        call = _call(hook, [value, *arguments], node)
        call.keywords = keywords
        return call

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """An item is set under a key that is paid for; `_getitem_` sees to those that are read."""
        new = _one(super().visit_Subscript(node))
        if isinstance(new, ast.Subscript):
            new.slice = _weighed(new.slice)
        return new

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        """Keys are paid for."""
        node = self.node_contents_visit(node)
        node.keys = [key and _weighed(key) for key in node.keys]
        return node

    def visit_Set(self, node: ast.Set) -> ast.AST:
        """Members are paid for."""
        node = self.node_contents_visit(node)
        node.elts = [_weighed(member) for member in node.elts]
        return node

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        """Keys are paid for."""
        node = self.node_contents_visit(node)
        node.key = _weighed(node.key)
        return node

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        """Members are paid for."""
        node = self.node_contents_visit(node)
        node.elt = _weighed(node.elt)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """No value has attributes."""
        self.not_allowed(node)
        return node

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        """`{x}` becomes `{_show_(x)}`, and `{x!r}` becomes `{_literal_(x)}`."""
        node = self.node_contents_visit(node)
        hook = "_show_" if node.conversion == -1 else "_literal_"
        node.value = _call(hook, [node.value], node)
        node.conversion = -1
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """An f-string with values becomes `_text_(f"...")`; a format such as `.2f` stays as it is."""
        if not any(isinstance(part, ast.FormattedValue) for part in node.values):
            return node
        node = self.node_contents_visit(node)
        while len(node.values) > MAX_PARTS:
            groups = [node.values[start : start + MAX_PARTS] for start in range(0, len(node.values), MAX_PARTS)]
            node.values = [_at(ast.FormattedValue(_at(ast.JoinedStr(group), node), -1), node) for group in groups]
        return _call("_text_", [node], node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """A helper pays for each of its calls."""
        is_clause = CLAUSE_FUNCTION.match(node.name) is not None
        new = _one(super().visit_FunctionDef(node))
        if not is_clause and isinstance(new, ast.FunctionDef):
            new.body.insert(0, _at(ast.Expr(_call("_enter_", [], node)), node))
        return new

    def guard_iter(self, node: ast.For | ast.comprehension) -> ast.AST:
        """A loop over rows of plain names is checked once before it starts, not at every turn."""
        if isinstance(node.target, ast.Tuple) and _is_flat(node.target):
            node = self.node_contents_visit(node)
            node.iter = _call("_rows_", [node.iter], node.iter)
            return node
        return _one(super().guard_iter(node))

    def protect_unpack_sequence(self, target: ast.Tuple, value: ast.expr) -> ast.Call:
        """`a, b = row` of plain names is checked by the type of the row."""
        if _is_flat(target):
            return _call("_row_", [value], value)
        return super().protect_unpack_sequence(target, value)


def _one(node: Any) -> ast.AST:
    """The single node that RestrictedPython gives back for the kinds that we hand on."""
    if not isinstance(node, ast.AST):
        raise TypeError("RestrictedPython gave no single node")
    return node


def _call(hook: str, args: list[ast.expr], where: ast.AST) -> ast.Call:
    call = ast.Call(func=ast.Name(hook, ast.Load()), args=args, keywords=[])
    ast.copy_location(call, where)
    ast.copy_location(call.func, where)
    return call


def _at(node: Node, where: ast.AST) -> Node:
    return ast.fix_missing_locations(ast.copy_location(node, where))


def _is_brief(node: ast.expr) -> bool:
    """Whether a value is certainly quick to compare and to hash."""
    return isinstance(node, ast.Constant | ast.UnaryOp)


def _weighed(node: ast.expr) -> ast.expr:
    return node if _is_brief(node) else _call("_weighed_", [node], node)


def _weighed_comparison(node: ast.Compare) -> ast.Compare:
    """A comparison takes as long as the shorter of its sides, so that one of each two is paid for."""
    sides = [node.left, *node.comparators]
    node.comparators = [
        right if _is_brief(left) or isinstance(op, ast.Is | ast.IsNot) else _weighed(right)
        for left, op, right in zip(sides, node.ops, node.comparators, strict=False)
    ]
    return node


def _is_flat(target: ast.Tuple) -> bool:
    names = [e.value if isinstance(e, ast.Starred) else e for e in target.elts]
    return all(isinstance(name, ast.Name) for name in names)


def _is_literal_collection(node: ast.expr) -> bool:
    return isinstance(node, ast.Set | ast.List | ast.Tuple) and all(isinstance(e, ast.Constant) for e in node.elts)


def compile_restricted(
    tree: ast.Module, allowed_names: Iterable[str], *, transformer: type[RestrictingNodeTransformer] = GuardTransformer
) -> CodeType | list[tuple[int, str]]:
    """The code of a checked tree, or what RestrictedPython or the look at the bytecode objects to.

    `allowed_names` are all global names that the code may read. The tree is changed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = compile_restricted_exec(tree, FILENAME, policy=transformer)
    except SyntaxError as error:
        # A tree can be well formed and yet no program: `break` outside a loop, a parameter that stands twice.
        return [(error.lineno or 1, f"not valid Python: {error.msg}")]
    if result.errors or result.code is None:
        return [_place(text) for text in result.errors] or [(1, "RestrictedPython gave no code")]
    problem = next(_problems(result.code, frozenset(allowed_names)), None)
    return result.code if problem is None else [problem]


def _place(text: str) -> tuple[int, str]:
    """The line and the message in `Line 3: message`."""
    head, _, message = text.partition(": ")
    number = head.removeprefix("Line ")
    return (int(number) if number.isdecimal() else 1), message[:1].lower() + message[1:].rstrip(".")


def _problems(code: CodeType, allowed: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Instructions that a rewritten program cannot hold, whatever the rewriting believes that it did."""
    # Each unit of two bytes begins with an operation or holds none; taking the bytes of all for operations, and all
    # names for global ones, sees too much at most. Only where that finds something is the code taken apart.
    if not _SUSPECT.isdisjoint(code.co_code[::2]) or not allowed.issuperset(code.co_names):
        yield from _problems_in(code, allowed)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _problems(constant, allowed)


def _problems_in(code: CodeType, allowed: frozenset[str]) -> Iterator[tuple[int, str]]:
    for instruction in dis.get_instructions(code):
        name = instruction.opname
        line = (instruction.positions.lineno if instruction.positions else None) or code.co_firstlineno
        if _is_forbidden(name) or (name == "YIELD_VALUE" and code.co_name != "<genexpr>"):
            yield line, f"the instruction `{name}` is not available"
        if name in ("LOAD_GLOBAL", "LOAD_NAME") and instruction.argval not in allowed:
            yield line, f"unknown name `{instruction.argval}`"


def _is_forbidden(operation: str) -> bool:
    return any(part in operation for part in _FORBIDDEN)


# By number: what no program holds, and what only some may.
_SUSPECT: Final = frozenset(
    number for operation, number in dis.opmap.items() if _is_forbidden(operation) or operation == "YIELD_VALUE"
)
