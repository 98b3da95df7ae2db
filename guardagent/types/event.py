"""Event: what is checked."""

from __future__ import annotations

import json
import math
from functools import cached_property
from typing import Any, Literal, NoReturn, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guardagent.errors import EventError
from guardagent.types.base import canonical_json, digest_of

Stage = Literal["input", "output", "tool_call", "tool_result", "plan", "paragraph", "document"]

MAX_EVENT_BYTES = 65_536
MAX_EVENT_DEPTH = 32
# Above this a number loses digits in other JSON readers, so two sides could judge different values.
MAX_INTEGER = 10**15


class Event(BaseModel):
    """What is checked: an open JSON object with always an `agent` and a `stage`.

    By convention also `user`, `input`, `output`, `tool` {`name`, `arguments`}, `history`, `session`, and whatever else
    the agent has. Build one with `Event.parse` (text) or `Event.of` (a mapping): both refuse oversized, deep,
    non-finite and duplicate-keyed material before anything reads it.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    agent: str = Field(min_length=1, max_length=200, description="Name of the guarded agent.")
    stage: Stage = Field(description="Where in the agent's life this was taken.")

    @classmethod
    def parse(cls, text: str | bytes) -> Self:
        """The event written in JSON `text`; bytes are UTF-8 without a byte order mark.

        Raises:
            EventError: not JSON, too large (64 KB), too deep (32), NaN, a repeated key, or no `agent` and `stage`.
        """
        size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
        if size > MAX_EVENT_BYTES:
            raise EventError(f"event: {size} bytes, at most {MAX_EVENT_BYTES} are read; send less content per event")
        try:
            # Left to itself `json` guesses UTF-16 and UTF-32, too, where the agent behind us may read something else.
            decoded = text.decode("utf-8") if isinstance(text, bytes) else text
            value = json.loads(decoded, object_pairs_hook=_unique, parse_constant=_no_constant)
        except RecursionError:
            raise EventError(f"event: nested deeper than {MAX_EVENT_DEPTH} levels") from None
        except (ValueError, UnicodeDecodeError) as error:
            if isinstance(error, EventError):
                raise
            raise EventError("event: not valid JSON" + _place(error)) from None
        return cls.of(value)

    @classmethod
    def of(cls, value: Any) -> Self:
        """The event held by the mapping `value`; the mapping is copied.

        Raises:
            EventError: as for `parse`.
        """
        if not isinstance(value, dict):
            raise EventError("event: must be a JSON object with at least `agent` and `stage`")
        _check_tree(value)
        try:
            text = canonical_json(value)
            encoded = text.encode("utf-8")
        except UnicodeEncodeError:
            raise EventError("event: text holds half a character (lone surrogate)") from None
        if len(encoded) > MAX_EVENT_BYTES:
            raise EventError(f"event: {len(encoded)} bytes, at most {MAX_EVENT_BYTES} are read")
        try:
            event = cls.model_validate(json.loads(text))
        except ValidationError as error:
            first = error.errors()[0]
            where = "/" + "/".join(map(str, first["loc"]))
            raise EventError(f"event: `{where}`: {first['msg'].lower()}") from None
        event.__dict__["canonical"] = text
        return event

    @cached_property
    def canonical(self) -> str:
        """The canonical JSON text of the whole event."""
        return canonical_json(self.model_dump())

    @cached_property
    def digest(self) -> str:
        """The sha256 of the canonical text."""
        return digest_of(self.canonical)

    @cached_property
    def payload(self) -> dict[str, Any]:
        """The event as plain JSON values; a copy that nothing else holds."""
        value: dict[str, Any] = json.loads(self.canonical)
        return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise EventError("event: a key stands twice in one object; readers would disagree on its value")
    return found


def _no_constant(_name: str) -> NoReturn:
    raise EventError("event: NaN and Infinity are not JSON numbers")


def _place(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f" (line {error.lineno}, column {error.colno})"
    return ""


def _check_tree(root: dict[str, Any]) -> None:
    """Walk without recursion, so that a deep event cannot break the host."""
    level: list[Any] = [root]
    for _depth in range(MAX_EVENT_DEPTH):
        below: list[Any] = []
        for node in level:
            if isinstance(node, dict):
                if any(type(key) is not str for key in node):
                    raise EventError("event: object keys must be text")
                below.extend(node.values())
            elif isinstance(node, list | tuple):
                below.extend(node)
            else:
                _check_leaf(node)
        if not below:
            return
        level = below
    raise EventError(f"event: nested deeper than {MAX_EVENT_DEPTH} levels")


def _check_leaf(value: Any) -> None:
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise EventError("event: a whole number has more than 15 digits; send it as text")
        return
    if isinstance(value, float):
        if not math.isfinite(value):
            raise EventError("event: NaN and Infinity are not JSON numbers")
        return
    raise EventError(f"event: a value of type `{type(value).__name__}` is not JSON")
