"""Programs that an agent wrote: what they read and what they call, without running them."""

from __future__ import annotations

from guardagent_toolbox.reading.program import called_names, reads_of_program
from guardagent_toolbox.reading.python import parse_python
from guardagent_toolbox.reading.schema import UNKNOWN, Schema
from guardagent_toolbox.spec import tool


@tool(group="code")
def columns_accessed(code: str, schema: dict[str, list[str]]) -> dict[str, list[str]] | None:
    """The columns that Python code reads, by table, without running it; None when the code cannot be read.

    Understands EHRAgent's LoadDB, FilterDB, GetValue and SQLInterpreter, tables kept in variables, lists, loops and
    helper functions, columns by subscript or attribute on tables and rows, and SQL in texts that are put together. A
    table that is loaded without reading a column has an empty list. Rows that are printed, compared or left in `answer`
    count with all columns, as does a column whose name cannot be told. Names that the schema lacks are given as they
    are. What could read anything (a table name that is computed, `eval`, files) stands under the key "?" with its line;
    `check_access` takes that, and None, as missing.

    >>> SCHEMA = {"lab": ["id", "name", "result"], "patient": ["id", "age"]}
    >>> columns_accessed("db = LoadDB('lab')\\nx = GetValue(FilterDB(db, 'name=ph||max(id)'), 'result')", SCHEMA)
    {'lab': ['id', 'name', 'result']}
    >>> columns_accessed("for row in LoadDB('patient'): print(row['age'])", SCHEMA)
    {'patient': ['age']}
    >>> columns_accessed("LoadDB(input())", SCHEMA)["?"]
    ['line 1: `LoadDB` of a table whose name is computed', 'line 1: `input` reads what cannot be seen here']
    """
    tables = Schema.of(schema)
    reads = None if tables is None else reads_of_program(code, tables)
    return None if reads is None else reads.plain()


@tool(group="code")
def tables_accessed(code: str, schema: dict[str, list[str]]) -> list[str] | None:
    """The tables that Python code uses, sorted, "?" among them when it could use any; see `columns_accessed`.

    >>> tables_accessed("SQLInterpreter('select age from patient')", {"patient": ["id", "age"]})
    ['patient']
    """
    tables = Schema.of(schema)
    reads = None if tables is None else reads_of_program(code, tables)
    return None if reads is None else sorted((*reads.tables, *((UNKNOWN,) if reads.unknown else ())))


@tool(group="code")
def called_functions(code: str) -> list[str] | None:
    """The dotted names of what Python code calls, sorted; "?" for a callee without a name. None when unreadable.

    >>> called_functions("import os\\nos.system('ls')\\nprint(f(1)(2))")
    ['?', 'f', 'os.system', 'print']
    """
    tree = parse_python(code)
    return None if tree is None else called_names(tree)
