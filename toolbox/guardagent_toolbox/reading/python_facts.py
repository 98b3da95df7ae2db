"""How a Python program is built, as plain data that a policy can compare; nothing of it is run."""

from __future__ import annotations

import ast
import math

_MOST_ITEMS = 100
_MAX_LITERAL_DEPTH = 6
_MOST_STEPS = 30


_PLACED = (ast.expr, ast.stmt, ast.ExceptHandler)
_Placed = ast.expr | ast.stmt | ast.ExceptHandler


def facts_of_python(tree: ast.Module) -> dict[str, object]:
    """What a policy asks of a program."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, _PLACED)]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    names = _Names(nodes)
    inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    documentation = {id(text) for node in (tree, *nodes) if (text := _docstring(node)) is not None}
    return {
        "imports": _imports(nodes),
        "calls": [_call(node, names) for node in nodes if isinstance(node, ast.Call)],
        "names": sorted({node.id for node in nodes if isinstance(node, ast.Name)}),
        "attributes": sorted(
            {names.of(node) for node in nodes if isinstance(node, ast.Attribute) and id(node) not in inner}
        ),
        "writes": [
            {"name": names.of(node), "line": node.lineno}
            for node in nodes
            if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del)
        ],
        "texts": [
            {"text": node.value, "line": node.lineno}
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
        ],
        "functions": [
            _function(node, names) for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ],
        "classes": [_class(node, names) for node in nodes if isinstance(node, ast.ClassDef)],
        "handlers": [_handler(node, names) for node in nodes if isinstance(node, ast.ExceptHandler)],
        "docstring": _docstring(tree) is not None,
        "globals": sorted(
            {name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
        ),
    }


class _Names:
    """Dotted names, with what was imported under another name led back to where it comes from."""

    def __init__(self, nodes: list[_Placed]) -> None:
        self._imported: dict[str, str] = {}
        for node in nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.asname:
                        self._imported[alias.asname] = alias.name
            elif isinstance(node, ast.ImportFrom):
                front = "." * node.level + (node.module or "")
                for alias in node.names:
                    self._imported[alias.asname or alias.name] = f"{front}.{alias.name}" if node.module else alias.name

    def of(self, node: ast.expr) -> str:
        """The dotted name of a callee or target; "?" for the part that has none."""
        steps: list[str] = []
        while len(steps) < _MOST_STEPS:
            if isinstance(node, ast.Attribute):
                steps.append(node.attr)
                node = node.value
            elif isinstance(node, ast.Subscript):
                node = node.value
            elif isinstance(node, ast.Name):
                steps.append(self._imported.get(node.id, node.id))
                break
            elif isinstance(node, ast.Call) and (found := self._looked_up(node)):
                steps.append(found[1])
                if found[0] is None:
                    break
                node = found[0]
            else:
                steps.append("?")
                break
        else:
            steps.append("?")
        return ".".join(reversed(steps))

    def _looked_up(self, node: ast.Call) -> tuple[ast.expr | None, str] | None:
        """What `getattr(x, "name")` and `__import__("name")` stand for; None for any other call."""
        owner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        if not isinstance(owner, ast.Name):
            return None
        called = self.of(node.func)
        literal = node.args[-1] if node.args else None
        text = literal.value if isinstance(literal, ast.Constant) else None
        if called in ("__import__", "importlib.import_module") and len(node.args) == 1 and isinstance(text, str):
            return None, text
        if called == "getattr" and len(node.args) == 2 and isinstance(text, str):
            return node.args[0], text
        return None


def _imports(nodes: list[_Placed]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for node in nodes:
        if isinstance(node, ast.Import):
            found += [
                {"module": alias.name, "name": None, "alias": alias.asname, "line": node.lineno} for alias in node.names
            ]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found += [
                {"module": module, "name": alias.name, "alias": alias.asname, "line": node.lineno}
                for alias in node.names
            ]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in ("__import__", "import_module"):
                first = node.args[0] if node.args else None
                module = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else "?"
                found.append({"module": module, "name": None, "alias": None, "line": node.lineno})
    return found


def _call(node: ast.Call, names: _Names) -> dict[str, object]:
    return {
        "name": names.of(node.func),
        "arguments": [_literal(argument, 0) for argument in node.args[:_MOST_ITEMS]],
        "keywords": {keyword.arg or "**": _literal(keyword.value, 0) for keyword in node.keywords[:_MOST_ITEMS]},
        "line": node.lineno,
    }


def _literal(node: ast.expr | None, depth: int) -> object:
    """The value that is written out; None for None and for everything else."""
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        return value if isinstance(value, str | int) and _is_short(value) else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _literal(node.operand, depth)
        return -inner if isinstance(inner, int | float) and not isinstance(inner, bool) else None
    if depth >= _MAX_LITERAL_DEPTH:
        return None
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [_literal(item, depth + 1) for item in node.elts[:_MOST_ITEMS]]
    if isinstance(node, ast.Dict):
        pairs = [(_literal(k, depth + 1), v) for k, v in zip(node.keys, node.values, strict=True)]
        return {key: _literal(value, depth + 1) for key, value in pairs[:_MOST_ITEMS] if isinstance(key, str)}
    return None


def _is_short(value: str | int) -> bool:
    """Whether a whole number can be written down as JSON."""
    return isinstance(value, str | bool) or abs(value) < 10**18


def _docstring(node: ast.AST) -> ast.Constant | None:
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or not node.body:
        return None
    first = node.body[0]
    text = first.value if isinstance(first, ast.Expr) else None
    return text if isinstance(text, ast.Constant) and isinstance(text.value, str) else None


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, names: _Names) -> dict[str, object]:
    given = node.args
    plain = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    starred = [argument for argument in (given.vararg, given.kwarg) if argument is not None]
    others = [*plain, *starred]
    # The receiver of a method is never annotated.
    annotated = others[1:] if others and others[0].arg in ("self", "cls") else others
    return {
        "name": node.name,
        "line": node.lineno,
        "lines": (node.end_lineno or node.lineno) - node.lineno + 1,
        "parameters": [argument.arg for argument in others],
        "docstring": _docstring(node) is not None,
        "annotated": node.returns is not None and all(a.annotation is not None for a in annotated),
        "decorators": [names.of(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list],
        "async": isinstance(node, ast.AsyncFunctionDef),
    }


def _class(node: ast.ClassDef, names: _Names) -> dict[str, object]:
    return {
        "name": node.name,
        "line": node.lineno,
        "bases": [names.of(base) for base in node.bases],
        "docstring": _docstring(node) is not None,
    }


def _handler(node: ast.ExceptHandler, names: _Names) -> dict[str, object]:
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type] if node.type is not None else []
    return {
        "types": [names.of(kind) for kind in kinds],
        "silent": all(isinstance(statement, ast.Pass) for statement in node.body),
        "line": node.lineno,
    }
