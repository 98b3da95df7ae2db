"""What a blunt generator finds that an event schema allows, the sampler finds too.

The blunt one knows nothing of JSON Schema: it puts every listed value, every odd one, or nothing in every field, and
keeps what the validator takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import jsonschema_rs
import pytest
import yaml

from guardagent.translation.sampling import Pool, samples
from guardagent.types import canonical_json

CASES: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parents[1] / "cases" / "sampling.yaml").read_text())
COUNT = 200
ATTEMPTS = 6_000
ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, 3, -1, 0.5, 0.05, "", "0", "a", "word", "x-a", "x-ab", [], [True], [1, True], [3, 1],
    "2026-01-31", "2026-01-31T10:00:00Z", "a@example.com", {},
)  # fmt: skip


def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(CASES[name], validate_formats=True)


@cache
def ours(name: str) -> tuple[dict[str, Any], ...]:
    return samples(CASES[name], COUNT, seed="oracle", pool=Pool(), accept=validator(name).is_valid)


def blunt(name: str) -> Iterator[dict[str, Any]]:
    rng, valid = Random(name), validator(name).is_valid
    values = (*ODD, *listed(CASES[name]))
    for _attempt in range(ATTEMPTS):
        event = anything(CASES[name], values, rng, 0)
        if isinstance(event, dict) and valid(event):
            yield event


def anything(node: Any, values: tuple[Any, ...], rng: Random, depth: int) -> Any:
    """A value with the fields that a schema speaks of anywhere in it, and whatever in them."""
    fields = sorted(set(named(node))) if depth < 3 else []
    if not fields or (depth and rng.random() < 0.3):
        own = listed(node)
        value = rng.choice(own if own and rng.random() < 0.5 else values)
        return value if rng.random() < 0.9 else [value]
    kept = [field for field in fields if rng.random() < 0.6]
    return {field: anything(below(node, field), values, rng, depth + 1) for field in kept}


def named(node: Any) -> Iterator[str]:
    for part in parts(node):
        yield from part.get("properties", {})


def below(node: Any, field: str) -> Any:
    return next((part["properties"][field] for part in parts(node) if field in part.get("properties", {})), {})


def parts(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for key in ("allOf", "anyOf", "oneOf"):
            yield from node.get(key, ())


def listed(node: Any) -> list[Any]:
    """Every value of every `enum` and `const`."""
    if isinstance(node, list):
        return [value for item in node for value in listed(item)]
    if not isinstance(node, dict):
        return []
    here = [*node.get("enum", ()), *([node["const"]] if "const" in node else [])]
    return [*here, *(value for item in node.values() for value in listed(item))]


def features(value: Any, schema: Any, place: str = "") -> Iterator[str]:
    """What a reader of events would tell apart: which fields are there, of which type, and every listed value."""
    yield f"{place} is {'number' if type(value) in (int, float) else type(value).__name__}"
    if value is None or isinstance(value, bool) or (isinstance(schema, dict) and "enum" in schema):
        yield f"{place} = {canonical_json(value)}"
    if isinstance(value, dict):
        for key in sorted(set(named(schema))):
            if key in value:
                yield from features(value[key], below(schema, key), f"{place}/{key}")
            else:
                yield f"{place}/{key} is missing"
    elif isinstance(value, list):
        yield f"{place} is {'filled' if value else 'empty'}"
        for item in value:
            yield from features(item, schema.get("items") if isinstance(schema, dict) else None, f"{place}/*")


@pytest.mark.parametrize("name", CASES)
def test_enough_events_are_made_and_all_fit(name: str) -> None:
    assert len(ours(name)) >= CASES[name].get("x-least", 20)
    assert all(map(validator(name).is_valid, ours(name)))


@pytest.mark.parametrize("name", CASES)
def test_every_feature_of_an_event_of_the_blunt_generator_is_shown(name: str) -> None:
    schema = CASES[name]
    shown = {feature for event in ours(name) for feature in features(event, schema)}
    found = list(blunt(name))
    assert len(found) >= 3, "the blunt generator finds too little to compare with"
    missed = {feature: event for event in found for feature in features(event, schema) if feature not in shown}
    assert missed == {}
