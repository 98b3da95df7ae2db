"""Vetting: everything that can be found out about a source before a person sees it, all of it inside the runner.

A source is read by the compiler, held against the plan (one function per rule clause, none for anything else), run on
all examples and on generated events, run again, and each clause is asked for: does it ever fire, does it fire on
everything, would an example notice if it were gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from guardagent.ports import CheckRunner, FactResolver
from guardagent.translation.conflicts import conflicted, conflicts
from guardagent.translation.examples import contradictory, event_problem, label_problem
from guardagent.translation.failures import coder_failures, misplaced, missing_functions, undeclared
from guardagent.translation.judging import Judged, draft_policy, explained, judge, unjudged
from guardagent.translation.leaving import leaving
from guardagent.translation.mutation import MutantLimits, weigh
from guardagent.translation.nearby import Near, run_neighbours, run_row
from guardagent.translation.planning import impossible_fields
from guardagent.translation.sampling import pool_of
from guardagent.translation.second import Second, second_opinion
from guardagent.translation.statuses import Evidence, broken_clauses, clause_reports, located, untranslated
from guardagent.translation.trials import Trial, run_trials
from guardagent.types import Clause, ClauseReport, Conflict, Example, ExampleResult, GuardRequest, Noun, Plan, Program


class Material(NamedTuple):
    """What a source is vetted against."""

    request: GuardRequest
    clauses: tuple[Clause, ...]
    plan: Plan
    examples: tuple[Example, ...]
    toolbox_version: str


class Vetting(Noun):
    """What vetting found in one source; `failures` are for the coder and empty when nothing is left to mend.

    `offered` are examples that the program labelled itself and the author is asked to confirm.
    """

    program: Program | None = None
    failures: tuple[str, ...] = ()
    clauses: tuple[ClauseReport, ...] = ()
    examples: tuple[ExampleResult, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    offered: tuple[Example, ...] = ()

    @property
    def rank(self) -> tuple[bool, int]:
        """How bad it is: lower is better, and any program is better than none."""
        return self.program is None, len(self.failures)


def vet(
    material: Material,
    source: str,
    *,
    runner: CheckRunner,
    facts: FactResolver,
    second: Second | None = None,
    mutants: MutantLimits | None = None,
) -> Vetting:
    """What is wrong with `source`, and what each clause and example comes to with it.

    With a `second` engine, a program on which the two differ is to be mended like one with a wrong answer. With limits
    for `mutants`, a program that needs no mending is also tried with small faults in it.
    """
    inspection = runner.inspect(source)
    if inspection.errors:
        return rejected(material, tuple(str(error) for error in inspection.errors))
    program = Program.of(inspection, toolbox_version=material.toolbox_version)
    if not program.clauses:
        missing = missing_functions(program, material.plan, material.clauses)
        return rejected(material, missing or ("the source has no clause function",))
    trying = _Trying(material, program, runner, facts)
    vetting = trying.vetting(second)
    return vetting if mutants is None or vetting.failures else trying.weighed(vetting, mutants)


def rejected(material: Material, errors: Sequence[str]) -> Vetting:
    """The vetting of a source that cannot run."""
    reason = f"no program was accepted: {errors[0]}"
    return Vetting(
        failures=tuple(errors),
        clauses=untranslated(material.clauses, material.plan, reason),
        examples=unasked(material.request, material.examples),
        problems=tuple(errors),
    )


def unasked(request: GuardRequest, examples: Sequence[Example]) -> tuple[ExampleResult, ...]:
    """The results of examples when there is no program to ask."""
    return tuple(unjudged(request, example, "there is no program to ask") for example in examples)


class _Trying:
    """One program with its trials, from which everything else is found out."""

    def __init__(self, material: Material, program: Program, runner: CheckRunner, facts: FactResolver) -> None:
        self._material, self._program, self._runner, self._facts = material, program, runner, facts
        self._policy = draft_policy(material.request, material.clauses, program)
        self._unusable = dict(_unusable(material))
        self._usable = [example for example in material.examples if example.id not in self._unusable]
        self._trials = run_trials(self._policy, material.request, self._usable, runner=runner, facts=facts)
        judged = (judge(self._policy, trial, trial.example) for trial in self._trials if trial.example)
        self._judged = tuple(explained(self._policy, material.plan, one) for one in judged)

    def vetting(self, second: Second | None) -> Vetting:
        """What the trials show."""
        request, clauses, plan = self._material.request, self._material.clauses, self._material.plan
        contradicting = contradictory(self._usable)
        broken = broken_clauses(self._trials)
        evidence = Evidence(self._policy, plan, self._trials, self._judged, frozenset(contradicting), broken)
        reports = located(clause_reports(clauses, evidence), self._program)
        wrong_parts = misplaced(self._program, plan, clauses, request)
        missing = missing_functions(self._program, plan, clauses)
        opinion = second_opinion(self._program, self._trials, second)
        leaves = leaving(self._program, request, self._facts.judged_at)
        # Nobody who writes the program can mend the plan; a person has to see it.
        invented = impossible_fields(plan, request.agent.event_schema)
        return Vetting(
            program=self._program,
            failures=(*missing, *wrong_parts, *coder_failures(evidence, reports), *opinion.failures),
            clauses=reports,
            examples=_results(self._material, self._judged, self._unusable, contradicting),
            problems=(*invented, *wrong_parts, *opinion.failures),
            notes=(
                _effort(len(self._usable), len(self._trials) - len(self._usable)),
                *opinion.notes,
                *leaves,
                *undeclared(self._program, request),
            ),
        )

    def _row(self, near: Near) -> tuple[Trial, ...]:
        """The trials of an example with every known value in one place."""
        pool = pool_of(self._program.source, [example.event for example in self._usable])
        return run_row(self._policy, self._material.request, near, pool, runner=self._runner, facts=self._facts)

    def weighed(self, vetting: Vetting, limits: MutantLimits) -> Vetting:
        """The vetting, with what small faults in the program show about its examples."""
        known = [example for example in self._usable if example.origin != "program"]
        near = run_neighbours(self._policy, self._material.request, known, runner=self._runner, facts=self._facts)
        opposed = conflicts(self._policy, near, self._trials, self._row)
        reports = conflicted(vetting.clauses, opposed.found)
        found = weigh(self._policy, reports, self._judged, near, self._trials, runner=self._runner, limits=limits)
        return vetting.model_copy(
            update={
                "clauses": found.reports,
                "examples": (*vetting.examples, *(judged.result for judged in found.offered)),
                "offered": tuple(judged.example for judged in found.offered),
                "conflicts": opposed.found,
                "notes": (*vetting.notes, *opposed.notes, *found.notes),
            }
        )


def _effort(examples: int, generated: int) -> str:
    if not generated:
        return f"run twice on {examples} examples; no event could be generated from the event schema"
    return f"run twice on {examples} examples and {generated} generated events"


def _results(
    material: Material, judged: Sequence[Judged], unusable: Mapping[str, str], conflicts: Mapping[str, str]
) -> tuple[ExampleResult, ...]:
    """The result of every example, in order, also of those that were not run."""
    results = {j.example.id: j.result for j in judged}
    for example in material.examples:
        if example.id in unusable:
            results[example.id] = unjudged(material.request, example, unusable[example.id])
        elif example.id in conflicts:
            problem = f"it contradicts example `{conflicts[example.id]}` on the same event"
            results[example.id] = results[example.id].model_copy(update={"problem": problem})
    return tuple(results[example.id] for example in material.examples)


def _unusable(material: Material) -> Iterator[tuple[str, str]]:
    """The author's examples that no program can get right, with the reason; proposed ones were sifted before."""
    for example in material.examples:
        problem = event_problem(example.event, material.request) or label_problem(example, material.clauses)
        if problem:
            yield example.id, problem
