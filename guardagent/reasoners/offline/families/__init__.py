"""Families of sentences: each has a grammar file and a module of the same name with the builders that it calls."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from importlib.resources import files
from types import ModuleType
from typing import Any, NamedTuple

import yaml

from guardagent.reasoners.offline.patterns import GRAMMAR_LOADER, Production, compile_pattern


class Family(NamedTuple):
    """One family: its builders and its productions, by symbol."""

    name: str
    module: ModuleType
    entries: dict[str, list[dict[str, Any]]]


@cache
def families() -> tuple[Family, ...]:
    """All families, in the order of their names."""
    found = []
    for info in pkgutil.iter_modules(__path__):
        grammar = files(__name__).joinpath(f"{info.name}.yaml")
        if not grammar.is_file():
            continue  # a module that only lends builders to others
        entries: dict[str, list[dict[str, Any]]] = yaml.load(grammar.read_text("utf-8"), Loader=GRAMMAR_LOADER) or {}
        found.append(Family(info.name, import_module(f"{__name__}.{info.name}"), entries))
    return tuple(found)


@cache
def productions() -> dict[str, tuple[tuple[Production, ModuleType], ...]]:
    """The productions of every symbol, each with the module of its builder."""
    found: dict[str, list[tuple[Production, ModuleType]]] = {}
    for family in families():
        for symbol, listed in family.entries.items():
            for entry in listed:
                for text in entry["say"]:
                    production = compile_pattern(text, symbol, tuple(entry["means"]))
                    found.setdefault(symbol, []).append((production, family.module))
    return {symbol: tuple(listed) for symbol, listed in found.items()}
