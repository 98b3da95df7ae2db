"""The properties of the guard language, each over one random program; tests and the campaign run the same."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any, Final

from guardagent_toolbox.compiler import LoadedProgram
from tests.fuzz import oracles
from tests.fuzz.grammar import PYTHON, SPYING
from tests.fuzz.hostile import hostile_program
from tests.fuzz.oracles import Tools, require
from tests.fuzz.plain import answers_in_python
from tests.fuzz.programs import copied, program
from tests.fuzz.toolset import CARELESS, KEPT, SHIPPED

a_program: Final = partial(program, grammar=SPYING)
a_python_program: Final = partial(program, grammar=PYTHON)
a_hostile_program: Final = partial(hostile_program, grammar=SPYING)

FACTS: Final = {"topic": "travel"}

_KEPT_BEFORE: Final = repr(KEPT)


def check_program(source: str, event: dict[str, Any], tally: Counter[str], tools: Tools = CARELESS) -> None:
    """The program is refused, or compiles to nothing but calls of guards and runs without leaving a trace."""
    tally["programs tried"] += 1
    found = oracles.compiled(source, tools)
    if found is None:
        return
    tally["programs accepted"] += 1
    rows = oracles.run(found, tools, event, copied(FACTS))
    tally["clauses run"] += len(found.clauses)
    tally["clauses that answered"] += len(found.clauses) - sum(row[1] == "error" for row in rows)
    require(repr(KEPT) == _KEPT_BEFORE, "what a tool keeps was changed")


def check_meaning(source: str, event: dict[str, Any], tally: Counter[str]) -> None:
    """A clause that answers gives the answer that it would give in Python."""
    tally["meanings tried"] += 1
    found = oracles.compiled(source, SHIPPED)
    # Few are refused: the compiler also knows what can never be true, and Python where `:=` may not stand.
    if found is None:
        tally["meanings refused"] += 1
        return
    rows = LoadedProgram(found, SHIPPED).run(copied(event), copied(FACTS))
    failed = {row[0] for row in rows if row[1] == "error"}
    answered = {row[0]: row for row in rows if row[1] != "error"}
    # Only what kept to its budget: in Python, nothing else would end a clause that doubles a list forty times.
    clauses = tuple(clause for clause in found.clauses if clause not in failed)
    wanted = answers_in_python(source, SHIPPED, event, FACTS, clauses)
    for clause in clauses:
        tally["answers compared"] += 1
        require(clause in wanted, f"clause {clause} answers, but raises in Python")
        require(wanted[clause] == answered.get(clause), f"clause {clause} means {wanted[clause]} in Python")
