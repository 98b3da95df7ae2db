"""Hypothesis strategies for event schemas that the sampler claims to read."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]

NAMES = ("role", "amount", "items", "note", "ok", "x/y", "t~e")
small = st.integers(-50, 50)


def _between(low_key: str, high_key: str, numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Schema]:
    """Bounds of which either may be open, and that leave room."""
    pairs = st.tuples(numbers, numbers).map(lambda pair: {low_key: min(pair), high_key: max(pair)})
    return st.one_of(st.just({}), pairs, numbers.map(lambda n: {low_key: n}), numbers.map(lambda n: {high_key: n}))


texts = st.one_of(
    _between("minLength", "maxLength", st.integers(0, 40)).map(lambda limits: {"type": "string"} | limits),
    st.sampled_from(["date", "email", "uri", "date-time", "uuid", "ipv4"]).map(
        lambda f: {"type": "string", "format": f}
    ),
    st.sampled_from(
        [r"^[A-Z]{2}-\d{3,5}$", r"^(a|bc)+\.txt$", r"^[^0-9 ]{3}$", r"\bkey\b", r"^\w+@\w+\.(org|com)$"]
    ).map(lambda pattern: {"type": "string", "pattern": pattern}),
)
numbers = st.one_of(
    _between("minimum", "maximum", small).map(lambda limits: {"type": "integer"} | limits),
    _between("minimum", "maximum", st.floats(-50, 50)).map(lambda limits: {"type": "number"} | limits),
    st.tuples(small, st.integers(2, 9)).map(
        lambda at: {"type": "integer", "exclusiveMinimum": at[0], "exclusiveMaximum": at[0] + at[1]}
    ),
    st.tuples(small, st.integers(1, 9)).map(
        lambda at: {"type": "number", "exclusiveMinimum": at[0], "exclusiveMaximum": at[0] + at[1]}
    ),
    st.integers(1, 7).map(lambda step: {"type": "integer", "multipleOf": step, "minimum": 0}),
)
scalars: st.SearchStrategy[Schema] = st.one_of(
    texts,
    numbers,
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["string", "null"]}, {}, {"const": [1, "a"]}]),
    st.lists(st.one_of(small, st.text(max_size=5), st.none()), min_size=1, max_size=4).map(lambda v: {"enum": v}),
)


def _objects(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    @st.composite
    def build(draw: st.DrawFn) -> Schema:
        properties = draw(st.dictionaries(st.sampled_from(NAMES), inner, max_size=4))
        required = draw(st.lists(st.sampled_from(sorted(properties)), unique=True)) if properties else []
        schema: Schema = {"type": "object", "properties": properties, "required": required}
        closed = draw(st.sampled_from([None, False, {"type": "string"}]))
        return schema if closed is None else schema | {"additionalProperties": closed}

    return build()


def _arrays(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    lengths = _between("minItems", "maxItems", st.integers(0, 3))
    return st.tuples(inner, lengths).map(lambda pair: {"type": "array", "items": pair[0]} | pair[1])


def _combined(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    return st.one_of(
        _objects(inner),
        _arrays(inner),
        st.lists(inner, min_size=1, max_size=3).map(lambda branches: {"anyOf": branches}),
        inner.map(lambda schema: {"allOf": [schema, {"description": "the same"}]}),
    )


values: st.SearchStrategy[Schema] = st.recursive(scalars, _combined, max_leaves=8)


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """An object schema; some of its fields refer to definitions."""
    root = draw(_objects(values))
    definition = draw(values)
    root["properties"]["referred"] = {"$ref": "#/$defs/shared~1part"}
    root["$defs"] = {"shared/part": definition}
    return root
