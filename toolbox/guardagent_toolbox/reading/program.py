"""What a Python program, as EHRAgent writes them, reads of a database."""

from __future__ import annotations

import ast

from guardagent_toolbox.reading.access import TooLong
from guardagent_toolbox.reading.python import parse_python
from guardagent_toolbox.reading.schema import Reads, Schema
from guardagent_toolbox.reading.sql import HOLE as SQL_HOLE
from guardagent_toolbox.reading.sql import MAX_SQL, parse
from guardagent_toolbox.reading.sql_columns import reads_of
from guardagent_toolbox.reading.values import HOLE
from guardagent_toolbox.reading.walker import Walker, made_columns


def reads_of_program(code: object, schema: Schema) -> Reads | None:
    """What the program reads; None when it is no readable Python."""
    tree = parse_python(code)
    if tree is None:
        return None
    reads = Reads(schema)
    walker = Walker(reads, made_columns(tree))
    try:
        walker.program(tree)
    except TooLong:
        reads.cannot_tell("the program is too long to be followed")
    except RecursionError:
        reads.cannot_tell("the program is nested too deeply")
    _read_queries(sorted(walker.queries), reads)
    return reads


def _read_queries(queries: list[tuple[int, str]], reads: Reads) -> None:
    """Reads the SQL of a program, when its own nesting is over; all of it together is as long as one text may be."""
    left = MAX_SQL
    for line, query in queries:
        left -= len(query)
        statements = parse(query.replace(HOLE, SQL_HOLE)) if left >= 0 else None
        if statements is None:
            reads.cannot_tell(f"line {line}: SQL that cannot be read")
            continue
        found = Reads(reads.schema)
        reads_of(statements, found)
        reads.add(found, place=f"line {line}: ")


def called_names(tree: ast.Module) -> list[str]:
    """The dotted names of everything that a program calls; "?" for a callee without a name."""
    return sorted({_callee(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)})


def _callee(node: ast.expr) -> str:
    steps: list[str] = []
    while isinstance(node, ast.Attribute):
        steps.append(node.attr)
        node = node.value
    steps.append(node.id if isinstance(node, ast.Name) else "?")
    return ".".join(reversed(steps))
