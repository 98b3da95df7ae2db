"""Vetting: everything that can be found out about a source before a person sees it, all of it inside the runner.

A source is read by the compiler, held against the plan (one function per rule clause, none for anything else), run on
all examples and on generated events, run again, and each clause is asked for: does it ever fire, does it fire on
everything, would an example notice if it were gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from guardagent.ports import CheckRunner, FactResolver
from guardagent.translation.examples import contradictory, event_problem, label_problem
from guardagent.translation.failures import coder_failures, misplaced, missing_functions
from guardagent.translation.judging import Judged, draft_policy, judge, unjudged
from guardagent.translation.second import Second, second_opinion
from guardagent.translation.statuses import Evidence, broken_clauses, clause_reports, untranslated
from guardagent.translation.trials import run_trials
from guardagent.types import Clause, ClauseReport, Example, ExampleResult, GuardRequest, Noun, Plan, Program


class Material(NamedTuple):
    """What a source is vetted against."""

    request: GuardRequest
    clauses: tuple[Clause, ...]
    plan: Plan
    examples: tuple[Example, ...]
    toolbox_version: str


class Vetting(Noun):
    """What vetting found in one source; `failures` are for the coder and empty when nothing is left to mend."""

    program: Program | None = None
    failures: tuple[str, ...] = ()
    clauses: tuple[ClauseReport, ...] = ()
    examples: tuple[ExampleResult, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[bool, int]:
        """How bad it is: lower is better, and any program is better than none."""
        return self.program is None, len(self.failures)


def vet(
    material: Material, source: str, *, runner: CheckRunner, facts: FactResolver, second: Second | None = None
) -> Vetting:
    """What is wrong with `source`, and what each clause and example comes to with it.

    With a `second` engine, a program on which the two differ is to be mended like one with a wrong answer.
    """
    inspection = runner.inspect(source)
    if inspection.errors:
        return rejected(material, tuple(str(error) for error in inspection.errors))
    program = Program.of(inspection, toolbox_version=material.toolbox_version)
    if not program.clauses:
        missing = missing_functions(program, material.plan, material.clauses)
        return rejected(material, missing or ("the source has no clause function",))
    return _tried(material, program, runner, facts, second)


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


def _tried(
    material: Material, program: Program, runner: CheckRunner, facts: FactResolver, second: Second | None
) -> Vetting:
    request, clauses, plan = material.request, material.clauses, material.plan
    policy = draft_policy(request, clauses, program)
    unusable = dict(_unusable(material))
    usable = [example for example in material.examples if example.id not in unusable]
    trials = run_trials(policy, request, usable, runner=runner, facts=facts)
    judged = tuple(judge(policy, trial, trial.example) for trial in trials if trial.example)
    conflicts = contradictory(usable)
    evidence = Evidence(policy, plan, trials, judged, frozenset(conflicts), broken_clauses(trials))
    reports = clause_reports(clauses, evidence)
    wrong_parts = misplaced(program, plan, clauses, request)
    missing = missing_functions(program, plan, clauses)
    opinion = second_opinion(program, trials, second)
    return Vetting(
        program=program,
        failures=(*missing, *wrong_parts, *coder_failures(evidence, reports), *opinion.failures),
        clauses=reports,
        examples=_results(material, judged, unusable, conflicts),
        problems=(*wrong_parts, *opinion.failures),
        notes=(_effort(len(usable), len(trials) - len(usable)), *opinion.notes),
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
