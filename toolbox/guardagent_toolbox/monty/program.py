"""From source in the guard language to the text that Monty runs; nothing of the source is run on the way.

The text is the same restricted program that the confined worker runs, with every operator, loop and method already a
call of a hook, inside a function that makes its constants and functions anew for every event. So nothing that a program
finds to write to outlives the event.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, Final

from guardagent_toolbox.compiler import restricted
from guardagent_toolbox.language.outline import Errors
from guardagent_toolbox.language.reading import TOO_DEEP, Reading, Tools, read_source
from guardagent_toolbox.vocabulary import ANSWERS, BUILTINS

MAKE: Final = "_make_"


@dataclass(frozen=True, slots=True)
class MontyProgram:
    """A program for Monty; `places` leads (line, column) of its text back to lines of the source."""

    source: str
    text: str
    clauses: tuple[str, ...]
    helpers: tuple[str, ...]
    tools: tuple[str, ...]
    facts: dict[str, dict[str, Any]]
    places: tuple[tuple[int, int, int], ...]
    facts_of: dict[str, list[str]] = field(default_factory=dict)


def compile_for_monty(source: str, tools: Tools) -> MontyProgram | Errors:
    """The program of a source, or its errors as (line, message that says what to write instead).

    What goes wrong while constants are calculated shows only when the program is loaded.
    """
    reading = read_source(source, tools)
    if not isinstance(reading, Reading):
        return reading
    try:
        return _compile(reading, tools)
    except (RecursionError, MemoryError):
        return TOO_DEEP


def _compile(reading: Reading, tools: Tools) -> MontyProgram | Errors:
    tree, facts_of = reading.tree, reading.facts_of
    code = restricted(tree, reading.outline, tools)
    if not isinstance(code, CodeType):
        return code
    words = _words(tree, reading)
    _ForMonty(set(reading.tools)).visit(tree)
    module = ast.fix_missing_locations(ast.Module([*words.body, _maker(tree, reading)], []))
    text = ast.unparse(module) + "\n"
    return MontyProgram(
        reading.source,
        text,
        reading.clauses,
        reading.outline.helpers,
        reading.tools,
        reading.facts,
        tuple(_places(module, ast.parse(text))),
        facts_of,
    )


def _words(tree: ast.Module, reading: Reading) -> ast.Module:
    """The names that the program uses and does not define, each set to what the runtime has for it."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    hooks = sorted(name for name in used if name in ANSWERS or (_is_hook(name) and name != "_"))
    lines = [
        f"_words_ = _words_of_({list(reading.tools)!r})",
        *(f"{name} = _words_[{name!r}]" for name in hooks),
        *(f"_b_{name}_ = _words_['__builtins__'][{name!r}]" for name in sorted(used & BUILTINS)),
        *(f"_t_{name}_ = _words_[{name!r}]" for name in reading.tools),
    ]
    return ast.parse("\n".join(lines))


def _is_hook(name: str) -> bool:
    return name.startswith("_") and name.endswith("_")


def _maker(tree: ast.Module, reading: Reading) -> ast.FunctionDef:
    """A function that makes constants and functions anew, and gives back the clauses and the constants."""
    clauses = ", ".join(f"clause_{clause}" for clause in reading.clauses)
    text = f"def {MAKE}():\n    return [[{clauses}], [{', '.join(reading.outline.constants)}]]"
    make = ast.parse(text).body[0]
    assert isinstance(make, ast.FunctionDef)
    make.body = [*tree.body, *make.body]
    return make


class _ForMonty(ast.NodeTransformer):
    """Rewrites what Monty lacks: lazy generators, slices in calls, f-strings whose parts cannot be written down."""

    def __init__(self, tools: set[str]) -> None:
        self._tools = tools
        self._stops = 0

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Builtins and tools of the language are not those of Monty."""
        if node.id in BUILTINS:
            node.id = f"_b_{node.id}_"
        elif node.id in self._tools:
            node.id = f"_t_{node.id}_"
        return node

    def visit_Slice(self, node: ast.Slice) -> ast.AST:
        """`_getitem_(x, 1:2)` becomes `_getitem_(x, slice(1, 2, None))`."""
        self.generic_visit(node)
        bounds = [bound or ast.Constant(None) for bound in (node.lower, node.upper, node.step)]
        return _at(ast.Call(ast.Name("slice", ast.Load()), bounds, []), node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """An f-string becomes a join of its parts: some texts cannot be written down within one."""
        parts = [self._part(part) for part in node.values]
        join = ast.Attribute(ast.Constant(""), "join", ast.Load())
        return _at(ast.Call(join, [ast.List(parts, ast.Load())], []), node)

    def _part(self, part: ast.expr) -> ast.expr:
        if not isinstance(part, ast.FormattedValue):
            return part
        spec = part.format_spec.values if isinstance(part.format_spec, ast.JoinedStr) else []
        text = "".join(str(one.value) for one in spec if isinstance(one, ast.Constant))
        value = self.visit(part.value)
        return _at(ast.Call(ast.Name("format", ast.Load()), [value, ast.Constant(text)], []), part)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """`any(x for ...)` and `all(x for ...)` stop where they do in Python; Monty would go through to the end."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        generator = node.args[0] if len(node.args) == 1 else None
        if name not in ("any", "all") or not isinstance(generator, ast.GeneratorExp):
            return self.generic_visit(node)
        self.generic_visit(generator)
        return _at(self._stopping(name, generator), node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        """Elsewhere a generator is gone through to its end anyway; an iterator says that it was one."""
        self.generic_visit(node)
        return _at(ast.Call(ast.Name("iter", ast.Load()), [ast.ListComp(node.elt, node.generators)], []), node)

    def _stopping(self, name: str, generator: ast.GeneratorExp) -> ast.expr:
        """`any(t for x in xs if c)` as a list that takes note of the first hit, after which every turn is skipped:

        `[[[s.append(1) for x in xs if not s if c if t], s != []][1] for s in [[]]][0]`
        """
        self._stops += 1
        stop = f"_stop_{self._stops}_"
        result = f"[[[{stop}.append(1)], {stop} {'!=' if name == 'any' else '=='} []][1] for {stop} in [[]]][0]"
        made = ast.parse(result, mode="eval").body
        pair = made.value.elt.value  # type: ignore[attr-defined]
        loops = [part for loop in generator.generators for part in _stoppable(loop, stop)]
        loops[-1].ifs.append(generator.elt if name == "any" else ast.UnaryOp(ast.Not(), generator.elt))
        pair.elts[0] = ast.ListComp(pair.elts[0].elts[0], loops)
        return made


def _stoppable(loop: ast.comprehension, stop: str) -> list[ast.comprehension]:
    """The loop, which does nothing more once `stop` is set; a row is taken apart after asking for that."""
    going = ast.UnaryOp(ast.Not(), ast.Name(stop, ast.Load()))
    if isinstance(loop.target, ast.Name):
        loop.ifs.insert(0, going)
        return [loop]
    row = f"_row{stop}"
    rows = ast.List([ast.Name(row, ast.Load())], ast.Load())
    outer = ast.comprehension(ast.Name(row, ast.Store()), loop.iter, [going], 0)
    return [outer, ast.comprehension(loop.target, rows, loop.ifs, 0)]


def _at(node: ast.expr, where: ast.AST) -> ast.expr:
    return ast.fix_missing_locations(ast.copy_location(node, where))


def _places(made: ast.Module, read: ast.Module) -> list[tuple[int, int, int]]:
    """Where each node stands in the text, and in which line it stood before; the two trees are the same."""
    found: dict[tuple[int, int], int] = {}
    for before, now in zip(_in_order(made), _in_order(read), strict=True):
        # The outer node comes first, and an inner one that begins at the same place knows better.
        found[now.lineno, now.col_offset + 1] = before.lineno
    return [(line, column, source) for (line, column), source in sorted(found.items())]


def _in_order(node: ast.AST) -> list[ast.stmt | ast.expr]:
    """The statements and expressions of a tree, outer ones first."""
    return [part for part in ast.walk(node) if isinstance(part, ast.stmt | ast.expr)]


__all__ = ["MAKE", "MontyProgram", "compile_for_monty"]
