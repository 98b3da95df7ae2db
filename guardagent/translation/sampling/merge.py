"""Several JSON Schemas that hold at once, as one; for building events, not for judging them."""

from __future__ import annotations

from typing import Any

from guardagent.translation.fields import resolve, types_of

Schema = dict[str, Any]


class Unsatisfiable(Exception):
    """No value was found that the schema allows."""


def as_one(root: Schema, node: Any) -> Schema:
    """The schema of `node` with its references followed and everything under `allOf` merged in."""
    if node is False:
        raise Unsatisfiable
    schema = resolve(root, node)
    parts = schema.get("allOf")
    if not parts:
        return schema
    one = {key: value for key, value in schema.items() if key != "allOf"}
    for part in parts:
        one = both(one, as_one(root, part))
    return one


def both(left: Schema, right: Schema) -> Schema:
    """A schema that asks for what `left` and `right` ask for."""
    merged = left | right
    for key in left.keys() & right.keys():
        merged[key] = _both_of(key, left[key], right[key])
    return merged


def _both_of(key: str, left: Any, right: Any) -> Any:
    match key:
        case "properties" | "patternProperties" | "$defs":
            shared = {name: {"allOf": [left[name], right[name]]} for name in left.keys() & right.keys()}
            return left | right | shared
        case "required":
            return list(dict.fromkeys([*left, *right]))
        case "enum":
            return [value for value in left if value in right]
        case "type":
            return _common_types(left, right)
        case "minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties":
            return max(left, right)
        case "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties":
            return min(left, right)
        case "items" | "additionalProperties":
            return {"allOf": [left, right]}
        case _:
            return right


def _common_types(left: str | list[str], right: str | list[str]) -> list[str]:
    one, other = types_of({"type": left}), types_of({"type": right})
    common = [kind for kind in one if kind in other]
    if "integer" in other and "number" in one and "integer" not in common:
        common.append("integer")
    if "integer" in one and "number" in other and "integer" not in common:
        common.append("integer")
    if not common:
        raise Unsatisfiable
    return common
