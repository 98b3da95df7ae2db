"""Runs a program, through the runner, on the examples and on generated events, each twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, NamedTuple, get_args

from guardagent.combine import findings_of
from guardagent.errors import EventError
from guardagent.ports import CheckRunner, FactResolver, RunCase, RunResult
from guardagent.resolving import NO_FACTS, ResolvedFacts, resolve_facts
from guardagent.schema import EventSchema
from guardagent.translation.sampling import pool_of, samples
from guardagent.translation.sampling.merge import both
from guardagent.types import (
    Event,
    Example,
    FactSpec,
    FactValue,
    Failure,
    Finding,
    GuardRequest,
    Policy,
    Program,
    Stage,
    canonical_json,
    digest_of,
)

SAMPLES = 200

# Failures that another attempt may not show: they are about the machine as much as about the program.
OF_THE_MACHINE = frozenset({"timeout", "crash", "overload", "unavailable"})


class Trial(NamedTuple):
    """One event and what the program said to it."""

    event: Event
    result: RunResult
    findings: tuple[Finding, ...]
    # Clauses that said something else when they were asked again.
    differing: tuple[str, ...] = ()
    example: Example | None = None
    # What the runner was given, to ask again; None when a fact could not be had and answers were overruled.
    case: RunCase | None = None

    @property
    def fired(self) -> frozenset[str]:
        """The clauses that found a violation."""
        return frozenset(finding.clause for finding in self.findings if finding.outcome == "violation")

    @property
    def broken(self) -> tuple[Finding, ...]:
        """The findings of the clauses that could not answer."""
        return tuple(finding for finding in self.findings if finding.outcome == "error")


class _Case(NamedTuple):
    event: Event
    facts: ResolvedFacts
    example: Example | None = None


def run_trials(
    policy: Policy, request: GuardRequest, examples: Sequence[Example], *, runner: CheckRunner, facts: FactResolver
) -> tuple[Trial, ...]:
    """The trials of all examples (with their real facts) and of generated events (with facts drawn by lot)."""
    program = policy.program
    events = [Event.of(example.event) for example in examples]
    resolved = facts_of_examples(policy, events, runner=runner, facts=facts)
    cases = [_Case(*one) for one in zip(events, resolved, examples, strict=True)]
    cases += _sample_cases(program, request, examples)
    first = _run(program, cases, runner)
    # Backwards, so that a program which remembers something between events does not get away with it.
    again = _run(program, cases[::-1], runner)[::-1]
    return tuple(_trial(policy, case, *_settled(one, two)) for case, one, two in zip(cases, first, again, strict=True))


def _trial(policy: Policy, case: _Case, result: RunResult, again: RunResult) -> Trial:
    differing = _differing(policy, result, again)
    asked = None if case.facts.overruled else case.facts.case(case.event)
    return Trial(case.event, result, findings_of(policy, result), differing, case.example, asked)


def _settled(one: RunResult, two: RunResult) -> tuple[RunResult, RunResult]:
    """The two results; where one of them only tells of a busy machine, the other one twice."""
    if one.failure and one.failure.code in OF_THE_MACHINE:
        return two, two
    if two.failure and two.failure.code in OF_THE_MACHINE:
        return one, one
    return one, two


def _differing(policy: Policy, result: RunResult, again: RunResult) -> tuple[str, ...]:
    if (result.failure is None) != (again.failure is None):
        return policy.program.clauses
    first = {answer.clause: answer for answer in result.answers}
    second = {answer.clause: answer for answer in again.answers}
    return tuple(sorted(c for c in first.keys() | second.keys() if first.get(c) != second.get(c)))


def facts_of_examples(
    policy: Policy, events: Sequence[Event], *, runner: CheckRunner, facts: FactResolver
) -> list[ResolvedFacts]:
    """The real facts of events; all of them, as every clause is to be seen at work."""
    if not policy.program.facts:
        return [NO_FACTS] * len(events)
    thorough = policy.model_copy(update={"judge_denied": True})
    return resolve_facts(thorough, events, facts, lambda asked, cases: runner.run(asked.program, cases))


def _sample_cases(program: Program, request: GuardRequest, examples: Sequence[Example]) -> list[_Case]:
    schema = request.agent.event_schema
    schema_json = canonical_json(schema)
    known = [example.event for example in examples]
    events = samples(
        pinned_schema(request),
        SAMPLES,
        seed=digest_of(schema_json),
        pool=pool_of(program.source, known),
        events=known,
        accept=accepted_by(EventSchema.of(schema_json)),
    )
    rng = Random(digest_of(schema_json))
    return [_Case(Event.of(event), drawn_facts(program, rng)) for event in events]


def pinned_schema(request: GuardRequest) -> dict[str, Any]:
    """The event schema, narrowed to events that are the policy's business."""
    own = {"agent": {"const": request.agent.name}, "stage": {"enum": list(request.stages or get_args(Stage))}}
    return both(request.agent.event_schema, {"type": "object", "properties": own, "required": ["agent", "stage"]})


def accepted_by(schema: EventSchema) -> Callable[[dict[str, Any]], bool]:
    """Whether an event fits the schema, and what every event has to keep to."""

    def accept(event: dict[str, Any]) -> bool:
        try:
            return schema.problem(Event.of(event).payload) is None
        except EventError:
            return False

    return accept


def drawn_facts(program: Program, rng: Random) -> ResolvedFacts:
    """Facts by lot."""
    return ResolvedFacts({spec.name: _drawn(spec, rng) for spec in program.facts})


def _drawn(spec: FactSpec, rng: Random) -> FactValue:
    """A value that the fact can have; a generated event has no meaning that could decide it."""
    return rng.choice(spec.options) if spec.options else None


def _run(program: Program, cases: Sequence[_Case], runner: CheckRunner) -> list[RunResult]:
    """A result per case."""
    results = runner.run(program, [case.facts.case(case.event) for case in cases])
    if len(results) != len(cases):
        wrong = Failure(code="bad_reply", message="the runner answered for another number of events")
        return [RunResult(failure=wrong)] * len(cases)
    return [case.facts.overrule(result) for case, result in zip(cases, results, strict=True)]
