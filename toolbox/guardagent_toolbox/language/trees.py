"""Walking syntax trees. Compiling goes over a tree a dozen times, and `ast.walk` takes three times as long."""

from __future__ import annotations

import ast
from typing import Final

# Never nodes that anybody looks for: names and positions; whether a name is read or set stands in the node above.
_LEAVES: Final = frozenset({"ctx", "id", "attr", "type_comment", "kind", "conversion", "is_async", "simple", "level"})
_FIELDS: Final[dict[type, tuple[str, ...]]] = {
    kind: tuple(field for field in kind._fields if field not in _LEAVES)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
} | {ast.Constant: ()}


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below one, in the order of their fields, without `Load`, `Store` and `Del`."""
    found: list[ast.AST] = []
    for field in _FIELDS[type(node)]:
        value = getattr(node, field, None)
        if type(value) is list:
            found += [member for member in value if isinstance(member, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(tree: ast.AST) -> list[ast.AST]:
    """The node and all below it, level by level as `ast.walk` gives them, without `Load`, `Store` and `Del`."""
    found = [tree]
    for node in found:
        # As in `children`, but without a list for each node.
        for field in _FIELDS[type(node)]:
            value = getattr(node, field, None)
            if type(value) is list:
                found += [member for member in value if isinstance(member, ast.AST)]
            elif isinstance(value, ast.AST):
                found.append(value)
    return found


__all__ = ["children", "walk"]
