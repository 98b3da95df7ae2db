"""Tools only compute: once loaded they import nothing, open nothing and write nothing."""

from __future__ import annotations

import subprocess
import sys

# Audit events say what the interpreter does; compiling and formatting are computing, and these are the rest.
SCRIPT = """
import doctest, json, sys
from guardagent_toolbox.registry import catalogue
from guardagent_toolbox.sandbox.warm import warm_tool

tools = catalogue()
tests = [(spec, doctest.DocTestFinder(recurse=False).find(spec.function, spec.name)[0]) for spec in tools.values()]
values = json.loads(sys.argv[1])
for spec in tools.values():
    warm_tool(spec)
seen = []
sys.addaudithook(lambda event, arguments: seen.append(event))
for spec, test in tests:
    environment = {name: one.function for name, one in tools.items()}
    for example in test.examples:
        exec(example.source, environment)
    count = spec.function.__code__.co_argcount
    for value in values:
        spec.function(*[value] * count)
harmless = {"compile", "exec", "object.__getattr__", "code.__new__", "sys._getframe", "builtins.id"}
print(sorted(set(seen) - harmless))
"""
VALUES = """[null, 1, "a", "[", "x = (",
"x = '\\\\d' is 1", "select a from", "merge into x", "replace into t values (1)",
"https://b\\u00fccher.example", "2024-13-01", "\\ud83d", ["a", 1], {"a": ["b"]}, "pragma x", "call p()"]"""


def test_tools_only_compute() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, VALUES], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stderr, done.stdout) == ("", "[]\n")
