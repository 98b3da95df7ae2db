"""Events made from an event schema: for running a program on what its author did not think of.

The generator reads the usual part of JSON Schema (types, enum, const, bounds, lengths, patterns, formats, required and
optional fields, nested objects and lists, `$ref`, `allOf`, `anyOf`, `oneOf`, `if`). Where it does not understand a
keyword it may build an event that the schema refuses; such events are thrown away. The same arguments give the same
events, on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from guardagent.translation.sampling.maker import Maker
from guardagent.translation.sampling.merge import Schema, Unsatisfiable
from guardagent.translation.sampling.pool import Pool
from guardagent.types import canonical_json

_ATTEMPTS_PER_EVENT = 6


def samples(
    schema: Schema,
    count: int,
    *,
    seed: str,
    pool: Pool,
    events: Sequence[Mapping[str, Any]] = (),
    accept: Callable[[dict[str, Any]], bool],
) -> tuple[dict[str, Any], ...]:
    """At most `count` different events that `accept` takes: from the schema alone, and by changing known `events`."""
    rng = Random(seed)
    maker = Maker(schema, pool, rng)
    found: dict[str, dict[str, Any]] = {}
    for attempt in range(count * _ATTEMPTS_PER_EVENT):
        if len(found) == count:
            break
        maker.begin()
        try:
            known = events[attempt // 2 % len(events)] if events and attempt % 2 else None
            event = maker.value(schema, "", 0) if known is None else _changed(known, schema, maker, rng)
        except (Unsatisfiable, RecursionError):
            # A schema may also refer to itself without end.
            continue
        if isinstance(event, dict) and accept(event):
            found.setdefault(canonical_json(event), event)
    return tuple(found.values())


def _changed(event: Mapping[str, Any], schema: Schema, maker: Maker, rng: Random) -> Any:
    """A copy of `event` in which one or two fields are gone or hold another value."""
    changed: Any = event
    for _change in range(rng.randint(1, 2)):
        changed = _change_in(changed, schema, "", maker, rng)
    return changed


def _change_in(value: Any, node: Any, place: str, maker: Maker, rng: Random) -> Any:
    """`value` with one thing in it changed, or a new value in its place."""
    depth = place.count("/")
    inside = isinstance(value, Mapping | list | tuple) and len(value) > 0
    if not inside or (place and rng.random() < 0.2):
        return maker.value(node, place, depth)
    schema = maker.chosen(node)
    if isinstance(value, Mapping):
        key = rng.choice(sorted(value))
        others = {name: below for name, below in value.items() if name != key}
        if key not in schema.get("required", ()) and rng.random() < 0.25:
            return others
        below = schema.get("properties", {}).get(key, {})
        return others | {key: _change_in(value[key], below, f"{place}/{key}", maker, rng)}
    items = list(value)
    index = rng.randrange(len(items))
    if rng.random() < 0.3:
        return items[:index] + items[index + 1 :]
    items[index] = _change_in(items[index], schema.get("items", {}), f"{place}/*", maker, rng)
    return items
