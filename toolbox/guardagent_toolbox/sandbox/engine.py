"""What a production worker does with sources: the guard language with the whole toolbox."""

from __future__ import annotations

from typing import Any

from guardagent_toolbox import registry
from guardagent_toolbox.compiler import Compiled, compile_source, load_source
from guardagent_toolbox.sandbox.worker import Rejected, Run


class GuardEngine:
    """The compiler and all tools."""

    def __init__(self) -> None:
        self._tools = registry.functions()

    def inspect(self, source: str) -> dict[str, Any]:
        """What the compiler reads in it, as plain JSON; `errors` stand alone."""
        compiled = compile_source(source, self._tools)
        if not isinstance(compiled, Compiled):
            return {"errors": compiled}
        names = ("source", "clauses", "helpers", "tools", "facts", "facts_of")
        return {name: getattr(compiled, name) for name in names}

    def load(self, source: str) -> tuple[tuple[str, ...], Run]:
        """The program's clauses, and the program ready to run; raises Rejected."""
        loaded = load_source(source, self._tools)
        if isinstance(loaded, list):
            line, reason = loaded[0]
            raise Rejected(f"line {line}: {reason}")
        compiled, program = loaded
        return compiled.clauses, program.run


__all__ = ["GuardEngine"]
