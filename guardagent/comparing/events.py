"""The events that two revisions are both asked about: all their examples, and events made for either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from guardagent.errors import EventError
from guardagent.schema import EventSchema
from guardagent.translation.nearby import NEIGHBOURS
from guardagent.translation.sampling import Pool, neighbours, pool_of, samples
from guardagent.translation.trials import SAMPLES, accepted_by, pinned_schema
from guardagent.types import Draft, Event, canonical_json, digest_of


class Asked(NamedTuple):
    """One event, with the id of the example that it is, and otherwise how it was made."""

    event: Event
    example: str = ""
    made: str = "generated"


def events_of(drafts: Sequence[Draft]) -> tuple[Asked, ...]:
    """Every example of the drafts, events beside the examples, and events made from the schemas; no event twice."""
    source = "\n".join(draft.program.source for draft in drafts if draft.program)
    known = [example.event for draft in drafts for example in draft.examples]
    pool = _pool_of(drafts, known)
    found: dict[str, Asked] = {}
    for draft in reversed(drafts):
        for asked in (*_examples(draft), *_near(draft, source, pool), *_random(draft, known, pool)):
            found.setdefault(asked.event.digest, asked)
    return tuple(sorted(found.values(), key=lambda asked: not asked.example))


def _pool_of(drafts: Sequence[Draft], known: Sequence[dict[str, object]]) -> Pool:
    pools = [pool_of(draft.program.source, known) for draft in drafts if draft.program]
    texts = tuple(dict.fromkeys(text for pool in pools for text in pool.texts))
    numbers = tuple(dict.fromkeys(number for pool in pools for number in pool.numbers))
    return Pool(texts, numbers, pools[0].at if pools else {})


def _examples(draft: Draft) -> Iterator[Asked]:
    for example in draft.examples:
        try:
            yield Asked(Event.of(example.event), example.id, "")
        except EventError:
            # No policy could read it; the report of the draft says so.
            continue


def _near(draft: Draft, source: str, pool: Pool) -> Iterator[Asked]:
    schema_json = canonical_json(draft.request.agent.event_schema)
    accept = accepted_by(EventSchema.of(schema_json))
    seed = digest_of(schema_json)
    events = [example.event for example in draft.examples]
    for one in neighbours(events, NEIGHBOURS, source=source, pool=pool, seed=seed, accept=accept):
        yield Asked(Event.of(one.event), made=f"like `{draft.examples[one.of].id}` with another `{one.pointer}`")


def _random(draft: Draft, known: Sequence[dict[str, object]], pool: Pool) -> Iterator[Asked]:
    request = draft.request
    schema_json = canonical_json(request.agent.event_schema)
    accept = accepted_by(EventSchema.of(schema_json))
    schema = pinned_schema(request)
    for event in samples(schema, SAMPLES, seed=digest_of(schema_json), pool=pool, events=known, accept=accept):
        yield Asked(Event.of(event))


__all__ = ["Asked", "events_of"]
