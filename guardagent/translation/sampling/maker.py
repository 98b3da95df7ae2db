"""Values built from a JSON Schema."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from random import Random
from typing import Any

from guardagent.translation.fields import types_of
from guardagent.translation.sampling import scalars
from guardagent.translation.sampling.merge import Schema, Unsatisfiable, as_one, both
from guardagent.translation.sampling.patterns import text_matching
from guardagent.translation.sampling.pool import Pool
from guardagent.types import MAX_EVENT_DEPTH, canonical_json

# Deeper, or in a larger event, only what is required is built, so that recursive schemas come to an end.
_FULL_DEPTH = 6
_FULL_SIZE = 400
_MAX_SIZE = 10_000
_ITEMS = 3
_TYPE_OF_KEYWORD = {
    "properties": "object", "required": "object", "additionalProperties": "object", "patternProperties": "object",
    "items": "array", "prefixItems": "array", "minItems": "array", "maxItems": "array",
    "minLength": "string", "maxLength": "string", "pattern": "string", "format": "string",
    "minimum": "number", "maximum": "number", "exclusiveMinimum": "number", "exclusiveMaximum": "number",
    "multipleOf": "number",
}  # fmt: skip


class Maker:
    """Builds values for the parts of one schema; all chance comes from `rng`."""

    def __init__(self, root: Schema, pool: Pool, rng: Random) -> None:
        self._root = root
        self._pool = pool
        self._rng = rng
        self._built = 0

    def begin(self) -> None:
        """Starts a new event; without this, later ones would come out ever smaller."""
        self._built = 0

    def value(self, node: Any, place: str, depth: int) -> Any:
        """A value that the schema `node` allows, at `place` in the event.

        Raises:
            Unsatisfiable: none was found.
        """
        self._built += 1
        if depth > MAX_EVENT_DEPTH or self._built > _MAX_SIZE:
            raise Unsatisfiable
        rng, schema = self._rng, self.chosen(node)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._one_of(schema["enum"])
        seen = self._pool.at.get(place, ())
        kind = self._kind(schema, seen)
        if seen and place and kind in ("object", "array") and rng.random() < 0.15:
            return rng.choice(seen)
        return self._of_kind(kind, schema, place, depth)

    def _of_kind(self, kind: str, schema: Schema, place: str, depth: int) -> Any:
        seen = self._pool.at.get(place, ())
        match kind:
            case "object":
                return self._object(schema, place, depth)
            case "array":
                return self._array(schema, place, depth)
            case "string":
                return scalars.text(schema, [v for v in seen if isinstance(v, str)], self._pool, self._rng)
            case "integer" | "number":
                known = [v for v in seen if isinstance(v, int | float) and not isinstance(v, bool)]
                return scalars.number(schema, known, self._pool, self._rng, whole=kind == "integer")
            case "boolean":
                return self._rng.random() < 0.5
            case _:
                return None

    def _kind(self, schema: Schema, seen: Sequence[Any]) -> str:
        """The type to build: what the schema says or means, else what was seen there, else any."""
        types = types_of(schema) or [t for key, t in _TYPE_OF_KEYWORD.items() if key in schema][:1]
        if types:
            return self._rng.choice(types)
        if seen and self._rng.random() < 0.6:
            return _kind_of(self._rng.choice(seen))
        return self._rng.choice(("string", "string", "integer", "number", "boolean", "null", "array", "object"))

    def chosen(self, node: Any) -> Schema:
        """The schema of `node` in one piece, with one branch of each of its alternatives taken."""
        schema = as_one(self._root, node)
        for key in ("anyOf", "oneOf"):
            if key in schema:
                base = {name: value for name, value in schema.items() if name != key}
                return self.chosen(both(base, as_one(self._root, self._one_of(schema[key]))))
        if "if" not in schema:
            return schema
        base = {name: value for name, value in schema.items() if name not in ("if", "then", "else")}
        if self._rng.random() < 0.5:
            return self.chosen(both(both(base, self._branch(schema, "if")), self._branch(schema, "then")))
        return self.chosen(both(base, self._branch(schema, "else")))

    def _branch(self, schema: Schema, key: str) -> Schema:
        return as_one(self._root, schema[key]) if key in schema else {}

    def _object(self, schema: Schema, place: str, depth: int) -> dict[str, Any]:
        rng, required = self._rng, schema.get("required", ())
        declared = dict(schema.get("properties", {}))
        others = schema.get("additionalProperties", True)
        for key in required:
            declared.setdefault(key, others)
        made: dict[str, Any] = {}
        for key, below in declared.items():
            if key in required:
                made[key] = self.value(below, f"{place}/{key}", depth + 1)
            elif self._roomy(depth) and rng.random() < 0.65:
                self._add(made, key, below, place, depth)
        patterns = schema.get("patternProperties", {})
        if self._roomy(depth):
            for pattern in patterns:
                self._add_named(made, pattern, patterns[pattern], place, depth)
        if others is not False and self._roomy(depth) and rng.random() < (0.05 if declared else 0.5):
            key = self._name(schema.get("propertyNames"))
            if key not in declared:
                self._add(made, key, others, place, depth)
        return made

    def _add_named(self, made: dict[str, Any], pattern: str, node: Any, place: str, depth: int) -> None:
        """Puts up to two fields in whose names match a pattern."""
        for _field in range(self._rng.choice((0, 1, 2))):
            key = text_matching(pattern, self._rng)
            if key is not None and key not in made:
                self._add(made, key, node, place, depth)

    def _name(self, rule: Any) -> str:
        """A name for a field that the schema does not know."""
        known = ("extra", "note", "x", *self._pool.texts)
        if not isinstance(rule, dict) or self._rng.random() < 0.3:
            return self._rng.choice(known)
        try:
            name = self.value({"type": "string"} | rule, "", 0)
        except Unsatisfiable:
            name = ""
        return name if isinstance(name, str) else self._rng.choice(known)

    def _add(self, made: dict[str, Any], key: str, node: Any, place: str, depth: int) -> None:
        """Puts a field in that may as well be missing, where the schema allows a value for it."""
        with suppress(Unsatisfiable):
            made[key] = self.value(node, f"{place}/{key}", depth + 1)

    def _array(self, schema: Schema, place: str, depth: int) -> list[Any]:
        least = schema.get("minItems", 0)
        most = schema.get("maxItems", least + _ITEMS)
        length = self._rng.randint(least, max(least, min(most, least + _ITEMS))) if self._roomy(depth) else least
        first = schema.get("prefixItems", ())
        items = schema.get("items", {})
        if items is False:
            length = min(length, len(first))
        made = [self.value(first[n] if n < len(first) else items, f"{place}/*", depth + 1) for n in range(length)]
        if schema.get("uniqueItems"):
            made = list({canonical_json(item): item for item in made}.values())
        return made

    def _roomy(self, depth: int) -> bool:
        return depth < _FULL_DEPTH and self._built < _FULL_SIZE

    def _one_of(self, values: Sequence[Any]) -> Any:
        if not values:
            raise Unsatisfiable
        return self._rng.choice(values)


def _kind_of(value: Any) -> str:
    kinds = {bool: "boolean", str: "string", int: "integer", float: "number", dict: "object", list: "array"}
    return kinds.get(type(value), "null")
