"""From source in the guard language to a program that runs: the one way in.

Both halves run in the confined worker: a source is parsed, checked and compiled there, and so are its checks made.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any, Final

from guardagent_toolbox.language.outline import Errors, Outline
from guardagent_toolbox.language.reading import TOO_DEEP, Reading, Tools, read_source
from guardagent_toolbox.runtime.answers import Row, row_of
from guardagent_toolbox.runtime.budget import MAX_STEPS, Budget
from guardagent_toolbox.runtime.failures import failure_of
from guardagent_toolbox.runtime.guards import globals_of
from guardagent_toolbox.runtime.ownership import Ownership
from guardagent_toolbox.runtime.restrict import compile_restricted
from guardagent_toolbox.vocabulary import FILENAME, MAX_ERRORS

# As many calls as make Python remember where a function found its globals.
_LOOKS: Final = 32


@dataclass(frozen=True, slots=True)
class Compiled:
    """A program that passed every check; `clauses` are ids such as `c1`, `facts` the literal FACTS of the source.

    `facts_of` says which facts each clause may read; a clause that is not in it may read all.
    """

    source: str
    code: CodeType
    clauses: tuple[str, ...]
    helpers: tuple[str, ...]
    tools: tuple[str, ...]
    facts: dict[str, dict[str, Any]]
    facts_of: dict[str, list[str]] = field(default_factory=dict)


def compile_source(source: str, tools: Tools) -> Compiled | Errors:
    """The program of a source, or its errors as (line, message that says what to write instead).

    The text of the program is the normalised one; compiling it again changes nothing. Errors never quote more than
    names of the source.
    """
    loaded = load_source(source, tools)
    return loaded[0] if isinstance(loaded, tuple) else loaded


def load_source(source: str, tools: Tools) -> tuple[Compiled, LoadedProgram] | Errors:
    """As `compile_source`, with the program ready for events."""
    reading = read_source(source, tools)
    if not isinstance(reading, Reading):
        return reading
    try:
        compiled = _compile(reading, tools)
        if not isinstance(compiled, Compiled):
            return compiled
        loaded = _loaded(compiled, tools)
    except (RecursionError, MemoryError):
        return TOO_DEEP
    return (compiled, loaded) if isinstance(loaded, LoadedProgram) else loaded


def _compile(reading: Reading, tools: Tools) -> Compiled | Errors:
    facts_of = reading.facts_of
    code = restricted(reading.tree, reading.outline, tools)
    if not isinstance(code, CodeType):
        return code
    helpers = reading.outline.helpers
    return Compiled(reading.source, code, reading.clauses, helpers, reading.tools, reading.facts, facts_of)


def restricted(tree: ast.Module, outline: Outline, tools: Tools) -> CodeType | Errors:
    """The code of a program's tree, which is rewritten in place to call hooks; or what the second layer objects to."""
    # FACTS is read by the host; leaving it out saves every worker the memory.
    tree.body = [node for node in tree.body if node is not outline.facts]
    code = compile_restricted(tree, {*_words(tuple(tools)), *outline.constants, *outline.functions})
    return code if isinstance(code, CodeType) else code[:MAX_ERRORS]


@lru_cache(maxsize=8)
def _words(tools: tuple[str, ...]) -> frozenset[str]:
    """The names that every program may read."""
    words = globals_of(dict.fromkeys(tools, _no_tool), Budget(), Ownership())
    return frozenset({*words, *words["__builtins__"]} - {"__builtins__"})


def _no_tool() -> None:
    """Stands for a tool where only its name matters."""


def _loaded(compiled: Compiled, tools: Tools) -> LoadedProgram | Errors:
    """The program with its constants, or what goes wrong when they are calculated."""
    try:
        return LoadedProgram(compiled, tools)
    # A program's own code runs here, so any of Python's exceptions may come; each is the author's to mend.
    except Exception as error:
        code, message = failure_of(error)
        place, _, text = message.rpartition(": ")
        number = place.removeprefix("line ")
        return [(int(number) if number.isdecimal() else 1, f"while calculating constants: {text or code}")]


def _remember_layout(scope: dict[str, Any]) -> None:
    """Has Python number the layout of the dict; every copy of it then bears the same number."""
    look = FunctionType((lambda: __builtins__).__code__.replace(), scope)
    for _ in range(_LOOKS):
        look()


class LoadedProgram:
    """A program ready for events. Constants are calculated once and frozen; all else is new for each event."""

    def __init__(self, compiled: Compiled, tools: Tools) -> None:
        self._budget = Budget()
        self._ownership = Ownership()
        words = globals_of(tools, self._budget, self._ownership)
        # What every program reaches stands behind its globals, so that few names are copied for each event.
        builtins = words.pop("__builtins__") | words
        scope: dict[str, Any] = {"__builtins__": builtins}
        exec(compiled.code, scope)
        functions = [value for value in scope.values() if isinstance(value, FunctionType)]
        own = [function for function in functions if function.__code__.co_filename == FILENAME]
        self._functions = [(f.__name__, f.__code__, f.__defaults__) for f in own]
        self._clauses = [(clause, f"clause_{clause}") for clause in compiled.clauses]
        # The names stay, so that each event only sets them: the copies then keep the layout that Python's fast lookup
        # of globals remembers.
        scope |= dict.fromkeys((f.__name__ for f in own), None)
        self._ownership.freeze(value for value in scope.values() if value is not builtins)
        self._scope = scope
        _remember_layout(scope)

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
        ownership, budget = self._ownership, self._budget
        ownership.roots, ownership.foreign = (event, facts), None
        rows: list[Row] = []
        for clause, name in self._clauses:
            budget.left = MAX_STEPS
            try:
                answer = scope[name](event, facts)
                if answer is not None:
                    rows.append(row_of(clause, answer))
            # This is the edge of the program: whatever it raises is its failure, and none is ever a pass.
            except Exception as error:
                rows.append([clause, "error", *failure_of(error)])
        ownership.roots, ownership.foreign = (), None
        # Functions and their globals hold each other; a worker may run without a garbage collector.
        scope.clear()
        return rows
