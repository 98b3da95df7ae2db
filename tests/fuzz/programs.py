"""Random programs, written from the table of productions, and random events for them."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from tests.fuzz.choosing import Choose
from tests.fuzz.grammar import GRAMMAR, Grammar

_SLOT: Final = re.compile(r"<(\w+)>")
_LINES: Final = re.compile(r"<(stmt|block|foreign)>\Z")
_ROOM: Final = 3

HEAD: Final = '''"""A random program."""

FACTS = {"topic": {"kind": "category", "fields": ["/t"], "labels": {"travel": ["fly"]}, "default": "other"}}
'''


class Author:
    """Writes productions, one choice at a time."""

    def __init__(self, choose: Choose, grammar: Grammar = GRAMMAR) -> None:
        self.choose = choose
        self._grammar = grammar
        self._ends: Grammar = {}

    def expression(self, kind: str, room: int = _ROOM) -> str:
        """An expression of the kind; `room` is how deep its slots may go."""
        return self.filled(self.choose(self._choices(kind, room)), room)

    def filled(self, production: str, room: int = _ROOM) -> str:
        """The production with expressions in its slots."""
        return _SLOT.sub(lambda slot: self.expression(slot[1], room - 1), production)

    def lines(self, kind: str, room: int = _ROOM) -> list[str]:
        """The lines of a statement or block."""
        return self.filled_lines(self.choose(self._choices(kind, room)), room)

    def filled_lines(self, production: str, room: int = _ROOM) -> list[str]:
        """The lines of a production of statements with its slots filled."""
        found: list[str] = []
        for line in production.split("\n"):
            inner = line.lstrip(" ")
            slot = _LINES.match(inner)
            lines = self.lines(slot[1], room - 1) if slot else [self.filled(inner, room)]
            found += indented(lines, " " * (len(line) - len(inner)))
        return found

    def _choices(self, kind: str, room: int) -> tuple[str, ...]:
        if room > 0:
            return self._grammar[kind]
        if kind not in self._ends:
            self._ends[kind] = tuple(choice for choice in self._grammar[kind] if not _SLOT.search(choice))
        return self._ends[kind]

    def clause(self, number: int) -> list[str]:
        """The lines of a clause function."""
        lines = [f"{name} = " + self.expression(f"first_{name}") for name in "ntlds"]
        lines += [line for _ in range(self.choose((1, 2, 3))) for line in self.lines("stmt")]
        lines.append("return " + self.expression("answer"))
        return [f"def clause_c{number}(event, facts):", *indented(lines)]

    def helper(self) -> list[str]:
        """The lines of the helper that expressions call."""
        lines = ["l = [n]", "d = {}", "s = set()", *self.lines("block", 2), "return " + self.expression("any", 1)]
        # It cannot call itself.
        return ["def half(n, t=T, event=D, facts=D):", *indented([line.replace("half", "str") for line in lines])]

    def parts(self) -> list[list[str]]:
        """The statements of the top level of a program, each by its lines."""
        constants = [
            [f"{name} = " + self.expression(f"constant_{kind}")]
            for name, kind in zip("NTLDSP", ("num", "text", "list", "dict", "set", "tup"), strict=True)
        ]
        clauses = [self.clause(number) for number in range(1, self.choose((1, 2, 3)) + 1)]
        return [HEAD.splitlines(), *constants, self.helper(), *clauses]


def indented(lines: list[str], by: str = "    ") -> list[str]:
    """The lines, further to the right."""
    return [by + line for line in lines]


def source_of(parts: list[list[str]]) -> str:
    """The text of a program."""
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def program(choose: Choose, grammar: Grammar = GRAMMAR) -> str:
    """A program that the compiler takes, nearly always."""
    return source_of(Author(choose, grammar).parts())


# It must turn up in no failure: those are logged.
SECRET: Final = "canary-5b1f"

_SCALARS: Final = (
    None, True, False, 0, 1, -3, 7, 10**15, 0.5, -2.0, 1e15, 0.1, "", "a", "k", "Größe", "7", "a b", SECRET,
    f"{SECRET} " * 40, "\U0001f600", "line\nbreak", "1.234,56 €", "2024-02-29", "https://é.example/a?b",
)  # fmt: skip
_KEYS: Final = ("k", "a", "", "é", "l")


def json_value(choose: Choose, depth: int = 3) -> Any:
    """A JSON value, mostly small."""
    kind = choose(("scalar", "scalar", "list", "dict") if depth else ("scalar",))
    if kind == "scalar":
        return choose(_SCALARS)
    if kind == "list":
        return [json_value(choose, depth - 1) for _ in range(choose(range(5)))]
    return {choose(_KEYS): json_value(choose, depth - 1) for _ in range(choose(range(4)))}


def event(choose: Choose) -> dict[str, Any]:
    """An event with what random programs look for, mostly of the kind that they expect."""
    found: dict[str, Any] = {"agent": "fuzz", "stage": "output", "n": choose(range(-5, 20))}
    found |= {"t": choose((SECRET, "a b", "")), "d": {"k": json_value(choose)}}
    found["l"] = [json_value(choose, 2) for _ in range(choose(range(5)))]
    return {**found, choose(("x", "n", "t", "l", "d", "k")): json_value(choose)}


def several_events(choose: Choose) -> list[dict[str, Any]]:
    """A few events."""
    return [event(choose) for _ in range(choose((1, 2, 3)))]


def copied(value: Any) -> Any:
    """A copy of JSON data that shares nothing with it."""
    return json.loads(json.dumps(value))
