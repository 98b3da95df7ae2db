"""Programs with one hostile thing in them, at a random place; most must be refused, the rest must be harmless."""

from __future__ import annotations

from typing import Final

from tests.fuzz.attacks import ATTRIBUTES, EXPRESSIONS, NAMES, NESTS, PIECES, STATEMENTS, TOPS
from tests.fuzz.choosing import Choose
from tests.fuzz.grammar import GRAMMAR, Grammar
from tests.fuzz.programs import Author, indented, source_of

_AROUND: Final = [
    *("N = 3", "T = 'T'", "L = [1, [2]]", "D = {'k': [1]}", "S = {1, 'a'}", "P = ([1], 2)"),
    *("FACTS = {'topic': {'kind': 'category', 'fields': ['/t'], 'labels': {'travel': ['fly']}}}",),
    *("def half(n, t=T):", "    return n"),
]
_USES: Final = ("n = (<use>)", "n = (<use>)", "t = (<use>)", "l.append(<use>)", "for n in (<use>):\n    pass")


class Attacker(Author):
    """Writes a program in which the `turn`-th expression or statement is hostile."""

    def __init__(self, choose: Choose, turn: int, grammar: Grammar) -> None:
        super().__init__(choose, grammar)
        self._turn = turn

    def _is_due(self) -> bool:
        self._turn -= 1
        return self._turn == -1

    def expression(self, kind: str, room: int = 3) -> str:
        if self._is_due():
            return f"({self.attack(EXPRESSIONS)})"
        return super().expression(kind, room)

    def lines(self, kind: str, room: int = 3) -> list[str]:
        if kind == "stmt" and self._is_due():
            return self.attack(STATEMENTS).split("\n")
        return super().lines(kind, room)

    def attack(self, attacks: tuple[str, ...], room: int = 2) -> str:
        """One of the attacks, filled with hostile names and harmless values."""
        chosen = self.choose(attacks)
        while "<name>" in chosen:
            chosen = chosen.replace("<name>", self.choose(NAMES), 1)
        while "<attr>" in chosen:
            chosen = chosen.replace("<attr>", self.choose(ATTRIBUTES), 1)
        return "\n".join(self.filled_lines(chosen, room))

    def alone(self) -> list[str]:
        """The lines of a clause that does nothing but attack."""
        lines = ["n = 1", "t = 'a'", "l = [1, 'b']", "d = {'k': 1}", "s = {1, 'a'}"]
        chosen = self.choose((*EXPRESSIONS, *STATEMENTS))
        attack = self.attack((chosen,), 1)
        lines += attack.split("\n") if chosen in STATEMENTS else self.choose(_USES).replace("<use>", attack).split("\n")
        return ["def clause_c1(event, facts):", *indented([*lines, "return violation(t, details=[n, l, d])"])]

    def nest(self) -> str:
        """An expression within many others."""
        left, right = self.choose(NESTS)
        times = self.choose((5, 15, 24, 30, 59, 61, 98, 150, 400, 3_000))
        return left * times + super().expression("any", 1) + right * times


def hostile_program(choose: Choose, grammar: Grammar = GRAMMAR) -> str:
    """A program with one hostile thing: alone, inside, at its top level, a deep nest, or damage to its text."""
    way = choose(("alone", "alone", "alone", "inside", "inside", "top", "nest", "text"))
    author = Attacker(choose, choose(range(7, 60)) if way == "inside" else -1, grammar)
    if way == "alone":
        # Small programs are compiled in a tenth of the time, and nothing else in them can be what is refused.
        return source_of([_AROUND, author.alone()])
    parts = author.parts()
    if way == "top":
        parts.insert(choose(range(len(parts) + 1)), author.attack(TOPS).split("\n"))
    elif way == "nest":
        parts.append(["def clause_c9(event, facts):", *indented(["n = 1", f"return {author.nest()}"])])
    source = source_of(parts)
    return damaged(choose, source) if way == "text" else source


def damaged(choose: Choose, text: str, pieces: tuple[str, ...] = PIECES) -> str:
    """The text with a few pieces cut out, doubled or put in."""
    for _ in range(choose((1, 2, 3))):
        start = choose(range(len(text) + 1))
        end = min(len(text), start + choose((0, 0, 0, 1, 2, 5, 40)))
        piece = choose((text[start:end] * 2, "", *pieces))
        text = text[:start] + piece + text[end:]
    return text
