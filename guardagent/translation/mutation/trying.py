"""Runs the mutants of a program and asks of each: does an example of the clause notice?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import NamedTuple

from guardagent.ports import Answer, CheckRunner, RunCase, RunResult
from guardagent.translation.judging import Judged, right_with
from guardagent.translation.mutation.mutants import Mutant, mutants_of
from guardagent.translation.trials import OF_THE_MACHINE, Trial
from guardagent.types import Failure, MutantCount, Policy


class MutantLimits(NamedTuple):
    """How much mutating one program may cost."""

    per_clause: int = 40
    most: int = 400
    # Events on which all unnoticed mutants together are looked at.
    runs: int = 6_000
    # Only a machine that is far too slow gets here; the report then says what was left out.
    seconds: float = 60.0


LIMITS = MutantLimits()

# Events on which each unnoticed mutant is looked at, however many there are.
_FEWEST = 60


_LOST = RunResult(failure=Failure(code="unavailable", message="the runner answered for another number of events"))


class Weakness(NamedTuple):
    """A mutant that no example of the clause notices, with the trials in which the clause answers otherwise."""

    clause: str
    mutant: Mutant
    # By the index of the trial: what the clause of the mutant said.
    seen: Mapping[int, Answer | None]


class Mutation(NamedTuple):
    """What came of all mutants: counts by clause, and those that survived a difference."""

    counts: Mapping[str, MutantCount]
    weak: tuple[Weakness, ...] = ()


def try_mutants(
    policy: Policy,
    judged: Sequence[Judged],
    others: Sequence[Trial],
    *,
    runner: CheckRunner,
    limits: MutantLimits = LIMITS,
    clock: Callable[[], float] = monotonic,
) -> Mutation:
    """What the examples that came out right notice of each mutant, and what the other trials show of the rest.

    An example notices a mutant of a clause when it would be wrong with that clause's answer. A mutant that answers
    every event as the program does is counted apart: it may be the same program in other words.
    """
    asked = [j for j in judged if not j.result.problem and j.trial.case is not None and j.example.origin != "program"]
    unnoticed: list[tuple[Mutant, list[str]]] = []
    mutants = mutants_of(policy.program, per_clause=limits.per_clause, most=limits.most)
    found = {clause: MutantCount(untried=mutants.left_out[clause]) for clause in policy.program.clauses}
    weak: list[Weakness] = []
    end = clock() + limits.seconds
    for mutant in mutants.chosen:
        if clock() > end:
            _count(found, mutant.clauses, "untried")
            continue
        left = _unnoticed(policy, mutant, asked, runner)
        if left is None:
            # Not in the language, e.g. a fact compared with a value that it never has: nobody could write it.
            continue
        _count(found, [clause for clause in mutant.clauses if clause not in left], "killed")
        if left:
            unnoticed.append((mutant, left))
    # Many of them are the same program in other words; what one event costs grows with their number.
    shown = list(enumerate(others))[: max(_FEWEST, limits.runs // max(1, len(unnoticed)))]
    for mutant, left in unnoticed:
        if clock() > end:
            _count(found, left, "untried")
            continue
        differing = _differing(mutant, left, shown, runner)
        _count(found, [clause for clause in left if clause not in differing], "same")
        _count(found, differing, "weak")
        weak += [Weakness(clause, mutant, seen) for clause, seen in differing.items()]
    return Mutation(found, tuple(weak))


def _count(found: dict[str, MutantCount], clauses: Sequence[str] | Mapping[str, object], what: str) -> None:
    for clause in clauses:
        found[clause] = found[clause].model_copy(update={what: getattr(found[clause], what) + 1})


def _unnoticed(policy: Policy, mutant: Mutant, asked: Sequence[Judged], runner: CheckRunner) -> list[str] | None:
    """The clauses of a mutant that no example notices; None for one that is no program."""
    left = list(mutant.clauses)
    # Those on which its clauses are violated tell most faults, so that the others need not be run.
    telling = [judged for judged in asked if judged.trial.fired.intersection(left)]
    others = [judged for judged in asked if not judged.trial.fired.intersection(left)]
    for part in filter(None, (telling, others)):
        results = _run(mutant, [judged.trial.case for judged in part], runner)
        if any(result.failure is not None and result.failure.code == "rejected_program" for result in results):
            return None
        told = list(zip(part, results, strict=True))
        left = [clause for clause in left if not any(_notices(policy, j, clause, result) for j, result in told)]
        if not left:
            break
    return left


def _notices(policy: Policy, judged: Judged, clause: str, result: RunResult) -> bool:
    if _of_the_machine(result) or said(judged.trial.result, clause) == said(result, clause):
        return False
    return not right_with(policy, judged, clause, answer_of(result, clause))


def _differing(
    mutant: Mutant, clauses: Sequence[str], others: Sequence[tuple[int, Trial]], runner: CheckRunner
) -> dict[str, dict[int, Answer | None]]:
    """Where the clauses of the mutant answer otherwise than the program, for those that do anywhere."""
    results = _run(mutant, [trial.case for _place, trial in others], runner)
    pairs = [(place, trial, result) for (place, trial), result in zip(others, results, strict=True)]
    seen = {
        clause: {
            n: answer_of(result, clause)
            for n, trial, result in pairs
            if not _of_the_machine(result) and said(trial.result, clause) != said(result, clause)
        }
        for clause in clauses
    }
    return {clause: where for clause, where in seen.items() if where}


def _run(mutant: Mutant, cases: Sequence[RunCase | None], runner: CheckRunner) -> Sequence[RunResult]:
    ready = [case for case in cases if case is not None]
    results = runner.run(mutant.program, ready)
    # A runner that loses answers says nothing about a mutant.
    return results if len(results) == len(cases) else [_LOST] * len(cases)


def _of_the_machine(result: RunResult) -> bool:
    return result.failure is not None and result.failure.code in OF_THE_MACHINE


def answer_of(result: RunResult, clause: str) -> Answer | None:
    """What the clause said; None for a clause that passed."""
    if result.failure is not None:
        return Answer(clause, "error", failure=result.failure)
    found = next((answer for answer in result.answers if answer.clause == clause), None)
    return None if found is None or found.outcome == "pass" else found


def said(result: RunResult, clause: str) -> tuple[object, ...]:
    """What decides in the answer of a clause; its words do not."""
    answer = answer_of(result, clause)
    if answer is None or answer.outcome == "not_applicable":
        return ("pass",)
    return (answer.outcome, answer.remedy, answer.redactions) if answer.outcome == "violation" else (answer.outcome,)


__all__ = ["LIMITS", "MutantLimits", "Mutation", "Weakness", "answer_of", "said", "try_mutants"]
