"""Generated events fit their schema, repeat exactly, and hit the values that matter."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.translation.sampling import Pool, pool_of, samples
from guardagent.translation.sampling.maker import Maker
from guardagent.translation.sampling.patterns import text_matching
from guardagent.types import canonical_json
from tests.translation.schemas import Schema, schemas

POOL = pool_of("LIMIT = 700\nROLES = ['nurse', 'night porter']", [{"role": "surgeon", "amount": 40}])


def valid(schema: Schema) -> Callable[[dict[str, Any]], bool]:
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid


@given(schemas(), st.integers(0, 10**6))
def test_every_value_that_is_built_fits_its_schema(schema: Schema, seed: int) -> None:
    fits = valid(schema)
    # Without whole values of examples, which are taken on trust until the event is checked.
    maker = Maker(schema, POOL._replace(at={}), Random(seed))
    for _ in range(10):
        made = maker.value(schema, "", 0)
        assert fits(made), made


@given(schemas())
def test_samples_fit_also_when_they_are_changed_examples(schema: Schema) -> None:
    fits = valid(schema)
    known = samples(schema, 3, seed="known", pool=POOL, accept=fits)
    made = samples(schema, 20, seed="s", pool=POOL, events=known, accept=fits)
    assert all(map(fits, made))
    assert len({canonical_json(event) for event in made}) == len(made)


@given(schemas(), st.text(max_size=5))
def test_same_arguments_give_the_same_samples(schema: Schema, seed: str) -> None:
    first, again = (samples(schema, 10, seed=seed, pool=POOL, accept=valid(schema)) for _ in range(2))
    assert first == again


def test_another_seed_gives_other_samples() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    assert samples(schema, 10, seed="a", pool=POOL, accept=valid(schema)) != samples(
        schema, 10, seed="b", pool=POOL, accept=valid(schema)
    )


def test_values_of_program_and_examples_are_hit_and_limits_with_their_neighbours() -> None:
    schema = {
        "type": "object",
        "properties": {"role": {"type": "string"}, "amount": {"type": "integer"}},
        "required": ["role", "amount"],
    }
    made = samples(schema, 200, seed="s", pool=POOL, accept=valid(schema))
    assert {"nurse", "night porter", "surgeon", ""} <= {event["role"] for event in made}
    assert {699, 700, 701, 39, 40, 41} <= {event["amount"] for event in made}


def test_optional_fields_are_sometimes_missing_and_required_ones_never() -> None:
    schema = {"type": "object", "properties": {"a": {}, "b": {}}, "required": ["b"], "additionalProperties": False}
    made = samples(schema, 50, seed="s", pool=Pool(), accept=valid(schema))
    assert {frozenset(event) for event in made} == {frozenset("ab"), frozenset("b")}


def test_whole_values_of_examples_come_back_where_the_schema_says_nothing() -> None:
    schema: Schema = {"type": "object", "required": ["tool"]}
    tool = {"name": "refund", "arguments": {"amount": 12}}
    made = samples(
        schema, 100, seed="s", pool=pool_of("", [{"tool": tool}]), events=[{"tool": tool}], accept=valid(schema)
    )
    assert any(event["tool"] == tool for event in made)
    assert {type(event["tool"]) for event in made} >= {dict, str, type(None)}


@pytest.mark.parametrize(
    "schema",
    [
        {
            "oneOf": [{"required": ["a"], "properties": {"a": {"type": "integer"}}}, {"required": ["b"]}],
            "type": "object",
        },
        {"type": "object", "if": {"properties": {"a": {"const": 1}}}, "then": {"required": ["b"]}, "required": ["a"]},
        {"type": "object", "properties": {"a": {"type": "array", "uniqueItems": True, "items": {"enum": [1, 2, 3]}}}},
        {"type": "object", "properties": {"a": {"prefixItems": [{"const": 1}], "items": False}}, "required": ["a"]},
        {"type": "object", "properties": {"a": {"type": "string", "not": {"const": "nurse"}}}, "required": ["a"]},
        {
            "$ref": "#/$defs/node",
            "$defs": {"node": {"type": "object", "properties": {"down": {"$ref": "#/$defs/node"}}}},
        },
        {"type": "object", "minProperties": 1, "maxProperties": 2, "additionalProperties": {"type": "boolean"}},
        {"type": "object", "properties": {"a": {"pattern": "(?=x)x+"}, "b": False}},
    ],
)
def test_keywords_that_are_read_in_part_still_give_samples(schema: Schema) -> None:
    made = samples(schema, 20, seed="s", pool=POOL, accept=valid(schema))
    assert len(made) >= 3
    assert all(map(valid(schema), made))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "required": ["a"], "properties": {"a": False}},
        {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}},
        {"anyOf": [{"$ref": "#"}]},
        {"allOf": [{"$ref": "#"}]},
        {"type": "object", "required": ["a"], "properties": {"a": {"allOf": [{"type": "string"}, {"type": "null"}]}}},
        {"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "pattern": "(?!x)x{2,}(?<=y)"}}},
        {"type": "object", "required": ["a"], "properties": {"a": {"enum": []}}},
        {
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"exclusiveMinimum": 2, "maximum": 2, "type": "integer"}},
        },
    ],
)
def test_a_schema_without_an_event_gives_none_and_comes_to_an_end(schema: Schema) -> None:
    assert samples(schema, 5, seed="s", pool=Pool(), accept=lambda event: valid(schema)(event)) == ()


@pytest.mark.parametrize(
    "pattern", [r"^\d{3}-\d{4}$", "^[A-Fa-f0-9]{8}$", r"^(?P<a>ab|cd)\s?(?P=a)$", "x*?y+", "^[^a-y]$"]
)
def test_a_text_is_built_for_ordinary_patterns(pattern: str) -> None:
    for seed in range(20):
        text = text_matching(pattern, Random(seed))
        assert text is not None
        assert re.search(pattern, text)


@pytest.mark.parametrize("pattern", ["(", "(?=a)b", "a{100000}", "[^\\w\\W]"])
def test_no_text_is_built_for_patterns_beyond_reach(pattern: str) -> None:
    assert text_matching(pattern, Random(1)) is None


@pytest.mark.parametrize(
    ("parts", "fits"),
    [
        ([{"enum": [1, 2, 3]}, {"enum": [3, 2, 9]}], {2, 3}),
        ([{"type": "integer", "minimum": 3}, {"maximum": 5}, {"minimum": 4, "maximum": 9}], {4, 5}),
        ([{"type": "number"}, {"type": "integer"}, {"minimum": 1, "maximum": 2}], {1, 2}),
        ([{"type": ["integer", "null"]}, {"type": ["number", "string"]}, {"minimum": 7, "maximum": 7}], {7}),
        ([{"type": "string", "minLength": 1}, {"maxLength": 0, "const": ""}, {"minLength": 0}], set()),
    ],
)
def test_parts_that_hold_at_once_are_read_together(parts: list[Schema], fits: set[Any]) -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"allOf": parts}}, "additionalProperties": False}
    made = samples(schema, 30, seed="s", pool=Pool(), accept=valid(schema))
    assert {event["a"] for event in made} == fits


def test_fields_and_items_of_several_parts_are_all_built() -> None:
    left = {"properties": {"a": {"items": {"minimum": 1}}, "b": {}}, "required": ["a"]}
    right = {"properties": {"a": {"type": "array", "minItems": 2, "items": {"type": "integer", "maximum": 3}}}}
    schema = {"type": "object", "allOf": [left, right, {"required": ["b", "a"]}]}
    made = samples(schema, 30, seed="s", pool=Pool(), accept=valid(schema))
    assert len(made) == 30
    assert {number for event in made for number in event["a"]} == {1, 2, 3}


def test_a_schema_that_grows_in_many_places_at_once_still_gives_small_events() -> None:
    branch = {"$ref": "#"}
    schema = {"type": "object", "properties": {f"p{n}": {"type": "array", "items": branch} for n in range(30)}}
    made = samples(schema, 20, seed="s", pool=Pool(), accept=valid(schema))
    assert len(made) == 20
    assert max(len(canonical_json(event)) for event in made) < 20_000


def test_docstrings_and_long_texts_do_not_enter_the_pool() -> None:
    pool = pool_of(f'"""A docstring."""\nLONG = "{"x" * 500}"\nSHORT = "keep"', [])
    assert pool.texts == ("keep",)


def test_a_source_that_cannot_be_read_adds_nothing_to_the_pool() -> None:
    assert pool_of("def (", [{"a": "b"}]).texts == ("b",)
