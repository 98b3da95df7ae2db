"""A zygote whose workers do without the allow-list: RestrictedPython, guards and budgets hold alone.

Only tests start it.
"""

from __future__ import annotations

import ast
from types import CodeType
from typing import Any

from guardagent_toolbox.compiler import Compiled, LoadedProgram
from guardagent_toolbox.registry import functions
from guardagent_toolbox.runtime.budget import Budget
from guardagent_toolbox.runtime.guards import globals_of
from guardagent_toolbox.runtime.ownership import Ownership
from guardagent_toolbox.runtime.restrict import compile_restricted
from guardagent_toolbox.sandbox.engine import GuardEngine
from guardagent_toolbox.sandbox.warm import warm
from guardagent_toolbox.sandbox.worker import Rejected, Run
from guardagent_toolbox.sandbox.zygote import main
from guardagent_toolbox.vocabulary import FILENAME


class UnlistedLanguage:
    """Compiles whatever RestrictedPython takes."""

    def __init__(self) -> None:
        self._tools = functions()
        warm(GuardEngine())

    def inspect(self, source: str) -> dict[str, Any]:
        clauses, _run = self.load(source)
        return {"source": source, "clauses": clauses, "helpers": [], "tools": [], "facts": {}}

    def load(self, source: str) -> tuple[tuple[str, ...], Run]:
        tree = ast.parse(source, FILENAME)
        clauses = tuple(
            node.name.removeprefix("clause_")
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("clause_")
        )
        code = compile_restricted(tree, self._known_in(tree))
        if not isinstance(code, CodeType):
            line, reason = code[0]
            raise Rejected(f"line {line}: {reason}")
        return clauses, LoadedProgram(Compiled(source, code, clauses, (), (), {}), self._tools).run

    def _known_in(self, tree: ast.Module) -> set[str]:
        """The names that the guards give, and every name that the program sets somewhere."""
        words = globals_of(self._tools, Budget(), Ownership())
        stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        defined = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
        return ({*words, *words["__builtins__"]} | stored | defined) - {"__builtins__"}


if __name__ == "__main__":
    main(UnlistedLanguage)
