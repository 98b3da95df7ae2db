"""Which texts are events, said once more and more slowly than `guardagent.types.event` says it."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

from guardagent.errors import EventError
from guardagent.types import Event, Stage
from guardagent.types.event import MAX_EVENT_BYTES, MAX_EVENT_DEPTH, MAX_INTEGER
from tests.fuzz.oracles import require
from tests.fuzz.programs import SECRET

_LONGEST_MESSAGE = 300


class _NoEvent(Exception):
    """The text is no event."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _value in pairs]
    if len(set(names)) < len(names):
        raise _NoEvent
    return dict(pairs)


def value_of(text: str | bytes) -> dict[str, Any] | None:
    """The event in a text; None for a text that is none."""
    try:
        data = text if isinstance(text, bytes) else text.encode()
        if len(data) > MAX_EVENT_BYTES:
            return None
        value = json.loads(data.decode(), object_pairs_hook=_unique)
        written = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError, _NoEvent):
        return None
    parts = list(_parts(value, 1))
    is_event = (
        type(value) is dict
        and type(value.get("agent")) is str
        and 1 <= len(value["agent"]) <= 200
        and value.get("stage") in get_args(Stage)
        and len(written) <= MAX_EVENT_BYTES
        and all(depth <= MAX_EVENT_DEPTH for part, depth in parts if isinstance(part, dict | list))
        and all(abs(part) <= MAX_INTEGER for part, _depth in parts if type(part) is int)
        and all(math.isfinite(part) for part, _depth in parts if type(part) is float)
    )
    return value if is_event else None


def _parts(value: Any, depth: int) -> Iterator[tuple[Any, int]]:
    yield value, depth
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _parts(part, depth + 1)


def check_event_text(text: str | bytes, tally: Counter[str]) -> None:
    """Exactly the events are read, and mean what they say; all else is an EventError of one line without content."""
    tally["event texts"] += 1
    wanted = value_of(text)
    try:
        event = Event.parse(text)
    except EventError as error:
        message = str(error)
        require(wanted is None, f"an event is refused: {message}")
        require(message.isprintable() and len(message) <= _LONGEST_MESSAGE, f"a message of many lines: {message!r}")
        require(SECRET not in message, "a message quotes the event")
        return
    require(wanted is not None, "a text that is no event is read")
    tally["events read"] += 1
    again = Event.parse(event.canonical)
    require(again.canonical == event.canonical, "the canonical text is not that of the event in it")
    require(again.digest == event.digest == Event.of(event.payload).digest, "the digest changes on the way")
    require(repr(event.payload) == repr(_in_order(wanted)), "the event means something else")


def check_spellings(spellings: tuple[dict[str, Any], str, str], tally: Counter[str]) -> None:
    """Two spellings of an event are the same event, which is none other."""
    value, first, second = spellings
    tally["spellings"] += 1
    digests = {Event.parse(first).digest, Event.parse(second.encode()).digest, Event.of(value).digest}
    require(len(digests) == 1, "two spellings of an event differ")
    other = Event.of({**value, "n": [value["n"]]})
    require(other.digest not in digests, "two events are taken for one")


def _in_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _in_order(value[name]) for name in sorted(value)}
    return [_in_order(member) for member in value] if isinstance(value, list) else value
