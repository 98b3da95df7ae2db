"""From source in the guard language to a program that runs: the one way in.

Both halves run in the confined worker: a source is parsed, checked and compiled there, and so are its checks made.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

from guardagent_toolbox.language.annotations import without_annotations
from guardagent_toolbox.language.facts import read_facts
from guardagent_toolbox.language.normalise import normalise
from guardagent_toolbox.language.outline import Errors, Outline, outline_of
from guardagent_toolbox.language.rules import check_language
from guardagent_toolbox.language.scopes import called_in
from guardagent_toolbox.language.shape import check_text, check_tree
from guardagent_toolbox.runtime.answers import Row, row_of
from guardagent_toolbox.runtime.budget import Budget
from guardagent_toolbox.runtime.failures import failure_of
from guardagent_toolbox.runtime.guards import globals_of
from guardagent_toolbox.runtime.ownership import Ownership
from guardagent_toolbox.runtime.restrict import compile_restricted
from guardagent_toolbox.vocabulary import FILENAME, MAX_ERRORS

Tools = Mapping[str, Callable[..., object]]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A program that passed every check; `clauses` are ids such as `c1`, `facts` the literal FACTS of the source."""

    source: str
    code: CodeType
    clauses: tuple[str, ...]
    helpers: tuple[str, ...]
    tools: tuple[str, ...]
    facts: dict[str, dict[str, Any]]


def compile_source(source: str, tools: Tools) -> Compiled | Errors:
    """The program of a source, or its errors as (line, message that says what to write instead).

    The text of the program is the normalised one; compiling it again changes nothing. Errors never quote more than
    names of the source.
    """
    try:
        # Python warns of "\d" in a text, which means what the author thinks it means; showing a warning reads files.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _compile(source, tools)
    # So does Python's parser answer hostile text; anything else is a fault of ours and must show.
    except (RecursionError, MemoryError):
        return [(1, "the source is nested too deeply; put parts into variables or helper functions")]


def _compile(source: str, tools: Tools) -> Compiled | Errors:
    normalised = _normalised(source.replace("\r\n", "\n"), tools)
    if not isinstance(normalised, str):
        return normalised
    # Parsed again: lines in messages are those of the text that runs, and that text keeps to the limits, too.
    tree = _parse(normalised)
    if not isinstance(tree, ast.Module):
        return tree
    outline = outline_of(tree)
    facts, errors = read_facts(outline)
    errors += check_language(tree, outline, None if errors else facts, tools)
    if errors:
        return sorted(errors)[:MAX_ERRORS]
    used = called_in(tree) & tools.keys()
    code = _code_of(tree, outline, tools)
    if not isinstance(code, CodeType):
        return code[:MAX_ERRORS]
    clauses = tuple(outline.clauses.values())
    compiled = Compiled(normalised, code, clauses, outline.helpers, tuple(sorted(used)), facts)
    return _problem_of_constants(compiled, tools) or compiled


def _normalised(source: str, tools: Tools) -> str | Errors:
    tree = _parse(source)
    if not isinstance(tree, ast.Module):
        return tree
    bare = without_annotations(source, tree)
    return normalise(bare, tree if bare == source else ast.parse(bare, FILENAME), tools)


def _parse(source: str) -> ast.Module | Errors:
    """The tree of a text that is safe to parse and to walk, or why not."""
    errors = check_text(source)
    if errors:
        return errors
    try:
        tree = ast.parse(source, FILENAME)
    except (SyntaxError, ValueError) as error:
        return [(getattr(error, "lineno", None) or 1, f"not valid Python: {getattr(error, 'msg', error)}")]
    return check_tree(tree) or tree


def _code_of(tree: ast.Module, outline: Outline, tools: Tools) -> CodeType | Errors:
    # FACTS is read by the host; leaving it out saves every worker the memory.
    tree.body = [node for node in tree.body if node is not outline.facts]
    words = globals_of(tools, Budget(), Ownership())
    known = {*words, *words["__builtins__"], *outline.constants, *outline.functions} - {"__builtins__"}
    return compile_restricted(tree, known)


def _problem_of_constants(compiled: Compiled, tools: Tools) -> Errors:
    """What goes wrong when the constants are calculated; empty when nothing does."""
    try:
        LoadedProgram(compiled, tools)
    # A program's own code runs here, so any of Python's exceptions may come; each is the author's to mend.
    except Exception as error:
        code, message = failure_of(error)
        place, _, text = message.rpartition(": ")
        number = place.removeprefix("line ")
        return [(int(number) if number.isdecimal() else 1, f"while calculating constants: {text or code}")]
    return []


class LoadedProgram:
    """A program ready for events. Constants are calculated once and frozen; all else is new for each event."""

    def __init__(self, compiled: Compiled, tools: Tools) -> None:
        self._budget = Budget()
        self._ownership = Ownership()
        scope = globals_of(tools, self._budget, self._ownership)
        given = set(scope)
        exec(compiled.code, scope)
        functions = [value for value in scope.values() if isinstance(value, FunctionType)]
        own = [function for function in functions if function.__code__.co_filename == FILENAME]
        self._functions = [(f.__name__, f.__code__, f.__defaults__) for f in own]
        self._clauses = [(clause, f"clause_{clause}") for clause in compiled.clauses]
        for function in own:
            del scope[function.__name__]
        self._ownership.freeze(value for name, value in scope.items() if name not in given)
        self._scope = scope

    def run(self, event: dict[str, Any], facts: dict[str, Any]) -> list[Row]:
        """One JSON-ready row per clause that did not simply pass, in the order of the source.

        A row is [clause, outcome, remedy, message, details, evidence, redactions], or for a clause that failed
        [clause, "error", failure code, message]. Each clause has a step budget of its own, so that one clause never
        decides what another answers. The event is not copied and not changed.
        """
        # Fresh globals for every event: whatever a program may find to write to is gone after it. Making the functions
        # anew costs a tenth of executing the module again, where a table of roles would be built each time.
        scope = self._scope.copy()
        for name, code, defaults in self._functions:
            scope[name] = FunctionType(code, scope, name, defaults)
        self._ownership.begin(event, facts)
        rows: list[Row] = []
        for clause, name in self._clauses:
            self._budget.refill()
            try:
                answer = scope[name](event, facts)
                if answer is not None:
                    rows.append(row_of(clause, answer))
            # This is the edge of the program: whatever it raises is its failure, and none is ever a pass.
            except Exception as error:
                rows.append([clause, "error", *failure_of(error)])
        self._ownership.begin(None, None)
        # Functions and their globals hold each other; a worker may run without a garbage collector.
        scope.clear()
        return rows
