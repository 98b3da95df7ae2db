"""Trials of events that are one change away from an example: there a clause turns, and there two collide."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from guardagent.combine import findings_of
from guardagent.ports import CheckRunner, FactResolver, RunResult
from guardagent.resolving import ResolvedFacts
from guardagent.schema import EventSchema
from guardagent.translation.sampling import Pool, neighbours, pool_of, row_of
from guardagent.translation.trials import Trial, accepted_by, drawn_facts, facts_of_examples
from guardagent.types import Event, Example, FactSpec, GuardRequest, Policy, canonical_json, digest_of

NEIGHBOURS = 600


class Near(NamedTuple):
    """The trial of an event that differs from `of` in the place `pointer` only."""

    trial: Trial
    of: Example
    pointer: str
    # Whether its facts are those of the event; otherwise they were drawn by lot.
    sure: bool


def run_neighbours(
    policy: Policy,
    request: GuardRequest,
    examples: Sequence[Example],
    *,
    runner: CheckRunner,
    facts: FactResolver,
    count: int = NEIGHBOURS,
) -> tuple[Near, ...]:
    """The trials of at most `count` neighbours of the examples; no model is asked for their facts."""
    program = policy.program
    schema_json = canonical_json(request.agent.event_schema)
    seed = digest_of(schema_json)
    events = [example.event for example in examples]
    found = neighbours(
        events,
        count,
        source=program.source,
        pool=pool_of(program.source, events),
        seed=seed,
        accept=accepted_by(EventSchema.of(schema_json)),
    )
    rng = Random(seed)
    sure = not any(may_ask_a_model(spec) for spec in program.facts)
    made = [(Event.of(neighbour.event), examples[neighbour.of], neighbour.pointer) for neighbour in found]
    if sure:
        known = facts_of_examples(policy, [event for event, _of, _pointer in made], runner=runner, facts=facts)
    else:
        known = [drawn_facts(program, rng) for _each in made]
    results = runner.run(program, [values.case(event) for values, (event, *_) in zip(known, made, strict=True)])
    return tuple(
        Near(_trial(policy, event, values, result), of, pointer, sure)
        for (event, of, pointer), values, result in zip(made, known, results, strict=False)
        if not values.overruled and result.failure is None
    )


def run_row(
    policy: Policy, request: GuardRequest, near: Near, pool: Pool, *, runner: CheckRunner, facts: FactResolver
) -> tuple[Trial, ...]:
    """The trials of the example beside which `near` stands, with every value that is known for the same place."""
    accept = accepted_by(EventSchema.of(canonical_json(request.agent.event_schema)))
    events = [Event.of(event) for event in row_of(near.of.event, near.pointer, pool, accept)]
    known = facts_of_examples(policy, events, runner=runner, facts=facts)
    results = runner.run(policy.program, [values.case(event) for values, event in zip(known, events, strict=True)])
    return tuple(
        _trial(policy, event, values, result)
        for event, values, result in zip(events, known, results, strict=False)
        if not values.overruled and result.failure is None
    )


def may_ask_a_model(spec: FactSpec) -> bool:
    """Whether the fact may need a model, which made-up events are never shown to."""
    return spec.kind == "judgement" or bool(spec.question)


def _trial(policy: Policy, event: Event, facts: ResolvedFacts, result: RunResult) -> Trial:
    return Trial(event, result, findings_of(policy, result), case=facts.case(event))


__all__ = ["NEIGHBOURS", "Near", "may_ask_a_model", "run_neighbours", "run_row"]
