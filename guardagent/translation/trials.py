"""Runs a program, through the runner, on the examples and on generated events, each twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple, get_args

from guardagent.combine import findings_of
from guardagent.errors import EventError, FactError
from guardagent.ports import CheckRunner, FactResolver, RunCase, RunResult
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
    # What the runner was given; None when a fact could not be had.
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
    facts: Mapping[str, FactValue] | Failure
    example: Example | None

    @property
    def ready(self) -> RunCase | None:
        """What the runner is given; None when a fact could not be had."""
        if isinstance(self.facts, Failure):
            return None
        return RunCase(self.event.canonical, canonical_json(dict(self.facts)))


def run_trials(
    policy: Policy, request: GuardRequest, examples: Sequence[Example], *, runner: CheckRunner, facts: FactResolver
) -> tuple[Trial, ...]:
    """The trials of all examples (with their real facts) and of generated events (with facts drawn by lot)."""
    program = policy.program
    cases = [_example_case(program, request, example, facts) for example in examples]
    cases += _sample_cases(program, request, examples)
    first = _run(program, cases, runner)
    # Backwards, so that a program which remembers something between events does not get away with it.
    again = _run(program, cases[::-1], runner)[::-1]
    return tuple(_trial(policy, case, *_settled(one, two)) for case, one, two in zip(cases, first, again, strict=True))


def _trial(policy: Policy, case: _Case, result: RunResult, again: RunResult) -> Trial:
    differing = _differing(policy, result, again)
    return Trial(case.event, result, findings_of(policy, result), differing, case.example, case.ready)


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


def _example_case(program: Program, request: GuardRequest, example: Example, facts: FactResolver) -> _Case:
    event = Event.of(example.event)
    if not program.facts:
        return _Case(event, {}, example)
    try:
        values = facts.resolve(program.facts, event, allow_judgement=request.allow_judgement)
    except FactError as error:
        return _Case(event, Failure(code="fact_failed", message=str(error)), example)
    return _Case(event, values, example)


def _sample_cases(program: Program, request: GuardRequest, examples: Sequence[Example]) -> list[_Case]:
    schema = request.agent.event_schema
    schema_json = canonical_json(schema)
    known = [example.event for example in examples]
    events = samples(
        _pinned(schema, request),
        SAMPLES,
        seed=digest_of(schema_json),
        pool=pool_of(program.source, known),
        events=known,
        accept=_accepts(EventSchema.of(schema_json)),
    )
    rng = Random(digest_of(schema_json))
    return [_Case(Event.of(event), {spec.name: _drawn(spec, rng) for spec in program.facts}, None) for event in events]


def _pinned(schema: dict[str, Any], request: GuardRequest) -> dict[str, Any]:
    """The event schema, narrowed to events that are the policy's business."""
    own = {"agent": {"const": request.agent.name}, "stage": {"enum": list(request.stages or get_args(Stage))}}
    return both(schema, {"type": "object", "properties": own, "required": ["agent", "stage"]})


def _accepts(schema: EventSchema) -> Callable[[dict[str, Any]], bool]:
    def accept(event: dict[str, Any]) -> bool:
        try:
            return schema.problem(Event.of(event).payload) is None
        except EventError:
            return False

    return accept


def _drawn(spec: FactSpec, rng: Random) -> FactValue:
    """A value that the fact can have; a generated event has no meaning that could decide it."""
    values = (*spec.labels, spec.default) if spec.kind == "category" else spec.choices
    return rng.choice(values) if values else None


def _run(program: Program, cases: Sequence[_Case], runner: CheckRunner) -> list[RunResult]:
    """A result per case; a case whose facts failed is not run."""
    ready = [made for case in cases if (made := case.ready) is not None]
    results = runner.run(program, ready)
    if len(results) != len(ready):
        wrong = Failure(code="bad_reply", message="the runner answered for another number of events")
        return [RunResult(failure=wrong)] * len(cases)
    answers = iter(results)
    return [RunResult(failure=case.facts) if isinstance(case.facts, Failure) else next(answers) for case in cases]
