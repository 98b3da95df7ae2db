"""Size and nesting of a source, measured so that a hostile one cannot hurt whoever measures it."""

from __future__ import annotations

import ast
import re
from typing import Final

from guardagent_toolbox.language.trees import children
from guardagent_toolbox.vocabulary import MAX_CODE_NODES, MAX_DEPTH, MAX_ELIFS, MAX_LITERAL_NODES, MAX_SOURCE_BYTES

Errors = list[tuple[int, str]]

# Far above what MAX_DEPTH lets through later: these only keep Python's own parser from running out of stack.
_MAX_BRACKETS: Final = 60
_MAX_PREFIXES: Final = 60
_MAX_OPERATORS: Final = 1_000

# Plain texts and comments are opaque; what stands in an f-string is read as code, because it holds some.
# Three quotes begin a long text or nothing: taken for an empty text and a quote, each would be looked for to the end.
_QUOTED: Final = (
    r"""(?:'''(?:[^\\]|\\.)*?'''|\"{3}(?:[^\\]|\\.)*?\"{3}"""
    r"""|'(?!'')(?:[^'\\\n]|\\.)*'|"(?!"")(?:[^"\\\n]|\\.)*")"""
)
_CODE: Final = (
    r"(?P<word>[^\W\d]\w*)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<newline>\n)"
    r"|(?P<operator>[-+*/%~@|&^<>!.])|(?P<other>\S)"
)
_TOKEN: Final = re.compile(
    rf"(?P<comment>#[^\n]*)|(?P<template>(?:[fF][rR]?|[rR][fF]){_QUOTED})|(?P<text>[rRuUbB]{{0,2}}{_QUOTED})"
    rf"|(?P<unclosed>[\"'])|(?P<number>\d[\w.]*)|{_CODE}",
    re.DOTALL,
)
_INSIDE: Final = re.compile(_CODE)
# The last two ranges turn the direction of writing: a reviewer would read another program than the one that runs.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufeff\u202a-\u202e\u2066-\u2069]")
_OPERATOR_WORDS: Final = frozenset({"not", "if", "else", "and", "or", "lambda", "in", "is", "await", "for", "yield"})
_PREFIXES: Final = frozenset({"-", "+", "~", "*", "not", "lambda", "await"})


def check_text(source: str) -> Errors:
    """What keeps the text from being parsed at all; empty when the parser may have it."""
    try:
        size = len(source.encode("utf-8"))
    except UnicodeEncodeError:
        return [(1, "the source holds half a character (lone surrogate); remove it")]
    if size > MAX_SOURCE_BYTES:
        return [
            (1, f"the source has {size} bytes, at most {MAX_SOURCE_BYTES} are read; shorten it or split the policy")
        ]
    found = _CONTROL.search(source)
    if found:
        return [(source.count("\n", 0, found.start()) + 1, "the source holds a control character; remove it")]
    return _Scan().errors_in(source)


class _Scan:
    """Counts what makes Python's parser recurse."""

    def __init__(self) -> None:
        self.line = 1
        self.depth = 0
        self.prefixes = 0
        self.operators = 0

    def errors_in(self, source: str) -> Errors:
        for token in _TOKEN.finditer(source):
            kind, text = token.lastgroup or "", token.group()
            if kind == "unclosed":
                return [(self.line, "a text is not closed; end it with the quote that it begins with")]
            if self._is_too_deep(kind, text) or (kind == "template" and self._is_too_deep_inside(text)):
                return [(self.line, "the expression is nested too deeply; put its parts into variables")]
            self.line += text.count("\n")
        return []

    def _is_too_deep_inside(self, template: str) -> bool:
        depth = self.depth
        too_deep = any(self._is_too_deep(t.lastgroup or "", t.group()) for t in _INSIDE.finditer(template))
        # The words of an f-string may hold single brackets; they must not count for the code that follows.
        self.depth = depth
        return too_deep

    def _is_too_deep(self, kind: str, text: str) -> bool:
        if kind == "newline" and self.depth <= 0:
            self.operators = 0
        self.depth += (kind == "open") - (kind == "close")
        self.operators += kind == "operator" or text in _OPERATOR_WORDS
        if kind not in ("newline", "comment", "open"):
            self.prefixes = self.prefixes + 1 if text in _PREFIXES else 0
        return self.depth > _MAX_BRACKETS or self.prefixes > _MAX_PREFIXES or self.operators > _MAX_OPERATORS


def check_tree(tree: ast.Module) -> Errors:
    """What makes the tree too large or too deep for the later steps, which recurse."""
    literals = [node for node in tree.body if isinstance(node, ast.Assign) and _is_literal(node.value)]
    spared = {id(node) for node in literals}
    code, table = 0, 0
    level: list[tuple[ast.AST, bool, int]] = [(tree, False, 0)]
    for _depth in range(MAX_DEPTH):
        below: list[tuple[ast.AST, bool, int]] = []
        while level:
            node, in_table, elifs = level.pop()
            in_table = in_table or id(node) in spared
            code, table = code + (not in_table), table + in_table
            if elifs > MAX_ELIFS:
                return [(_line(node), f"more than {MAX_ELIFS} `elif` in a row; look the answer up in a dict")]
            chained = _elif(node)
            for child in children(node):
                if child is chained:
                    level.append((child, in_table, elifs + 1))
                else:
                    below.append((child, in_table, 0))
        if code > MAX_CODE_NODES:
            return [(1, f"the program has more than {MAX_CODE_NODES} parts; put what repeats into tables or helpers")]
        if table > MAX_LITERAL_NODES:
            return [(1, f"the tables have more than {MAX_LITERAL_NODES} entries; shorten them or split the policy")]
        if not below:
            return []
        level = below
    return [(_line(level[0][0]), f"nested more than {MAX_DEPTH} levels deep; put the parts into variables or helpers")]


def _elif(node: ast.AST) -> ast.AST | None:
    """The `elif` of an `if`; it stands at the same level for a reader, and so it is counted."""
    if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        return node.orelse[0]
    return None


def _is_literal(node: ast.AST) -> bool:
    """Whether a value holds nothing but constants; walked without recursion."""
    allowed = (ast.Constant, ast.Dict, ast.List, ast.Tuple, ast.Set, ast.UnaryOp, ast.USub)
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, allowed):
            return False
        waiting += children(one)
    return True


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 1)
