"""Annotations, cut out of the text so that layout and comments stay as the author has them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from guardagent_toolbox.language.trees import walk
from guardagent_toolbox.vocabulary import FILENAME


def without_annotations(source: str, tree: ast.Module) -> str:
    """The source without its annotations; the same text when there are none, or when cutting would change more."""
    spans = sorted(_spans(source, tree), reverse=True)
    if not spans:
        return source
    text = source.encode()
    for start, end in spans:
        text = text[:start] + text[end:]
    cut = text.decode()
    try:
        is_same = ast.dump(ast.parse(cut, FILENAME)) == ast.dump(_Bare().visit(ast.parse(source, FILENAME)))
    except SyntaxError:
        return source
    return cut if is_same else source


class _Bare(ast.NodeTransformer):
    """Takes the annotations out of a tree; what the cut text must parse to."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        return node if node.value is None else ast.Assign([node.target], node.value)


def _spans(source: str, tree: ast.Module) -> Iterator[tuple[int, int]]:
    """Where the annotations stand, in bytes of the UTF-8 text."""
    annotated = [node for node in walk(tree) if _is_annotated(node)]
    if not annotated:
        return
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line.encode()) + 1)
    text = source.encode()
    for node in annotated:
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            yield _end(node.target, starts), _end(node.annotation, starts)
        elif isinstance(node, ast.arg) and node.annotation is not None:
            # The name in the tree may be shorter than in the text: Python brings letters to their plain form.
            colon = text.index(b":", starts[node.lineno - 1] + node.col_offset)
            yield len(text[:colon].rstrip(b" ")), _end(node.annotation, starts)
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            arrow = text.rfind(b"->", 0, starts[node.returns.lineno - 1] + node.returns.col_offset)
            before = text[:arrow].rstrip(b" ")
            yield len(before), _end(node.returns, starts)


def _is_annotated(node: ast.AST) -> bool:
    if isinstance(node, ast.arg):
        return node.annotation is not None
    return isinstance(node, ast.AnnAssign) or (isinstance(node, ast.FunctionDef) and node.returns is not None)


def _end(node: ast.expr, starts: list[int]) -> int:
    return starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
