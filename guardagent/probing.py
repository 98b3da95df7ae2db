"""Which facts an event's decision turns on, found out by running the program on every value that they could have.

A program is total, deterministic and cheap, a question to a model is neither. So before a model is asked, the program
runs once on each possible answer: a clause that says the same to all of them needs no answer at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

from guardagent.ports import Answer, RunCase, RunResult
from guardagent.types import Event, FactSpec, FactValue, Program, canonical_json

# Above this many combinations of values a clause counts as turning on every open fact that it reads.
MAX_COMBINATIONS = 64


class Group(NamedTuple):
    """Open facts that some clauses read together, with every combination of their values; none where too many."""

    names: tuple[str, ...]
    combinations: tuple[tuple[str, ...], ...]


class Probes(NamedTuple):
    """The runs by which it shows what each clause turns on."""

    program: Program
    groups: tuple[Group, ...]

    @classmethod
    def of(cls, program: Program, specs: Sequence[FactSpec]) -> Probes:
        """The probes for facts that have no value yet."""
        return cls(program, tuple(_group(members) for members in _together(program, specs)))

    @property
    def runs(self) -> int:
        """How many runs are needed; all groups are tried side by side."""
        return max((len(group.combinations) or 1 for group in self.groups), default=0)

    def cases(self, event: Event, values: Mapping[str, FactValue]) -> Iterator[RunCase]:
        """The runs: each with the known `values` and a combination of the open ones."""
        for number in range(self.runs):
            tried = dict(values)
            for group in self.groups:
                tried |= self._tried(group, number)
            yield RunCase(event.canonical, canonical_json(tried))

    def open_of(self, clause: str) -> tuple[str, ...]:
        """The open facts that a clause may read."""
        read = self.program.facts_read_by(clause)
        return tuple(name for group in self.groups for name in group.names if name in read)

    def possible(
        self, clause: str, results: Sequence[RunResult], known: Mapping[str, FactValue]
    ) -> tuple[Answer | None, ...]:
        """The different answers that a clause still may give once some facts are `known`; a pass is None.

        Empty where that was not tried out.
        """
        group = self._group_of(clause)
        if group is None:
            return (_answer(clause, results[0]),) if results else ()
        found: list[Answer | None] = []
        for combination, result in zip(group.combinations, results, strict=False):
            tried = dict(zip(group.names, combination, strict=True))
            if all(known.get(name, value) == value for name, value in tried.items()):
                answer = _answer(clause, result)
                if answer not in found:
                    found.append(answer)
        return tuple(found)

    def deciding(self, clause: str, results: Sequence[RunResult]) -> tuple[str, ...]:
        """The open facts whose value can change what a clause says."""
        group = self._group_of(clause)
        if group is None:
            return ()
        if not group.combinations:
            return self.open_of(clause)
        said = {c: _answer(clause, r) for c, r in zip(group.combinations, results, strict=False)}
        return tuple(name for place, name in enumerate(group.names) if _turns_on(said, place))

    def _group_of(self, clause: str) -> Group | None:
        read = self.program.facts_read_by(clause)
        return next((group for group in self.groups if read & set(group.names)), None)

    @staticmethod
    def _tried(group: Group, number: int) -> dict[str, FactValue]:
        if not group.combinations:
            return dict.fromkeys(group.names)
        combination = group.combinations[number % len(group.combinations)]
        return dict(zip(group.names, combination, strict=True))


def _turns_on(said: Mapping[tuple[str, ...], Answer | None], place: int) -> bool:
    """Whether some two combinations that differ in that place alone get different answers."""
    seen: dict[tuple[str, ...], Answer | None] = {}
    for combination, answer in said.items():
        others = combination[:place] + combination[place + 1 :]
        if seen.setdefault(others, answer) != answer:
            return True
    return False


def _answer(clause: str, result: RunResult) -> Answer | None:
    return next((answer for answer in result.answers if answer.clause == clause), None)


def _group(members: Sequence[FactSpec]) -> Group:
    names, options = tuple(spec.name for spec in members), [spec.options for spec in members]
    # A fact with a single option would look as if nothing turned on it.
    tried = min(map(len, options)) > 1 and prod(map(len, options)) <= MAX_COMBINATIONS
    return Group(names, tuple(product(*options)) if tried else ())


def _together(program: Program, specs: Sequence[FactSpec]) -> list[list[FactSpec]]:
    """The facts, parted so that no clause reads facts of two parts."""
    parts = [{spec.name} for spec in specs]
    for clause in program.clauses:
        read = program.facts_read_by(clause)
        touched = [part for part in parts if part & read]
        if len(touched) > 1:
            parts = [part for part in parts if part not in touched] + [set().union(*touched)]
    return [[spec for spec in specs if spec.name in part] for part in parts]


__all__ = ["MAX_COMBINATIONS", "Group", "Probes"]
