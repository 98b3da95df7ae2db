"""What must hold for every source, every compiled program and every run, whoever wrote it."""

from __future__ import annotations

import dis
import json
import time
from collections.abc import Callable, Iterator, Mapping
from types import CodeType, MappingProxyType
from typing import Any, Final

from guardagent_toolbox.compiler import Compiled, LoadedProgram, compile_source
from guardagent_toolbox.replies import result_of
from guardagent_toolbox.runtime.iteration import VIEWS
from guardagent_toolbox.sandbox.replies import answers_of, payload_of
from guardagent_toolbox.vocabulary import FILENAME, MAX_ERRORS
from tests.fuzz.allowed import ANSWERS, BUILTINS, HOOKS
from tests.fuzz.programs import SECRET, copied
from tests.fuzz.watching import audited, calls_beside_the_language

Tools = Mapping[str, Callable[..., object]]

# The instructions of CPython 3.11 that neither read an attribute nor import, raise, catch, delete or call with stars.
INSTRUCTIONS: Final = frozenset(
    {"BUILD_CONST_KEY_MAP", "BUILD_LIST", "BUILD_MAP", "BUILD_SET", "BUILD_SLICE", "BUILD_STRING", "BUILD_TUPLE",
     "CALL", "COMPARE_OP", "CONTAINS_OP", "COPY", "COPY_FREE_VARS", "EXTENDED_ARG", "FORMAT_VALUE", "FOR_ITER",
     "GET_ITER", "IS_OP", "JUMP_BACKWARD", "JUMP_FORWARD", "JUMP_IF_FALSE_OR_POP", "JUMP_IF_TRUE_OR_POP", "KW_NAMES",
     "LIST_APPEND", "LIST_EXTEND", "LIST_TO_TUPLE", "LOAD_CLOSURE", "LOAD_CONST", "LOAD_DEREF", "LOAD_FAST",
     "LOAD_GLOBAL", "LOAD_NAME", "MAKE_CELL", "MAKE_FUNCTION", "MAP_ADD", "NOP", "POP_JUMP_BACKWARD_IF_FALSE",
     "POP_JUMP_BACKWARD_IF_NONE", "POP_JUMP_BACKWARD_IF_NOT_NONE", "POP_JUMP_BACKWARD_IF_TRUE",
     "POP_JUMP_FORWARD_IF_FALSE", "POP_JUMP_FORWARD_IF_NONE", "POP_JUMP_FORWARD_IF_NOT_NONE",
     "POP_JUMP_FORWARD_IF_TRUE", "POP_TOP", "PRECALL", "PUSH_NULL", "RESUME", "RETURN_GENERATOR", "RETURN_VALUE",
     "SET_ADD", "SET_UPDATE", "STORE_DEREF", "STORE_FAST", "STORE_NAME", "STORE_SUBSCR", "SWAP", "UNARY_NEGATIVE",
     "UNARY_NOT", "UNARY_POSITIVE", "UNPACK_EX", "UNPACK_SEQUENCE", "YIELD_VALUE"}
)  # fmt: skip

# In time of the processor, of which the slowest program needs 0.04 s: a budget that does not hold costs more than that.
PATIENCE_S: Final = 1.0
# Watching each call takes ten times as long as the run itself.
_SHORT_S: Final = 0.005
_LONGEST_MESSAGE: Final = 2_000

# Audit events of what compiler and runtime do themselves; a file, an import or a frame is none of them.
_RUNNING: Final = frozenset({"function.__new__", "builtins.id", "the attribute tb_frame", "the attribute f_code"})
_COMPILING: Final = _RUNNING | {
    "compile",
    "exec",
    "code.__new__",
    "the attribute __code__",
    "the attribute __defaults__",
    "the attribute __kwdefaults__",
}


class Broken(AssertionError):
    """A property does not hold."""


def require(holds: object, what: str) -> None:
    """Raises Broken where something does not hold."""
    if not holds:
        raise Broken(what)


def compiled(source: str, tools: Tools) -> Compiled | None:
    """The program, if it is one; compiling never raises, hangs, opens or imports anything, whatever the text."""
    started = time.process_time()
    with audited() as seen:
        result = compile_source(source, tools)
    require(time.process_time() - started < PATIENCE_S, "compiling took too long")
    require(seen <= _COMPILING, f"compiling also did {seen - _COMPILING}")
    if isinstance(result, Compiled):
        check_code(result, tools)
        return result
    require(type(result) is list and 0 < len(result) <= MAX_ERRORS, "neither a program nor a list of errors")
    for line, message in result:
        require(type(line) is int and line >= 1, f"an error at line {line!r}")
        require(message.strip() and message.isprintable(), f"an error that is not one line of text: {message!r}")
        require(len(message) <= _LONGEST_MESSAGE, f"an error of {len(message)} characters")
    return None


def check_code(program: Compiled, tools: Tools) -> None:
    """The code holds only known instructions, reads only known names and writes only its own."""
    own = {name for name in program.code.co_names if not name.startswith("_")} - BUILTINS - ANSWERS - tools.keys()
    for code in _codes(program.code):
        require(code.co_filename == FILENAME, "code of another file")
        for one in dis.get_instructions(code):
            require(one.opname in INSTRUCTIONS, f"instruction {one.opname}")
            if one.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                known = one.argval in HOOKS | BUILTINS | ANSWERS | own or one.argval in tools
                require(known, f"global name {one.argval}")
        names = {*code.co_varnames, *code.co_cellvars, *code.co_freevars} - {"_"}
        hidden = {name for name in names if name.startswith("_") or name in tools} | names & (BUILTINS | ANSWERS)
        require(not hidden, f"variables {hidden}")
        for value in code.co_consts:
            require(_is_constant(value), f"constant of type {type(value).__name__}")
    stored = {one.argval for one in dis.get_instructions(program.code) if one.opname == "STORE_NAME"}
    require(stored <= own | {"__doc__"}, f"global names written: {stored - own}")
    again = compile_source(program.source, tools)
    require(isinstance(again, Compiled) and again.source == program.source, "what was reviewed is not what runs")


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _is_constant(value: object) -> bool:
    if isinstance(value, tuple | frozenset):
        return all(map(_is_constant, value))
    return value is None or isinstance(value, str | int | float | bool | CodeType)


def run(program: Compiled, tools: Tools, event: dict[str, Any], facts: dict[str, Any]) -> list[list[Any]]:
    """The rows of a run, which did nothing but answer, and would answer the same again."""
    loaded = LoadedProgram(program, tools)
    before = _constants_of(loaded)
    given, known = copied(event), copied(facts)
    started = time.process_time()
    with audited() as seen:
        rows = loaded.run(given, known)
    taken = time.process_time() - started
    require(taken < PATIENCE_S, "running took too long")
    require(seen <= _RUNNING, f"running also did {seen - _RUNNING}")
    if taken < _SHORT_S:
        with calls_beside_the_language() as reached:
            loaded.run(given, known)
        require(not reached, f"running called {reached}")
    require(loaded.run(given, known) == rows, "the second run answers differently")
    require(LoadedProgram(program, tools).run(given, known) == rows, "a fresh program answers differently")
    require((given, known) == (event, facts), "the event or its facts were changed")
    require(_constants_of(loaded) == before, "the constants were changed")
    check_rows(rows, program)
    return rows


def _constants_of(loaded: LoadedProgram) -> dict[int, list[object]]:
    """What every collection within the constants holds: scalars by value, collections by identity."""
    found: dict[int, list[object]] = {}
    waiting = [value for name, value in loaded._scope.items() if name != "__builtins__"]
    while waiting:
        value = waiting.pop()
        members = _members_of(value)
        if members and id(value) not in found:
            found[id(value)] = [id(member) if _members_of(member) else repr(member) for member in members]
            waiting += members
    return found


def _members_of(value: Any) -> list[Any]:
    mapping = value.mapping if type(value) in VIEWS else value
    if isinstance(mapping, dict | MappingProxyType):
        return [*mapping, *mapping.values()]
    return list(value) if isinstance(value, list | tuple | set) else []


def check_rows(rows: list[list[Any]], program: Compiled) -> None:
    """Both strict readers take the rows as they are, and no failure tells anything of the event."""
    text = json.dumps([1, rows], allow_nan=False, ensure_ascii=False)
    result = result_of(rows, program.clauses)
    require(result.failure is None, f"the reader refuses the rows: {result.failure}")
    passes = {answer.clause: answer for answer in result_of([], program.clauses).answers}
    require(answers_of(payload_of(text.encode(), 1), passes) == result.answers, "two readers read different answers")
    for row in rows:
        require(row[1] != "error" or SECRET not in row[3], "a failure quotes the event")
