"""Constants and formats: what may be written out in a program."""

from __future__ import annotations

import ast

from guardagent_toolbox.vocabulary import FORMAT_SPEC, MAX_INTEGER, MAX_TEXT, MAX_WIDTH


def constant_problem(value: object) -> str:
    """Why a constant is refused; empty when it is not."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        return "" if abs(value) <= MAX_INTEGER else "a whole number has at most 15 digits"
    if isinstance(value, float):
        return "" if abs(value) < float("inf") else "the number is too large"
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            return f"a text has at most {MAX_TEXT} characters"
        return "the text holds half a character (lone surrogate)" if any(map(_is_surrogate, value)) else ""
    return f"a constant of type `{type(value).__name__}` is not available"


def _is_surrogate(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"


def is_text(node: ast.expr) -> bool:
    """Whether an expression is a text that is written out."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def is_none(node: ast.expr) -> bool:
    """Whether an expression is the word `None`."""
    return isinstance(node, ast.Constant) and node.value is None


def is_modest(spec: ast.expr) -> bool:
    """Whether a format spec is written out and asks for few characters."""
    if not isinstance(spec, ast.JoinedStr) or not all(isinstance(part, ast.Constant) for part in spec.values):
        return False
    text = "".join(str(part.value) for part in spec.values if isinstance(part, ast.Constant))
    match = FORMAT_SPEC.match(text)
    if match is None or any(map(_is_surrogate, text)):
        return False
    width, precision = match.group(2) or "0", (match.group(3) or ".0")[1:]
    return int(width) <= MAX_WIDTH and int(precision) <= MAX_WIDTH
