"""Idioms of Python that the language writes in another way, with the same meaning."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable

from guardagent_toolbox.language.rewrite_calls import at, call_of
from guardagent_toolbox.vocabulary import BUILTINS, CHANGERS, MAX_INTEGER, TYPE_NAMES

# What is written twice may hold so many parts; without a bound, nests would double at each level.
_MOST_TWICE = 30
_MOST_POWER = 3
_MAX_SHIFT = 50
_PERCENT = re.compile(r"%(?:(%)|(\.\d{1,2}f)|([srd]))?")
_BRACES = re.compile(r"(\{\{|\}\})|\{(\d{1,2}|[A-Za-z]\w*)?(?:!(r))?(?::([^{}!]{1,12}))?\}|[{}]", re.ASCII)


def is_repeatable(node: ast.AST) -> bool:
    """Whether an expression may be evaluated twice: that changes nothing, and costs little."""
    parts = list(ast.walk(node))
    return len(parts) <= _MOST_TWICE and not any(_may_change(part) for part in parts)


def _may_change(part: ast.AST) -> bool:
    if isinstance(part, ast.NamedExpr):
        return True
    func = part.func if isinstance(part, ast.Call) else None
    if isinstance(func, ast.Attribute):
        return func.attr in CHANGERS
    return isinstance(func, ast.Name) and func.id not in BUILTINS


def rewrite_idiom(node: ast.Call) -> ast.expr:
    """The call, or what the language writes instead of it."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if node.keywords and name:
        return node
    if name == "next":
        return _next(node) or node
    if name == "len" and len(node.args) == 1:
        return _bytes(node) or node
    if name == "divmod" and len(node.args) == 2 and all(map(is_repeatable, node.args)):
        left, right = node.args
        parts: list[ast.expr] = [
            ast.BinOp(left, ast.FloorDiv(), right),
            ast.BinOp(copy.deepcopy(left), ast.Mod(), copy.deepcopy(right)),
        ]
        return at(ast.Tuple(parts, ast.Load()), node)
    return _formatted(node) or node


def without_stars(node: ast.Call) -> ast.expr:
    """`set().union(*a, b)` as `{item for part in [*a, b] for item in part}`, `max(*a, b)` as `max([*a, b])`."""
    if not any(isinstance(argument, ast.Starred) for argument in node.args):
        return node
    func = node.func
    values = ast.List(node.args, ast.Load())
    if isinstance(func, ast.Name) and func.id in ("max", "min"):
        return at(ast.Call(func, [values], node.keywords), node)
    if not isinstance(func, ast.Attribute) or func.attr != "union" or node.keywords:
        return node
    empty = func.value
    is_call = isinstance(empty, ast.Call) and isinstance(empty.func, ast.Name) and empty.func.id == "set"
    is_empty = is_call and isinstance(empty, ast.Call) and not (empty.args or empty.keywords)
    if not is_empty:
        values.elts = [empty, *values.elts]
    outer = ast.comprehension(ast.Name("part", ast.Store()), values, [], 0)
    inner = ast.comprehension(ast.Name("item", ast.Store()), ast.Name("part", ast.Load()), [], 0)
    return at(ast.SetComp(ast.Name("item", ast.Load()), [outer, inner]), node)


def _next(node: ast.Call) -> ast.expr | None:
    """`next((x for ...), d)` as `([x for ...] or [d])[0]`."""
    values = node.args[0] if node.args else None
    if isinstance(values, ast.Call) and isinstance(values.func, ast.Name) and values.func.id == "iter":
        values = call_of("list", values.args[0]) if len(values.args) == 1 else None
    elif not isinstance(values, ast.ListComp | ast.GeneratorExp):
        return None
    if values is None or len(node.args) > 2:
        return None
    if isinstance(values, ast.GeneratorExp):
        values = ast.ListComp(values.elt, values.generators)
    if len(node.args) == 2:
        values = ast.BoolOp(ast.Or(), [values, ast.List([node.args[1]], ast.Load())])
    return at(ast.Subscript(values, ast.Constant(0), ast.Load()), node)


def _bytes(node: ast.Call) -> ast.expr | None:
    """`len(text.encode())` as `count_bytes(text)`."""
    encoded = node.args[0]
    if not isinstance(encoded, ast.Call) or not isinstance(encoded.func, ast.Attribute):
        return None
    names = [argument.value for argument in encoded.args if isinstance(argument, ast.Constant)]
    is_utf8 = not encoded.keywords and names in ([], ["utf-8"], ["utf8"], ["UTF-8"]) and len(encoded.args) == len(names)
    return at(call_of("count_bytes", encoded.func.value), node) if encoded.func.attr == "encode" and is_utf8 else None


def _formatted(node: ast.Call) -> ast.expr | None:
    """`"{} of {n}".format(a, n=b)` as an f-string; None where a field is more than a number or a name."""
    func = node.func
    if not isinstance(func, ast.Attribute) or func.attr != "format" or not isinstance(func.value, ast.Constant):
        return None
    text = func.value.value
    if not isinstance(text, str) or any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    given: dict[str, ast.expr] = {str(number): argument for number, argument in enumerate(node.args)}
    given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    automatic = iter(range(len(node.args)))

    def field(match: re.Match[str]) -> ast.expr | None:
        if match[1]:
            return ast.Constant(match[1][0])
        if len(match.group()) == 1:
            return None
        value = given.get(match[2] or str(next(automatic, "")))
        return None if value is None else _field(value, literal=match[3] is not None, spec=match[4])

    used = len(given)
    return _joined(text, _BRACES, field, node) if used <= text.count("{") else None


def rewrite_percent(node: ast.BinOp) -> ast.expr:
    """`"%s of %d" % (a, b)` as an f-string; the same where a field is more than that."""
    text = node.left.value if isinstance(node.left, ast.Constant) else None
    if not isinstance(node.op, ast.Mod) or not isinstance(text, str):
        return node
    values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
    waiting = iter(values)

    def field(match: re.Match[str]) -> ast.expr | None:
        if match[1]:
            return ast.Constant("%")
        value = next(waiting, None) if match[2] or match[3] else None
        return None if value is None else _field(value, literal=match[3] == "r", spec=match[2])

    new = _joined(text, _PERCENT, field, node)
    return node if new is None or next(waiting, None) is not None else new


def _field(value: ast.expr, *, literal: bool, spec: str | None) -> ast.expr:
    format_spec = ast.JoinedStr([ast.Constant(spec)]) if spec else None
    return ast.FormattedValue(value, ord("r") if literal else -1, format_spec)


def _joined(
    text: str, pattern: re.Pattern[str], field: Callable[[re.Match[str]], ast.expr | None], where: ast.expr
) -> ast.expr | None:
    """The text with its fields as an f-string; None when one of them cannot be."""
    parts: list[ast.expr] = []
    end = 0
    for match in pattern.finditer(text):
        part = field(match)
        if part is None:
            return None
        parts += [ast.Constant(text[end : match.start()]), part]
        end = match.end()
    parts.append(ast.Constant(text[end:]))
    return at(ast.JoinedStr([p for p in parts if not isinstance(p, ast.Constant) or p.value]), where)


def rewrite_power(node: ast.BinOp) -> ast.expr:
    """`2 ** 10` and `1 << 10` calculated, `x ** 2` as `x * x`; any other as it is."""
    left = node.left.value if isinstance(node.left, ast.Constant) else None
    right = node.right.value if isinstance(node.right, ast.Constant) else None
    if type(right) is not int or not 0 <= right <= _MAX_SHIFT:
        return node
    if type(left) is int and abs(left) <= MAX_INTEGER:
        result = _calculated(left, node.op, right)
        return node if result is None else at(ast.Constant(result), node)
    if isinstance(node.op, ast.Pow) and 2 <= right <= _MOST_POWER and is_repeatable(node.left):
        product: ast.expr = node.left
        for _factor in range(right - 1):
            product = ast.BinOp(product, ast.Mult(), copy.deepcopy(node.left))
        return at(product, node)
    return node


def _calculated(left: int, op: ast.operator, right: int) -> int | None:
    if isinstance(op, ast.LShift):
        result = left << right
    elif isinstance(op, ast.Pow) and left.bit_length() * right <= 64:
        result = left**right
    else:
        return None
    return result if abs(result) <= MAX_INTEGER else None


def rewrite_type_test(node: ast.Compare) -> ast.expr:
    """`type(x) is str` as `isinstance(x, str)`; any other comparison as it is."""
    tested = node.left
    if not isinstance(tested, ast.Call) or not isinstance(tested.func, ast.Name) or tested.func.id != "type":
        return node
    if len(node.ops) != 1 or len(tested.args) != 1 or tested.keywords or not is_repeatable(tested.args[0]):
        return node
    op, wanted = node.ops[0], node.comparators[0]
    is_one = isinstance(op, ast.Is | ast.Eq | ast.IsNot | ast.NotEq)
    several = wanted.elts if isinstance(wanted, ast.Tuple | ast.List | ast.Set) else []
    names = [wanted] if is_one else several if isinstance(op, ast.In | ast.NotIn) else []
    kinds = [name.id for name in names if isinstance(name, ast.Name) and name.id in TYPE_NAMES]
    if not kinds or len(kinds) != len(names):
        return node
    value = tested.args[0]
    test: ast.expr = _isinstance(value, kinds)
    if "int" in kinds and "bool" not in kinds:
        test = ast.BoolOp(ast.And(), [test, ast.UnaryOp(ast.Not(), _isinstance(copy.deepcopy(value), ["bool"]))])
    return at(ast.UnaryOp(ast.Not(), test) if isinstance(op, ast.IsNot | ast.NotEq | ast.NotIn) else test, node)


def _isinstance(value: ast.expr, kinds: list[str]) -> ast.Call:
    names: list[ast.expr] = [ast.Name(kind, ast.Load()) for kind in kinds]
    wanted = names[0] if len(names) == 1 else ast.Tuple(names, ast.Load())
    return ast.Call(ast.Name("isinstance", ast.Load()), [value, wanted], [])


def rewrite_chain(node: ast.Compare) -> ast.expr:
    """`a != b not in c` as `a != b and b not in c`; any other comparison as it is."""
    if len(node.ops) < 2 or not any(isinstance(op, ast.In | ast.NotIn) for op in node.ops):
        return node
    if not all(map(is_repeatable, node.comparators[:-1])):
        return node
    sides = [node.left, *node.comparators]
    links: list[ast.expr] = []
    for number, (op, right) in enumerate(zip(node.ops, node.comparators, strict=True)):
        left = sides[number] if number == 0 else copy.deepcopy(sides[number])
        links.append(ast.Compare(left, [op], [right]))
    return at(ast.BoolOp(ast.And(), links), node)
