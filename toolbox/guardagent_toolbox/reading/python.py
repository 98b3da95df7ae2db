"""Python text to a syntax tree, with EHRAgent's bracket calls and unescaped quotes put right. Nothing is run."""

from __future__ import annotations

import ast
import re
import warnings

MAX_CODE = 16_000
# Python's parser takes as long as there are tokens: a program of that length has some 4,000, a hostile one 15,000.
_MAX_TOKENS = 6_000
_MOST_MENDED = 8_000

# For a syntax error CPython opens the file of this name to quote the line, and in a confined worker opening ends it.
# A name that no file system can encode is never opened.
_NO_FILE = "\ud800"

_TOKEN = re.compile(r"\w+|[^\w\s]")
_FENCE = re.compile(r"\s*```[a-zA-Z]*\n(.*?)(?:\n```\s*)?\Z", re.DOTALL)
_BRACKET_CALL = re.compile(r"\b(SQLInterpreter|Calendar|Calculate|LoadDB|FilterDB|GetValue)\s*\[")
_QUOTED_SQL = re.compile(r"\b(SQLInterpreter)\(\s*(['\"])(.*)\2\s*\)", re.DOTALL)
_BARE_SQL = re.compile(r"\b(SQLInterpreter)\(\s*((?:select|with)\b[^\n]*)\)", re.IGNORECASE)
# A string or comment, so that brackets inside it are not counted.
_SKIP = re.compile(r"'''.*?'''|\"\"\".*?\"\"\"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|#[^\n]*", re.DOTALL)


def parse_python(code: object) -> ast.Module | None:
    """The tree of a program; None for anything that is not readable Python, or too long."""
    if not isinstance(code, str) or len(code) > MAX_CODE:
        return None
    fenced = _FENCE.match(code)
    plain = fenced[1] if fenced else code
    tree = _parse(plain)
    if tree is not None or len(plain) > _MOST_MENDED:
        return tree
    # Mended only when needed, so that valid programs are read exactly as Python reads them.
    bracketed = _bracket_calls(plain.strip())
    quoted = _quote_sql(bracketed)
    mended = _parse(bracketed) if bracketed != plain else None
    return mended or (_parse(quoted) if quoted != bracketed else None)


def is_dense(code: object) -> bool:
    """Whether a program has more tokens than can be read within the time of a check."""
    return isinstance(code, str) and len(code) > _MAX_TOKENS and sum(1 for _ in _TOKEN.finditer(code)) > _MAX_TOKENS


def _parse(code: str) -> ast.Module | None:
    try:
        # A warning would be written to stderr with the source line read from a file.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code, filename=_NO_FILE)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _bracket_calls(code: str) -> str:
    """`SQLInterpreter[select …]` written as the call `SQLInterpreter('select …')`."""
    done: list[str] = []
    position = 0
    while match := _next_call(code, position):
        end = _closing_bracket(code, match.end())
        if end is None:
            break
        inside = code[match.end() : end]
        done += (code[position : match.start()], match[1], f"({_argument(inside)})")
        position = end + 1
    return "".join((*done, code[position:]))


def _next_call(code: str, position: int) -> re.Match[str] | None:
    """The next bracket call outside of strings and comments."""
    while match := _BRACKET_CALL.search(code, position):
        skipped = _SKIP.search(code, position)
        while skipped and skipped.end() <= match.start():
            skipped = _SKIP.search(code, skipped.end())
        if skipped is None or skipped.start() > match.start():
            return match
        position = skipped.end()
    return None


def _closing_bracket(code: str, start: int) -> int | None:
    depth = 1
    quote = ""
    for index in range(start, len(code)):
        character = code[index]
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "[]":
            depth += 1 if character == "[" else -1
            if depth == 0:
                return index
    return None


def _argument(inside: str) -> str:
    """What stood in the brackets, as Python: an expression if it reads as one that is quoted, else its text."""
    stripped = inside.strip()
    if stripped[:1] in ("'", '"') or stripped[:2].lower() in ('f"', "f'", 'r"', "r'"):
        return inside
    return repr(stripped)


def _quote_sql(code: str) -> str:
    """SQL with quotes of the kind that also stand round it, or with none round it, put into one string each."""
    lines = [_BARE_SQL.sub(_as_call, _QUOTED_SQL.sub(_as_call, line)) for line in code.split("\n")]
    return "\n".join(lines)


def _as_call(match: re.Match[str]) -> str:
    return f"{match[1]}({match[match.lastindex or 0]!r})"
