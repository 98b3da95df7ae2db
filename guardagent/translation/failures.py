"""What a coder is told about its source: each failure in one text that says where, what was expected and what came."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from guardagent.translation.fields import field_problem, impossible_field
from guardagent.translation.judging import Judged, failure_text, given_up_for
from guardagent.translation.planning import covered
from guardagent.translation.reads import Read, reads_of
from guardagent.translation.statuses import Evidence
from guardagent.translation.trials import Trial
from guardagent.types import Clause, ClauseReport, GuardRequest, Plan, Program

MAX_FAILURES = 20
_MAX_EVENT = 800


def missing_functions(program: Program, plan: Plan, clauses: Sequence[Clause]) -> tuple[str, ...]:
    """The rule clauses that the plan covers and the program does not."""
    texts = {clause.id: clause.text for clause in clauses}
    return tuple(
        f"clause `{clause}` has no function; write `def clause_{clause}(event, facts):` for: {texts[clause]}"
        for clause in covered(plan, clauses)
        if clause not in program.clauses
    )


def misplaced(program: Program, plan: Plan, clauses: Sequence[Clause], request: GuardRequest) -> tuple[str, ...]:
    """What the program has and must not have: functions for other clauses, facts and fields that cannot be had."""
    return (
        *_extra_functions(program, plan, clauses),
        *_impossible_facts(program, request),
        *_impossible_reads(program, request.agent.event_schema),
    )


def undeclared(program: Program, request: GuardRequest) -> tuple[str, ...]:
    """The fields that the program reads and the schema allows without declaring them."""
    schema = request.agent.event_schema
    reads = [read for read in reads_of(program.source) if not _is_impossible(schema, read)]
    found = {read.pointers[0]: line for read, line in _wrong_reads(reads, schema, field_problem)}
    return tuple(found.values())


def _impossible_reads(program: Program, schema: dict[str, Any]) -> Iterator[str]:
    """The fields that the program reads and that no event has: what asks for them is always answered alike."""
    for _read, line in _wrong_reads(reads_of(program.source), schema, impossible_field):
        yield line


def _wrong_reads(
    reads: Sequence[Read], schema: dict[str, Any], problem: Callable[[dict[str, Any], str], str | None]
) -> Iterator[tuple[Read, str]]:
    """The reads with a problem, and how it is told; what stands below a wrong field is not told again."""
    told: dict[str, list[str]] = {}
    for read in reads:
        problems = [problem(schema, pointer) for pointer in read.pointers]
        above = told.setdefault(read.function, [])
        if all(problems) and not any(f"{read.pointers[0]}/".startswith(f"{pointer}/") for pointer in above):
            above.append(read.pointers[0])
            yield read, f"`{read.function}`, line {read.line}: {problems[0]}"


def _is_impossible(schema: dict[str, Any], read: Read) -> bool:
    return all(impossible_field(schema, pointer) for pointer in read.pointers)


def coder_failures(evidence: Evidence, reports: Sequence[ClauseReport]) -> tuple[str, ...]:
    """What the trials found, the author's examples first; empty when the coder has nothing to mend."""
    found = [
        *_wrong_examples(evidence, "author"),
        *_wrong_examples(evidence, "proposed"),
        *_broken_on_samples(evidence.trials),
        *_unsteady(evidence.trials),
    ]
    if not found:
        return ()
    # Vacuity alone may be for want of examples, which no change of the source mends.
    found += [f"clause `{r.clause}`: {r.reason}" for r in reports if r.status in ("ALWAYS_ALLOW", "ALWAYS_DENY")]
    shown = found[:MAX_FAILURES]
    return (*shown, f"and {len(found) - MAX_FAILURES} more") if len(found) > MAX_FAILURES else tuple(shown)


def _extra_functions(program: Program, plan: Plan, clauses: Sequence[Clause]) -> Iterator[str]:
    kinds = {clause.id: clause.kind for clause in clauses}
    gaps = {gap.clause for gap in plan.gaps}
    for clause in sorted(set(program.clauses) - set(covered(plan, clauses))):
        if clause not in kinds:
            why = "the request has no such clause"
        elif clause in gaps:
            why = "the plan declares it not translatable"
        elif kinds[clause] != "rule":
            why = f"it is a {kinds[clause]} and no rule of its own"
        else:
            why = "the plan does not cover it"
        yield f"`clause_{clause}` must go: {why}"


def _impossible_facts(program: Program, request: GuardRequest) -> Iterator[str]:
    for spec in program.facts:
        if spec.kind == "judgement" and not request.allow_judgement:
            yield (
                f"fact `{spec.name}` is a judgement, and the author does not allow questions to a model; "
                "decide it from event fields or a category"
            )
        for field in spec.fields:
            problem = field_problem(request.agent.event_schema, field)
            if problem:
                yield f"fact `{spec.name}`: {problem}"


def _wrong_examples(evidence: Evidence, origin: str) -> Iterator[str]:
    gaps = {gap.clause for gap in evidence.plan.gaps}
    given_up = {gap.clause for gap in evidence.plan.gaps if not gap.explains}
    for judged in evidence.judged:
        example = judged.example
        if example.origin != origin or not judged.result.problem:
            continue
        # No source can agree with two contradictory labels, nor enforce what the plan gave up.
        if example.id in evidence.contradictory or gaps & set(example.violated):
            continue
        if given_up_for(evidence.policy, evidence.plan, judged):
            continue
        yield _example_text(judged, given_up if not example.violated else frozenset())


def _example_text(judged: Judged, gaps: Collection[str]) -> str:
    example = judged.example
    label = "author's example" if example.origin == "author" else "proposed example (its label may be wrong)"
    note = f" ({example.note})" if example.note else ""
    doubt = f" If it is about {', '.join(sorted(gaps))}, which the plan gave up, leave it." if gaps else ""
    return f"{label} `{example.id}`{note}: {judged.result.problem}.{doubt} Event: {_shown(judged.trial)}"


def _broken_on_samples(trials: Sequence[Trial]) -> Iterator[str]:
    """One text per clause and kind of failure, with the shortest event that shows it."""
    shortest: dict[tuple[str, str], Trial] = {}
    for trial in trials:
        for finding in trial.broken if trial.example is None else ():
            key = (finding.clause, failure_text(finding.failure))
            if key not in shortest or len(trial.event.canonical) < len(shortest[key].event.canonical):
                shortest[key] = trial
    for (clause, failure), trial in sorted(shortest.items(), key=lambda item: item[0]):
        yield (
            f"clause `{clause}` broke on a valid event: {failure}. Any event that fits the schema must get an answer. "
            f"Event: {_shown(trial)}"
        )


def _unsteady(trials: Sequence[Trial]) -> Iterator[str]:
    clauses = sorted({clause for trial in trials for clause in trial.differing})
    for clause in clauses:
        yield f"clause `{clause}` answered the same event in two ways; it must depend on `event` and `facts` alone"


def _shown(trial: Trial) -> str:
    text = trial.event.canonical
    return text if len(text) <= _MAX_EVENT else f"{text[:_MAX_EVENT]}… ({len(text)} characters)"
