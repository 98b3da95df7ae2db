"""Event schemas: what is wrong is named by its place, never by its content."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.errors import PolicyError
from guardagent.schema import EventSchema

SECRET = "sk-4711-very-secret"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["user"],
    "properties": {
        "user": {
            "type": "object",
            "required": ["role"],
            "additionalProperties": False,
            "properties": {
                "role": {"enum": ["nurse", "doctor"]},
                "age": {"type": "integer", "minimum": 0, "maximum": 150},
                "born": {"type": "string", "format": "date"},
                "badge": {"type": "string", "pattern": "^[A-Z]{2}$", "maxLength": 4},
                "wards": {"type": "array", "uniqueItems": True, "maxItems": 3, "items": {"$ref": "#/$defs/ward"}},
            },
        },
        "amount": {"oneOf": [{"type": "number"}, {"type": "null"}]},
    },
    "$defs": {"ward": {"type": "string"}},
}


def event_schema(schema: object = SCHEMA) -> EventSchema:
    return EventSchema.of(json.dumps(schema))


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        ({}, "`/`: `user` is missing"),
        ({"user": {}}, "`/user`: `role` is missing"),
        ({"user": {"role": SECRET}}, '`/user/role`: must be one of `"nurse"`, `"doctor"`'),
        ({"user": {"role": "nurse", "age": SECRET}}, "`/user/age`: must be of type integer"),
        ({"user": {"role": "nurse", "age": -1}}, "`/user/age`: must be at least 0"),
        ({"user": {"role": "nurse", "born": SECRET}}, "`/user/born`: is not a valid `date`"),
        ({"user": {"role": "nurse", "badge": SECRET}}, "`/user/badge`: "),
        ({"user": {"role": "nurse", "wards": ["a", 7]}}, "`/user/wards/1`: must be of type string"),
        ({"user": {"role": "nurse", "wards": ["a", "a"]}}, "`/user/wards`: holds the same item twice"),
        ({"user": {"role": "nurse", "rol": 1}}, "`/user`: unknown field `rol`; did you mean `role`?"),
        ({"user": {"role": "nurse", SECRET: 1}}, "`/user`: unknown field `<key>`"),
        ({"user": {"role": "nurse", "a`b\nc": 1}}, "`/user`: unknown field `<key>`"),
        ({"user": {"role": "nurse"}, "amount": SECRET}, "`/amount`: must fit exactly one of the forms"),
    ],
)
def test_problem_names_the_place_and_never_the_value(event: dict[str, Any], problem: str) -> None:
    said = event_schema().problem(event)
    assert said is not None
    assert said.startswith(problem)
    assert SECRET not in said
    assert "\n" not in said


def test_a_valid_event_has_no_problem() -> None:
    assert event_schema().problem({"user": {"role": "nurse", "age": 30}, "anything": [1]}) is None


def test_an_empty_schema_takes_every_object() -> None:
    assert EventSchema.of("{}").problem({"agent": "a"}) is None


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "strng"},
        {"$ref": "https://example.com/other.json"},
        {"$ref": "file:///etc/passwd"},
        {"$id": "http://example.com/a", "$ref": "other.json"},
        {"$ref": "#/$defs/missing"},
        {"properties": {"a": {"pattern": "(?=x)"}}},
        {"properties": {"a": {"format": "no-such-format"}}},
        {"$schema": "http://json-schema.org/draft-07/schema#"},
        [1],
        True,
        "text",
    ],
)
def test_a_malformed_schema_is_one_line(schema: object) -> None:
    with pytest.raises(PolicyError, match=r"^event schema: .+") as caught:
        event_schema(schema)
    assert "\n" not in str(caught.value)


def test_broken_json_is_a_policy_error() -> None:
    with pytest.raises(PolicyError, match="not valid JSON"):
        EventSchema.of("{")


def test_equal_texts_share_one_compiled_schema() -> None:
    assert EventSchema.of('{"type": "object"}') is EventSchema.of('{"type": "object"}')


def test_a_runaway_pattern_answers_at_once() -> None:
    schema = event_schema({"properties": {"a": {"pattern": "^(a+)+$"}}})
    assert schema.problem({"a": "a" * 50_000 + "!"}) is not None


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(alphabet="XYZ0123456789", min_size=12)))
def test_values_never_show_in_a_problem(user: dict[str, str]) -> None:
    said = event_schema().problem({"user": user}) or ""
    assert not any(value in said for value in user.values())
