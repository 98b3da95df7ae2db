"""The catalogue of tools: the shipped ones and those of installed packages.

An installed package offers tools by an entry point of the group `guardagent.tools` that names a module (all its
functions marked with `@tool`) or one marked function. Reading the catalogue imports those packages, so it is done
before a worker is confined.
"""

from __future__ import annotations

import builtins
import functools
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from types import MappingProxyType, ModuleType

from guardagent_toolbox.spec import ToolboxError, ToolSpec, group_of, spec_of, tool
from guardagent_toolbox.tools import MODULES

ENTRY_POINT_GROUP = "guardagent.tools"

# Part of every program's digest: raise it whenever a tool answers differently; a test compares answers on record.
TOOLBOX_VERSION = "1.1"

_ANSWERS = frozenset({"violation", "not_applicable", "escalate", "redact"})


@functools.cache
def catalogue() -> Mapping[str, ToolSpec]:
    """All tools by name, in alphabetical order.

    Raises:
        ToolboxError: a package of tools cannot be imported or offers none, or two tools share a name.
    """
    found: dict[str, ToolSpec] = {}
    for spec in (*_shipped(), *_installed()):
        if spec.name.startswith("_") or spec.name in _ANSWERS or hasattr(builtins, spec.name):
            raise ToolboxError(f"tool `{spec.name}` of `{spec.origin}` has a name that programs cannot call; rename it")
        if spec.name in found:
            other = found[spec.name].origin
            raise ToolboxError(f"tool `{spec.name}` is offered by `{other}` and by `{spec.origin}`; uninstall one")
        found[spec.name] = spec
    return MappingProxyType(dict(sorted(found.items())))


def functions() -> dict[str, Callable[..., object]]:
    """The functions that programs may call, by name; a new dict each time."""
    return {name: spec.function for name, spec in catalogue().items()}


def _shipped() -> Iterator[ToolSpec]:
    for module in MODULES:
        yield from _specs_in(module, origin="guardagent")


def _installed() -> Iterator[ToolSpec]:
    points = metadata.entry_points(group=ENTRY_POINT_GROUP)
    for point in sorted(points, key=lambda p: (_distribution(p), p.name)):
        origin = _distribution(point)
        specs = list(_load(point, origin))
        if not specs:
            raise ToolboxError(f"tool package `{origin}`: `{point.value}` offers no tool; mark functions with `@tool`")
        yield from specs


def _distribution(point: metadata.EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else point.value


def _load(point: metadata.EntryPoint, origin: str) -> Iterator[ToolSpec]:
    try:
        loaded = point.load()
    # A stranger's package may fail in any way while it is imported; the person must learn which one it is.
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ToolboxError(
            f"tool package `{origin}`: `{point.value}` cannot be imported ({reason}); mend or uninstall it"
        ) from error
    if isinstance(loaded, ModuleType):
        yield from _specs_in(loaded, origin=origin)
        return
    group = group_of(loaded)
    if group is not None:
        yield spec_of(loaded, group=group, origin=origin)


def _specs_in(module: ModuleType, *, origin: str) -> Iterator[ToolSpec]:
    """The tools that a module defines itself; those it merely imports belong to another."""
    for value in vars(module).values():
        group = group_of(value)
        if group is not None and value.__module__ == module.__name__:
            yield spec_of(value, group=group, origin=origin)


__all__ = ["ENTRY_POINT_GROUP", "TOOLBOX_VERSION", "ToolSpec", "ToolboxError", "catalogue", "functions", "tool"]
