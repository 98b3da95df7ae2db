"""The demonstrations that come with the package."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple

from guardagent.types import Demonstration
from guardagent_memory.demofile import DemonstrationFile, parse


class Shipment(NamedTuple):
    """Demonstrations that a store keeps up to date; `load` is only called when `digest` is news to it."""

    digest: str
    load: Callable[[], tuple[Demonstration, ...]]


NOTHING_SHIPPED = Shipment("", lambda: ())


def package_shipment() -> Shipment:
    """What the package ships, known by the digest of its files."""
    digest = hashlib.sha256()
    for file in _files():
        digest.update(f"{file.name}\n".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return Shipment(digest.hexdigest(), lambda: tuple(file.demonstration for file in shipped_files()))


@cache
def shipped_files() -> tuple[DemonstrationFile, ...]:
    """The shipped demonstrations with their examples, by id."""
    found = []
    for file in _files():
        parsed = parse(file.read_text("utf-8"), name=file.name)
        shipped = parsed.demonstration.model_copy(update={"origin": "shipped"})
        found.append(DemonstrationFile(shipped, parsed.examples))
    return tuple(sorted(found, key=lambda file: file.demonstration.id))


def _files() -> list[Traversable]:
    folder = resources.files("guardagent_memory") / "demonstrations"
    return sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
