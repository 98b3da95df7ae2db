"""Event fields against the event schema: which pointers it declares, which it rules out, and which one was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from typing import Any

ALWAYS_KNOWN = ("/agent", "/stage")
# Deep enough for any event (an event itself has at most 32 levels), and an end for schemas that refer to themselves.
_MAX_DEPTH = 32
_LISTED_DEPTH = 8
_MAX_LISTED = 2_000
_MAX_BRANCHES = 200
# A schema with one of these says what may stand below it.
_SAYING = ("properties", "items", "prefixItems", "additionalProperties", "patternProperties", "type", "enum", "const")


def field_problem(schema: dict[str, Any], pointer: str) -> str | None:
    """What is wrong with reading `pointer`, with the field that was probably meant; None where the schema has it.

    A schema that says nothing about a place says nothing against a field there.
    """
    if pointer and not pointer.startswith("/"):
        return f"`{pointer}` is not a JSON pointer; write it like `/{pointer.replace('.', '/')}`"
    if pointer in ALWAYS_KNOWN or _has(schema, schema, _steps(pointer), 0):
        return None
    return f"the event schema has no field `{pointer}`{_meant(schema, pointer)}"


def impossible_field(schema: dict[str, Any], pointer: str) -> str | None:
    """Why no event of the schema can have `pointer`, with the field that was probably meant; None where one may.

    Other than a field that the schema only does not declare, such a field is never there when a program reads it.
    """
    if pointer in ALWAYS_KNOWN or not pointer.startswith("/") or _may(schema, schema, _steps(pointer), 0):
        return None
    return f"the event schema allows no field `{pointer}`{_meant(schema, pointer)}"


def _meant(schema: dict[str, Any], pointer: str) -> str:
    near = get_close_matches(pointer, sorted({*ALWAYS_KNOWN, *islice(declared(schema), _MAX_LISTED)}), n=1, cutoff=0.5)
    return f"; did you mean `{near[0]}`?" if near else ""


def declared(schema: dict[str, Any]) -> Iterator[str]:
    """The pointers of all fields that the schema declares; `*` stands for any item of a list."""
    yield from _declared(schema, schema, "", 0)


def resolve(root: dict[str, Any], node: Any) -> dict[str, Any]:
    """The schema that `node` stands for, following local references; the empty schema for anything else."""
    for _hop in range(_MAX_DEPTH):
        if not isinstance(node, dict):
            return {}
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return node
        rest = {key: value for key, value in node.items() if key != "$ref"}
        target = _target(root, reference)
        node = {"allOf": [target, rest]} if rest else target
    return {}


def _target(root: dict[str, Any], reference: str) -> Any:
    node: Any = root
    for step in _steps(reference.removeprefix("#")):
        if isinstance(node, list) and step.isdecimal() and int(step) < len(node):
            node = node[int(step)]
        elif isinstance(node, dict):
            node = node.get(step, {})
        else:
            return {}
    return node


def _steps(pointer: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _branches(root: dict[str, Any], node: Any) -> Iterator[dict[str, Any]]:
    """The node and every schema that it combines, each once."""
    waiting: list[Any] = [node]
    # Holds the schemas themselves, so that no id is given out twice.
    seen: dict[int, dict[str, Any]] = {}
    while waiting and len(seen) < _MAX_BRANCHES:
        schema = resolve(root, waiting.pop())
        if id(schema) in seen:
            continue
        seen[id(schema)] = schema
        yield schema
        waiting.extend(schema[key] for key in ("if", "then", "else") if key in schema)
        for key in ("allOf", "anyOf", "oneOf"):
            waiting.extend(schema.get(key, ()))


def _has(root: dict[str, Any], node: Any, steps: list[str], depth: int) -> bool:
    if not steps or depth > _MAX_DEPTH:
        return True
    branches = list(_branches(root, node))
    step, rest = steps[0], steps[1:]
    known = [found for branch in branches for found in _below(branch, step)]
    if known:
        return any(_has(root, found, rest, depth + 1) for found in known)
    return not any(key in branch for branch in branches for key in _SAYING)


def _may(root: dict[str, Any], node: Any, steps: list[str], depth: int) -> bool:
    """Whether the schema lets something stand at the end of the steps; True wherever that is not certain."""
    if node is False:
        return False
    if not steps or depth > _MAX_DEPTH:
        return True
    schema = resolve(root, node)
    if not all(_may(root, part, steps, depth + 1) for part in schema.get("allOf", ())):
        return False
    for key in ("anyOf", "oneOf"):
        if key in schema and not any(_may(root, part, steps, depth + 1) for part in schema[key]):
            return False
    step, rest = steps[0], steps[1:]
    types = types_of(schema)
    if _is_index(step):
        if "array" in types and "object" not in types:
            return any(_may(root, item, rest, depth + 1) for item in _items(schema))
        # The letters of a text and the keys of an object can be gone through, too.
        return not rest or not types or "object" in types
    if types and "object" not in types:
        return False
    return any(_may(root, below, rest, depth + 1) for below in _allowed(schema, step))


def _is_index(step: str) -> bool:
    return step in ("*", "-") or step.isdecimal()


def _items(schema: dict[str, Any]) -> list[Any]:
    """The schemas of the items of a list, whatever their place."""
    return [*schema.get("prefixItems", ()), schema.get("items", True)]


def _allowed(schema: dict[str, Any], name: str) -> list[Any]:
    """The schemas of which one holds for the field `name`."""
    properties = schema.get("properties", {})
    if name in properties:
        return [properties[name]]
    by_pattern = schema.get("patternProperties", {})
    found = [below for pattern, below in by_pattern.items() if _may_match(pattern, name)]
    return found or [schema.get("additionalProperties", True)]


def _may_match(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:
        # Patterns of JSON Schema are those of another language.
        return True


def _below(schema: dict[str, Any], step: str) -> Iterator[Any]:
    """The schemas of what stands under `step`."""
    properties = schema.get("properties", {})
    if step in properties:
        yield properties[step]
        return
    if _is_index(step):
        yield from schema.get("prefixItems", ())
        if "items" in schema:
            yield schema["items"]
        elif "array" in types_of(schema):
            yield {}
    yield from schema.get("patternProperties", {}).values()
    others = schema.get("additionalProperties")
    if isinstance(others, dict) or others is True or ("object" in types_of(schema) and not _lists_its_fields(schema)):
        yield others if isinstance(others, dict) else {}


def _lists_its_fields(schema: dict[str, Any]) -> bool:
    return bool(schema.get("properties")) or schema.get("additionalProperties") is False


def types_of(schema: dict[str, Any]) -> list[str]:
    """The types that the schema names, as a list; empty where it names none."""
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else list(types)


def _declared(root: dict[str, Any], node: Any, prefix: str, depth: int) -> Iterator[str]:
    if depth > _LISTED_DEPTH:
        return
    for schema in _branches(root, node):
        for name, below in schema.get("properties", {}).items():
            pointer = f"{prefix}/{name.replace('~', '~0').replace('/', '~1')}"
            yield pointer
            yield from _declared(root, below, pointer, depth + 1)
        if isinstance(schema.get("items"), dict):
            yield from _declared(root, schema["items"], f"{prefix}/*", depth + 1)
