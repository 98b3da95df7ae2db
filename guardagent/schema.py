"""The JSON Schema of an agent's events: compiled once, answered in one line that never quotes the event."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NoReturn

import jsonschema_rs

from guardagent.errors import PolicyError

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# A key of an event is content too: it is only repeated when it looks like the name of a field.
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_MAX_DIGITS = 2
_MAX_SHOWN = 200


class EventSchema:
    """Says what is wrong with an event before a policy reads it."""

    def __init__(self, schema: Any) -> None:
        self._validator = _compile(schema)
        self._fields = frozenset(_field_names(schema))

    @staticmethod
    @lru_cache(maxsize=256)
    def of(schema_json: str) -> EventSchema:
        """The compiled schema of a JSON text; equal texts share one.

        Raises:
            PolicyError: not JSON, not a JSON Schema 2020-12, or with a `$ref` that leaves the document.
        """
        try:
            return EventSchema(json.loads(schema_json))
        except (json.JSONDecodeError, RecursionError):
            raise PolicyError("event schema: not valid JSON") from None

    def problem(self, payload: Mapping[str, Any]) -> str | None:
        """The first thing that is wrong with `payload`, as one line with a JSON pointer; None for a valid one."""
        if self._validator.is_valid(payload):
            return None
        for error in self._validator.iter_errors(payload):
            return f"`{self._pointer(error.instance_path)}`: {self._explain(error.kind)}"
        # INVARIANT: invalid without an error to show is still invalid.
        return "`/`: does not fit the event schema"

    def _pointer(self, path: Sequence[str | int]) -> str:
        return "/" + "/".join(str(step) if isinstance(step, int) else self._shown(step) for step in path)

    def _shown(self, key: str) -> str:
        """`key` where the schema knows it or it looks like a field's name, else a placeholder."""
        if key in self._fields:
            return key.replace("~", "~0").replace("/", "~1")
        digits = sum(letter.isdigit() for letter in key)
        return key if _FIELD_NAME.fullmatch(key) and digits <= _MAX_DIGITS else "<key>"

    def _explain(self, kind: jsonschema_rs.ValidationErrorKind) -> str:
        values = kind.as_dict()
        if kind.name in ("additionalProperties", "unevaluatedProperties"):
            return self._unknown_field(values["unexpected"])
        explain = _EXPLAIN.get(kind.name)
        return explain(values) if explain else f"does not fit the schema's `{kind.name}`"

    def _unknown_field(self, unexpected: Sequence[str]) -> str:
        shown = self._shown(unexpected[0])
        near = get_close_matches(unexpected[0], sorted(self._fields), n=1)
        return f"unknown field `{shown}`" + (f"; did you mean `{near[0]}`?" if near else "")


def _compile(schema: Any) -> jsonschema_rs.Draft202012Validator:
    if not isinstance(schema, dict):
        raise PolicyError("event schema: must be an object, like `{type: object, properties: {...}}`")
    if schema.get("$schema", DIALECT).rstrip("#") != DIALECT:
        raise PolicyError("event schema: `$schema` must be JSON Schema 2020-12, or be left out")
    try:
        return jsonschema_rs.Draft202012Validator(
            schema,
            retriever=_no_retrieval,
            # This engine is linear in the text, so that no event can make a pattern run away.
            pattern_options=jsonschema_rs.RegexOptions(),
            validate_formats=True,
            ignore_unknown_formats=False,
        )
    except ValueError as error:
        raise PolicyError(f"event schema: {_first_line(error)}") from None


def _no_retrieval(_uri: str) -> NoReturn:
    raise ValueError("a `$ref` must stay inside the schema (`#/...`)")


def _first_line(error: ValueError) -> str:
    line = " ".join(str(error).partition("\n")[0].split())
    path = getattr(error, "instance_path", [])
    where = f" at `/{'/'.join(map(str, path))}`" if path else ""
    return line[:_MAX_SHOWN] + where


def _field_names(node: Any) -> set[str]:
    """Every property name that the schema declares, at any depth."""
    found: set[str] = set()
    stack = [node]
    while stack:
        match stack.pop():
            case dict() as mapping:
                for key, value in mapping.items():
                    if key == "properties" and isinstance(value, dict):
                        found.update(value)
                    elif key == "required" and isinstance(value, list):
                        found.update(name for name in value if isinstance(name, str))
                    stack.append(value)
            case list() as items:
                stack.extend(items)
    return found


def _listed(values: Sequence[Any]) -> str:
    shown = ", ".join(f"`{json.dumps(value, ensure_ascii=False)}`" for value in values)
    return shown if len(shown) <= _MAX_SHOWN else f"the {len(values)} values that the schema lists"


def _limit(text: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda values: text.format(values["limit"])


# Only the author's schema is repeated here, never a value of the event.
_EXPLAIN: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "required": lambda v: f"`{v['property']}` is missing",
    "type": lambda v: f"must be of type {' or '.join(v['types'])}",
    "enum": lambda v: f"must be one of {_listed(v['options'])}",
    "const": lambda v: f"must be {_listed([v['expected_value']])}",
    "pattern": lambda v: f"does not match the pattern `{v['pattern'][:_MAX_SHOWN]}`",
    "format": lambda v: f"is not a valid `{v['format']}`",
    "minimum": _limit("must be at least {}"),
    "maximum": _limit("must be at most {}"),
    "exclusiveMinimum": _limit("must be more than {}"),
    "exclusiveMaximum": _limit("must be less than {}"),
    "minLength": _limit("must have at least {} characters"),
    "maxLength": _limit("must have at most {} characters"),
    "minItems": _limit("must have at least {} items"),
    "maxItems": _limit("must have at most {} items"),
    "minProperties": _limit("must have at least {} fields"),
    "maxProperties": _limit("must have at most {} fields"),
    "uniqueItems": lambda _v: "holds the same item twice",
    "anyOf": lambda _v: "fits none of the forms that the schema allows",
    "oneOf": lambda _v: "must fit exactly one of the forms that the schema allows",
    "not": lambda _v: "has a form that the schema forbids",
    "falseSchema": lambda _v: "must not be there",
}
