"""The request as a whole: statements on several clauses are carried to the clauses that they are about."""

from __future__ import annotations

from collections.abc import Sequence

from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.connectives import Any_, Unbroken, both
from guardagent.reasoners.offline.doubts import Doubts
from guardagent.reasoners.offline.meanings import (
    Amend,
    Default,
    First,
    Note,
    Remark,
    Respelling,
    Ruling,
    Scope,
)
from guardagent.reasoners.offline.outline import Outline, Reading, targets
from guardagent.reasoners.offline.rewrite import with_default
from guardagent.types import Clause

_CARRIED = "it changes how another clause is read, and is carried out there"


class Document:
    """The clauses of a request with their labels, and what was read of them."""

    def __init__(self, clauses: Sequence[Clause], text: str = "") -> None:
        self._outline = Outline(clauses, text)
        self.labels = tuple(label for label in self._outline.label.values() if label)
        self._readings: list[Reading] = []

    def add(self, reading: Reading) -> None:
        """Takes the reading of the next clause."""
        self._readings.append(reading)

    def settled(self) -> list[Reading]:
        """The readings with every statement carried to the clauses that it is about."""
        readings = [self._own(reading) for reading in self._joined_remarks()]
        readings = Doubts(self._outline, readings, self._readings).settled()
        readings = [self._scoped(number, reading, readings) for number, reading in enumerate(readings)]
        return [self._after(reading, readings) for reading in readings]

    def _joined_remarks(self) -> list[Reading]:
        """The readings with each sentence that only remarks on the rule before it taken to that rule."""
        found = list(self._readings)
        for number, reading in enumerate(found):
            if reading.problem or not _only_remarks(reading):
                continue
            before = self._rule_before(number, found)
            if before is not None and not found[before].problem:
                found[before] = found[before]._replace(meanings=(*found[before].meanings, *reading.meanings))
                explains = (found[before].clause.id,)
                found[number] = reading._replace(meanings=(Note(),), problem=_CARRIED, explains=explains)
        return found

    def _rule_before(self, number: int, readings: Sequence[Reading]) -> int | None:
        """The clause with a rule right before, remarks on it apart, in the same paragraph."""
        here = self._outline.paragraph[readings[number].clause.id]
        for at in range(number - 1, -1, -1):
            other = readings[at]
            if self._outline.paragraph[other.clause.id] != here or self._outline.is_item(readings[number].clause):
                return None
            if other.problem != _CARRIED:
                return at if other.problem or any(isinstance(m, Ruling) for m in other.meanings) else None
        return None

    def _own(self, reading: Reading) -> Reading:
        """The clause's own conditions, with the remarks on them."""
        if reading.problem:
            return reading
        violated: list[Condition] = []
        for meaning in reading.meanings:
            if isinstance(meaning, Ruling):
                violated.append(meaning.violated)
            elif isinstance(meaning, Remark):
                changed = meaning.change(_joined(violated)) if violated else None
                if changed is None:
                    return reading._replace(
                        problem="a remark in the clause contradicts it, or is about something else",
                        hint="say the rule and its remark in one sentence",
                        missed=(*reading.missed, reading.clause.text),
                    )
                violated = [changed]
            elif isinstance(meaning, Amend) and violated:
                changed = meaning.change(_joined(violated))
                if changed is None:
                    return reading._replace(problem="an exception in the clause does not fit it")
                violated = [changed]
            elif isinstance(meaning, Scope) and meaning.back and violated:
                violated = [both(meaning.condition, condition) for condition in violated]
        if not violated:
            return reading._replace(problem=_idle(reading), explains=self._explained(reading))
        return reading._replace(violated=tuple(violated))

    def _explained(self, reading: Reading) -> tuple[str, ...]:
        """The clauses that carry out a statement which is no rule itself."""
        others = [r.clause.id for r in self._readings if r.clause.kind == "rule" and r is not reading]
        for meaning in reading.meanings:
            if isinstance(meaning, Scope) and meaning.labels is not None:
                return self._outline.named(meaning.labels)
            if isinstance(meaning, First) and meaning.rest is not None:
                return self._outline.named(meaning.rest)
        return tuple(others)

    def _scoped(self, number: int, reading: Reading, readings: list[Reading]) -> Reading:
        """The clause within the scopes and with the defaults that the document states."""
        if reading.problem:
            return reading
        violated = reading.violated
        for place, other in enumerate(readings):
            for meaning in other.meanings:
                if isinstance(meaning, Default):
                    violated = tuple(with_default(condition, meaning) for condition in violated)
                elif isinstance(meaning, Respelling):
                    violated = tuple(meaning.change(condition) or condition for condition in violated)
                elif isinstance(meaning, Amend) and number in targets(place, meaning, self._readings):
                    changed = meaning.change(_joined(violated))
                    if changed is None:
                        return reading._replace(problem="an exception behind it does not fit", violated=())
                    violated = (changed,)
                elif isinstance(meaning, Scope) and self._concerns(meaning, place, number, reading):
                    violated = tuple(both(meaning.condition, condition) for condition in violated)
        return reading._replace(violated=violated)

    def _concerns(self, scope: Scope, place: int, number: int, reading: Reading) -> bool:
        if scope.labels is not None:
            return reading.clause.id in self._outline.named(scope.labels)
        if scope.back:
            return number in targets(place, scope, self._readings)
        if (
            scope.paragraph
            and self._outline.paragraph[reading.clause.id] != self._outline.paragraph[self._readings[place].clause.id]
        ):
            return False
        heading = self._readings[place].clause.heading
        elsewhere = scope.section and heading and reading.clause.heading != heading
        return place != number and not elsewhere and (not scope.below or number > place)

    def _after(self, reading: Reading, readings: list[Reading]) -> Reading:
        """The clause where no other that goes first is violated."""
        if reading.problem:
            return reading
        guards: list[Condition] = []
        for other in readings:
            for meaning in other.meanings:
                if isinstance(meaning, First):
                    guards += self._first(meaning, reading, other, readings)
        if not guards:
            return reading
        return reading._replace(violated=tuple(both(c, *(Unbroken(g) for g in guards)) for c in reading.violated))

    def _first(self, first: First, reading: Reading, other: Reading, readings: list[Reading]) -> list[Condition]:
        leading = self._leading(first, other) if first.first is None else set(self._outline.named(first.first))
        rest = None if first.rest is None else self._outline.named(first.rest)
        if reading.clause.id in leading or (rest is not None and reading.clause.id not in rest):
            return []
        return [_joined(r.violated) for r in readings if r.clause.id in leading and r.violated]

    def _leading(self, first: First, other: Reading) -> set[str]:
        """The clause in which the statement stands, or the rule before it where it stands alone."""
        place = self._readings.index(next(r for r in self._readings if r.clause.id == other.clause.id))
        if any(isinstance(meaning, Ruling) for meaning in other.meanings):
            return {other.clause.id}
        return {self._readings[n].clause.id for n in targets(place, first, self._readings)}


def _only_remarks(reading: Reading) -> bool:
    kinds = [type(meaning) for meaning in reading.meanings]
    return Remark in kinds and set(kinds) <= {Remark, Note}


def _joined(conditions: Sequence[Condition]) -> Condition:
    return conditions[0] if len(conditions) == 1 else Any_(tuple(conditions))


def _idle(reading: Reading) -> str:
    if reading.meanings and all(isinstance(m, Note) for m in reading.meanings):
        return "it says how to report or what to bear in mind, and asks nothing of an event"
    if reading.meanings:
        return "it changes how other clauses are read, and is carried out there"
    return "the clause states nothing that can be checked"


__all__ = ["Document"]
