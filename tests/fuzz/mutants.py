"""The guard language with a hole in it, one after the other: each must be found by the fuzzer.

`python -m tests.fuzz.mutants NAME` runs the property that should notice the hole, on the same material each time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.fuzz.mutating import Edit, install

if TYPE_CHECKING:
    from tests.fuzz.parts import Part

_TOOLBOX: Final = "guardagent_toolbox"
_GUARDS: Final = f"{_TOOLBOX}.runtime.guards"
_ITERATION: Final = f"{_TOOLBOX}.runtime.iteration"
_METHODS: Final = f"{_TOOLBOX}.runtime.methods"
_RESTRICT: Final = f"{_TOOLBOX}.runtime.restrict"
_WORDS: Final = f"{_TOOLBOX}.vocabulary"
_RULES: Final = f"{_TOOLBOX}.language.expressions"
_REPLIES: Final = f"{_TOOLBOX}.sandbox.replies"


class Mutant(NamedTuple):
    """A hole: what is changed, the part that must find it, in how many attempts, and a word of what it says."""

    part: str
    within: int
    says: str
    edits: tuple[Edit, ...]


def _dropped(module: str, line: str) -> Edit:
    return Edit(module, line, "")


MUTANTS: Final[dict[str, Mutant]] = {
    "a write that asks nobody": Mutant(
        "programs", 400, "changed",
        (Edit(_GUARDS, "ownership.check_own(value)\n        return value", "return value"),),
    ),
    "an item that is an attribute": Mutant(
        "programs", 400, "getattr",
        (Edit(_GUARDS, 'raise GuardError(f"a value of type `{kind.__name__}` has no items")',
              "return getattr(value, str(index))"),),
    ),
    "a method that changes what is foreign": Mutant(
        "programs", 400, "changed",
        (Edit(_METHODS, "ownership.check_own(value)\n            if kind is not", "if kind is not"),),
    ),
    "a list that grows in place": Mutant(
        "programs", 400, "",
        (Edit(f"{_TOOLBOX}.runtime.arithmetic", "if ownership.is_foreign(left):\n                return left + added",
              "pass"),),
    ),
    "constants that are not frozen": Mutant(
        "programs", 400, "changed",
        (Edit(f"{_TOOLBOX}.compiler", "self._ownership.freeze(value for value in scope.values() if value is not "
              "builtins)", "pass"),),
    ),
    "a result that the tool keeps": Mutant(
        "programs", 400, "what a tool keeps",
        (Edit(f"{_TOOLBOX}.runtime.tool_calls", "return _fresh(result, name, budget, ownership, 0)",
              "return result"),),
    ),
    "a failure in Python's words": Mutant(
        "programs", 2_000, "a failure quotes the event",
        (Edit(f"{_TOOLBOX}.runtime.failures", "place + slip_of(type(error))", "place + str(error)"),),
    ),
    "sets in the order of the process": Mutant(
        "workers", 1_500, "the worker answers differently",
        (Edit(_ITERATION, "budget.spend(1 + len(value))\n            return ordered(value)", "return value"),),
    ),
    "a loop that is not paid": Mutant(
        "hostile programs", 3_000, "took too long",
        (Edit(_ITERATION, "budget.left -= 1 + len(value)\n            if budget.left < 0:\n                "
              "budget.spend(0)\n            return value", "return value"),),
    ),
    "a method that formats": Mutant(
        "hostile programs", 3_000, "_m_format_",
        (Edit(_WORDS, '{"lower", "upper", "casefold"', '{"format", "lower", "upper", "casefold"'),),
    ),
    "a builtin that reads attributes": Mutant(
        "hostile programs", 3_000, "getattr",
        (Edit(_WORDS, '"reversed",\n     "isinstance"}', '"reversed",\n     "isinstance", "getattr"}'),
         Edit(f"{_TOOLBOX}.runtime.builtin_functions", '"len": len,', '"len": len, "getattr": getattr,')),
    ),
    "attributes that are read": Mutant(
        "hostile programs", 3_000, "instruction LOAD_ATTR",
        (Edit(_RULES, 'self.refuse(node, f"values have no attributes; write', 'print(end="") or str(f"'),
         Edit(_RESTRICT, '"""No value has attributes."""\n        self.not_allowed(node)\n', ""),
         Edit(_RESTRICT, '    "ATTR", ', "    ")),
    ),
    "exceptions that are caught": Mutant(
        "hostile programs", 3_000, "instruction",
        (Edit(_WORDS, "ast.Pass, ast.Break", "ast.Try, ast.ExceptHandler, ast.Pass, ast.Break"),
         Edit(_RESTRICT, '"EXCEPT_HANDLER", "PUSH_EXC", ', "")),
    ),
    "a star in a call": Mutant(
        "hostile programs", 3_000, "instruction CALL_FUNCTION_EX",
        (Edit(_RULES, 'self.refuse(node, INSTEAD_OF_NODE["Starred"])', "self.visit(node.value)"),
         Edit(f"{_TOOLBOX}.language.calls", 'self._refuse(node, "`*` in a call is', 'str("`*` in a call is'),
         Edit(_RESTRICT, 'self.error(node, "Star-arguments are not allowed.")', "return node"),
         Edit(_RESTRICT, '"CALL_FUNCTION_EX", ', "")),
    ),
    "an answer to another message": Mutant(
        "replies", 2_000, "a reply is read", (_dropped(_REPLIES, " or value[0] != number"),)
    ),
    "a worker that answers another message": Mutant(
        "deceits", 400, "gets what nobody said",
        (_dropped(_REPLIES, " or value[0] != number"),),
    ),
    "two answers of one clause": Mutant(
        "replies", 2_000, "a reply is read",
        (_dropped(_REPLIES, " or answers[answer.clause] is not passes[answer.clause]"),),
    ),
    "an outcome that nobody knows": Mutant(
        "replies", 2_000, "a reply is read",
        (_dropped(_REPLIES, ' and rest[0] == "violation"'),),
    ),
    "a failure that only the host can know": Mutant(
        "replies", 5_000, "", (_dropped(_REPLIES, " or code not in _WORKER_CODES"),)
    ),
}  # fmt: skip


def main() -> int:
    """0 when the fuzzer found the hole soon enough."""
    mutant = MUTANTS[sys.argv[1]]
    install(mutant.edits)
    # Everything else is imported with the hole.
    from tests.fuzz.campaign import Campaign

    with _parts_of(mutant) as parts:
        campaign = Campaign(parts, seed=1)
        for attempt in range(1, mutant.within + 1):
            campaign.run_times(1)
            for find in campaign.finds.values():
                if mutant.says in find.error:
                    print(f"found after {attempt}: {find.error}")
                    return 0
    print(f"not found in {mutant.within}; but {[find.error for find in campaign.finds.values()]}")
    return 1


@contextmanager
def _parts_of(mutant: Mutant) -> Iterator[Sequence[Part]]:
    from guardagent_toolbox.sandbox import Sandbox
    from tests.fuzz.campaign import parts_of, twin_parts
    from tests.fuzz.workers import LIMITS

    if mutant.part != "workers":
        with parts_of([mutant.part]) as parts:
            yield parts
        return
    script = Path(__file__).with_name("mutating.py")
    words = [word for edit in mutant.edits for word in edit]
    # The workers have the hole, too: it must show by itself, and not as a difference between two versions.
    with Sandbox(LIMITS, zygote=(sys.executable, "-I", str(script), *words)) as sandbox:
        yield twin_parts(sandbox)[:1]


if __name__ == "__main__":
    sys.exit(main())
