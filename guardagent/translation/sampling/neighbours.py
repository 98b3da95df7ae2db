"""Known events with one thing changed: where an answer turns, it turns between two of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice, pairwise, zip_longest
from random import Random
from typing import Any, NamedTuple

from guardagent.translation.sampling.pool import Pool
from guardagent.types import canonical_json

# Values that are tried in one place of one event.
_PER_PLACE = 24
_ABSENT = object()
_ROW_TEXTS = 60
# Beyond every limit of a program.
_FAR = 1_000_000


class Neighbour(NamedTuple):
    """An event that differs from the event `of` in the place `pointer` only."""

    event: dict[str, Any]
    of: int
    pointer: str


def neighbours(
    events: Sequence[Mapping[str, Any]],
    count: int,
    *,
    source: str,
    pool: Pool,
    seed: str,
    accept: Callable[[dict[str, Any]], bool],
) -> tuple[Neighbour, ...]:
    """At most `count` different events that `accept` takes, each one change away from one of `events`.

    Only places that the `source` of a program mentions are changed. The same arguments give the same events.
    """
    rng = Random(seed)
    found: dict[str, Neighbour] = {canonical_json(event): Neighbour({}, -1, "") for event in events}
    queues = [
        _changes(event, number, place, value, pool, rng)
        for number, event in enumerate(events)
        for place, value in _places(event, ())
        if place and _mentioned(place, source)
    ]
    rng.shuffle(queues)
    made = 0
    for neighbour in _in_turns(queues):
        if made == count:
            break
        key = canonical_json(neighbour.event)
        if key not in found and accept(neighbour.event):
            found[key] = neighbour
            made += 1
    return tuple(neighbour for neighbour in found.values() if neighbour.pointer)


def row_of(
    event: Mapping[str, Any], pointer: str, pool: Pool, accept: Callable[[dict[str, Any]], bool]
) -> tuple[dict[str, Any], ...]:
    """`event` itself and with every other value that is known for one place of it, and with none."""
    place = _place_of(event, pointer)
    known = pool.at.get("/" + "/".join("*" if isinstance(key, int) else key for key in place), ())
    numbers = sorted(pool.numbers)
    between = [(low + high) / 2 for low, high in pairwise(numbers)]
    ends = [numbers[0] - _FAR, numbers[-1] + _FAR] if numbers else []
    values = (*known, *numbers, *between, *ends, *pool.texts[:_ROW_TEXTS], True, False, None, _ABSENT)
    made = {canonical_json(one): one for one in (event, *(_with(event, place, value) for value in values))}
    return tuple(dict(one) for one in made.values() if accept(dict(one)))


def _place_of(event: Any, pointer: str) -> tuple[str | int, ...]:
    place: list[str | int] = []
    for step in pointer.split("/")[1:]:
        key: str | int = int(step) if isinstance(event, list) else step.replace("~1", "/").replace("~0", "~")
        place.append(key)
        event = event[key]
    return tuple(place)


def _in_turns(queues: Sequence[Iterator[Neighbour]]) -> Iterator[Neighbour]:
    return (item for item in chain.from_iterable(zip_longest(*queues)) if item is not None)


def _places(value: Any, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield place, value
    inside = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inside:
        yield from _places(below, (*place, key))


def _mentioned(place: tuple[str | int, ...], source: str) -> bool:
    """Whether the program has the name of the field; an item of a list stands under the name of the list."""
    named = next((key for key in reversed(place) if isinstance(key, str)), "")
    return named in source and named not in ("agent", "stage")


def _changes(
    event: Mapping[str, Any], number: int, place: tuple[str | int, ...], value: Any, pool: Pool, rng: Random
) -> Iterator[Neighbour]:
    pointer = "/" + "/".join(str(key).replace("~", "~0").replace("/", "~1") for key in place)
    known = pool.at.get("/" + "/".join("*" if isinstance(key, int) else key for key in place), ())
    for other in islice(_others(value, known, pool, rng), _PER_PLACE):
        yield Neighbour(_with(event, place, other), number, pointer)


def _others(value: Any, known: Sequence[Any], pool: Pool, rng: Random) -> Iterator[Any]:
    """Other values for a place, those of the same kind first."""
    match value:
        case bool():
            yield not value
        case int() | float():
            numbers = list(pool.numbers)
            rng.shuffle(numbers)
            yield from numbers[: _PER_PLACE - 4]
        case str():
            yield from _texts(known, pool, rng)
        case list():
            yield from ([], value[1:], value[:-1], [*value, *value[:1]], value * 2)
        case _:
            pass
    yield _ABSENT
    yield None
    yield from known


def _texts(known: Sequence[Any], pool: Pool, rng: Random) -> Iterator[str]:
    """Texts of this place and of the program in turns, then the two together."""
    here = [text for text in known if isinstance(text, str)]
    others = list(pool.texts)
    rng.shuffle(here)
    rng.shuffle(others)
    pairs = zip_longest(here[: _PER_PLACE // 3], others[: _PER_PLACE // 3])
    yield from (text for text in chain.from_iterable(pairs) if text is not None)
    yield ""
    for text, other in zip(here, reversed(others), strict=False):
        yield f"{text} {other}"


def _with(value: Any, place: tuple[str | int, ...], other: Any) -> Any:
    """A copy of `value` with `other` in one place, or with nothing there."""
    if not place:
        return other
    key, rest = place[0], place[1:]
    gone = not rest and other is _ABSENT
    if isinstance(value, Mapping):
        kept = {name: below for name, below in value.items() if name != key}
        return kept if gone else {**value, str(key): _with(value[str(key)], rest, other)}
    items = list(value)
    index = int(key)
    return items[:index] + ([] if gone else [_with(items[index], rest, other)]) + items[index + 1 :]


__all__ = ["Neighbour", "neighbours", "row_of"]
