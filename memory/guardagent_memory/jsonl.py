"""Demonstrations as JSONL: one JSON object per line, read whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn

from pydantic import ValidationError

from guardagent.errors import MemoryStoreError
from guardagent.types import Demonstration, canonical_json
from guardagent_memory.demofile import first_problem

_HALF = "a text holds half a character (lone surrogate)"


def dump(demonstrations: Iterable[Demonstration]) -> str:
    """The text of a JSONL file, one line per demonstration."""
    return "".join(line_of(one) + "\n" for one in demonstrations)


def line_of(demonstration: Demonstration) -> str:
    """The demonstration as one line of JSON.

    Raises:
        MemoryStoreError: a text of it holds half a character, which no file can.
    """
    line = canonical_json(demonstration.model_dump(mode="json"))
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        shown = demonstration.id.encode("ascii", "backslashreplace").decode()
        raise MemoryStoreError(f"demonstration `{shown}`: {_HALF}") from None
    return line


def parse(data: bytes, *, name: str) -> tuple[Demonstration, ...]:
    """All demonstrations of a JSONL file, in its order; `name` is what errors call it.

    Raises:
        MemoryStoreError: names the first line that is no demonstration, or whose id stood before.
    """
    found: dict[str, Demonstration] = {}
    lines: dict[str, int] = {}
    # Split at newlines only: str.splitlines would also cut at U+2028, which JSON texts may hold.
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        one = _parse_line(line, f"`{name}` line {number}")
        if one.id in found:
            raise MemoryStoreError(f"`{name}` line {number}: the id `{one.id}` stood in line {lines[one.id]} already")
        found[one.id] = one
        lines[one.id] = number
    return tuple(found.values())


def _parse_line(line: bytes, place: str) -> Demonstration:
    try:
        value = json.loads(line.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
        demonstration = Demonstration.model_validate(value)
    except ValidationError as error:
        raise MemoryStoreError(f"{place}: {first_problem(error)}") from None
    except RecursionError:
        raise MemoryStoreError(f"{place}: nested too deep") from None
    except UnicodeDecodeError:
        raise MemoryStoreError(f"{place}: not UTF-8") from None
    except json.JSONDecodeError as error:
        raise MemoryStoreError(f"{place}: not JSON (column {error.colno})") from None
    except ValueError as error:
        raise MemoryStoreError(f"{place}: {error}") from None
    try:
        line_of(demonstration)
    except MemoryStoreError:
        raise MemoryStoreError(f"{place}: {_HALF}") from None
    return demonstration


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"`{name}` is not JSON")
