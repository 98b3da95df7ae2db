"""The mutants of a program: the same program with one small fault, cut down to the clauses that can notice it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import NamedTuple

from guardagent.translation.mutation.edits import Edit, Kind, edits_of
from guardagent.types import Inspection, Program

_CLAUSE = "clause_"

_Site = tuple[str, Edit]


class Mutant(NamedTuple):
    """One faulty program; `clauses` are those whose function reaches the fault, and the only ones that it has."""

    kind: Kind
    line: int
    words: str
    clauses: tuple[str, ...]
    program: Program

    @property
    def told(self) -> str:
        """The fault in words, with its line in the source of the program."""
        return f"{self.words} on line {self.line}"


class Source(NamedTuple):
    """The functions and constants of a program by name, and which of them each clause reaches."""

    statements: Mapping[str, ast.stmt]
    texts: Mapping[str, str]
    reached: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, program: Program) -> Source:
        """The parts of a program that the compiler has accepted."""
        named = {name: node for node in ast.parse(program.source).body if (name := _name_of(node))}
        mentions = {
            name: {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} & named.keys() - {name}
            for name, node in named.items()
        }
        reached = {clause: _closure(_CLAUSE + clause, mentions) for clause in program.clauses}
        return cls(named, {name: ast.unparse(node) for name, node in named.items()}, reached)

    def clauses_at(self, name: str) -> tuple[str, ...]:
        """The clauses that reach a function or constant, in the order of the program."""
        return tuple(clause for clause, names in self.reached.items() if name in names)


class Mutants(NamedTuple):
    """The mutants to try, and how many more each clause could have been tried with."""

    chosen: tuple[Mutant, ...]
    left_out: Mapping[str, int]


def mutants_of(program: Program, *, per_clause: int, most: int) -> Mutants:
    """The mutants of a program, at most `per_clause` that a clause can notice and `most` in all; always the same ones.

    Where there are too many, all kinds of fault and all parts of the program keep some.
    """
    source = Source.of(program)
    room = dict.fromkeys(program.clauses, per_clause)
    left_out = dict.fromkeys(program.clauses, 0)
    found: list[Mutant] = []
    for name, edit in _in_turns(_sites(source)):
        reaching = source.clauses_at(name)
        clauses = tuple(clause for clause in reaching if room[clause] > 0) if len(found) < most else ()
        for clause in reaching:
            (room if clause in clauses else left_out)[clause] += -1 if clause in clauses else 1
        if clauses:
            found.append(_mutant(program, source, name, edit, clauses))
    return Mutants(tuple(found), left_out)


def _sites(source: Source) -> list[list[_Site]]:
    """Every fault with the function or constant that has it; those of one kind in one place together."""
    # A changed FACTS table would need facts of its own.
    names = [name for name in source.statements if name != "FACTS" and source.clauses_at(name)]
    queues: dict[tuple[str, str], list[_Site]] = {}
    for name in names:
        for edit in edits_of(source.statements[name]):
            queues.setdefault((name, edit.kind), []).append((name, edit))
    return list(queues.values())


def _in_turns(queues: Sequence[Sequence[_Site]]) -> Iterator[_Site]:
    """One of each queue, then the next of each; long ones are gone through from all their parts."""
    spread = [_spread(queue) for queue in queues]
    return (item for item in chain.from_iterable(zip_longest(*spread)) if item is not None)


def _spread(queue: Sequence[_Site]) -> list[_Site]:
    """The queue in an order in which every beginning is spread over all of it."""
    order = sorted(range(len(queue)), key=lambda n: int(f"{n:016b}"[::-1], 2))
    return [queue[index] for index in order]


def _mutant(program: Program, source: Source, name: str, edit: Edit, clauses: tuple[str, ...]) -> Mutant:
    with edit.made():
        text = ast.unparse(ast.fix_missing_locations(source.statements[name]))
    kept = frozenset({"FACTS"}).union(*(source.reached[clause] for clause in clauses))
    parts = [text if part == name else old for part, old in source.texts.items() if part in kept]
    inspection = Inspection(
        source="\n\n".join(parts) + "\n",
        clauses=clauses,
        tools=program.tools,
        facts=program.facts,
        facts_of={clause: tuple(sorted(program.facts_read_by(clause))) for clause in clauses} if program.facts else {},
    )
    faulty = Program.of(inspection, toolbox_version=program.toolbox_version)
    return Mutant(edit.kind, edit.line, edit.words, clauses, faulty)


def _name_of(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case _:
            return ""


def _closure(name: str, mentions: Mapping[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += mentions.get(here, ())
    return frozenset(found)


__all__ = ["Mutant", "Mutants", "Source", "mutants_of"]
