"""Events beside known ones: each one change away, valid, different, and always the same."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
from hypothesis import given

from guardagent.translation.sampling import neighbours, pool_of, row_of, samples
from guardagent.types import canonical_json
from tests.translation.schemas import Schema, schemas

SCHEMA: Schema = {
    "type": "object",
    "required": ["tool"],
    "properties": {"tool": {"type": "object", "required": ["name"], "properties": {"amount": {"type": "number"}}}},
}
EVENTS: list[dict[str, Any]] = [
    {"tool": {"name": "refund", "amount": 10}},
    {"tool": {"name": "close"}, "note": "hello"},
]
SOURCE = 'LIMIT = 500\nx = event["tool"]["amount"] > LIMIT or event["tool"]["name"] == "refund"\n'


def made(count: int = 100) -> tuple[dict[str, Any], ...]:
    accept = jsonschema_rs.Draft202012Validator(SCHEMA).is_valid
    pool = pool_of(SOURCE, EVENTS)
    return tuple(n.event for n in neighbours(EVENTS, count, source=SOURCE, pool=pool, seed="s", accept=accept))


def test_both_sides_of_a_limit_of_the_program_are_tried() -> None:
    amounts = {event["tool"].get("amount") for event in made() if event["tool"]["name"] == "refund"}
    assert {499, 500, 501, None} <= amounts


def test_what_the_program_does_not_mention_is_left_alone() -> None:
    assert {event.get("note") for event in made()} == {None, "hello"}


def test_count_is_kept_to_and_the_same_events_come_back() -> None:
    assert len(made(5)) == 5
    assert made() == made()


def test_a_row_has_every_known_value_of_one_place_and_none() -> None:
    accept = jsonschema_rs.Draft202012Validator(SCHEMA).is_valid
    row = row_of(EVENTS[0], "/tool/amount", pool_of(SOURCE, EVENTS), accept)
    amounts = [event["tool"].get("amount") for event in row]
    assert {10, 499, 499.5, 500, 501, None} <= set(amounts)
    assert max(a for a in amounts if a is not None) > 100_000
    assert {event["tool"]["name"] for event in row} == {"refund"}


def without(value: Any, place: list[str]) -> Any:
    """`value` with nothing in one place; in a list, nothing that follows it either."""
    key, rest = place[0], place[1:]
    if isinstance(value, list):
        return value[: int(key)]
    below = {key: without(value[key], rest)} if rest else {}
    return {name: kept for name, kept in value.items() if name != key} | below


def steps(pointer: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


@given(schemas())
def test_every_neighbour_is_one_valid_change_away(schema: Schema) -> None:
    valid = jsonschema_rs.Draft202012Validator(schema).is_valid
    known = samples(schema, 3, seed="known", pool=pool_of("", []), accept=valid)
    source = " ".join((*schema["properties"], "role amount items note ok x/y t~e referred"))
    found = neighbours(known, 40, source=source, pool=pool_of(source, known), seed="s", accept=valid)
    for one in found:
        assert valid(one.event)
        assert canonical_json(one.event) != canonical_json(known[one.of])
        assert without(one.event, steps(one.pointer)) == without(known[one.of], steps(one.pointer))
    keys = [canonical_json(one.event) for one in found]
    assert len(set(keys) | {canonical_json(event) for event in known}) == len(keys) + len(known)
