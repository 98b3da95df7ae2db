"""A demonstration as a YAML file: the form in which people write them and the package ships them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

import yaml
from pydantic import Field, ValidationError

from guardagent.errors import MemoryStoreError
from guardagent.types import Demonstration, Example, Noun


class DemonstratedExample(Noun):
    """A labelled event of a demonstration; `answers` are what a model is taken to say to its judgement facts."""

    example: Example
    answers: dict[str, str] = Field(default_factory=dict)


class DemonstrationFile(NamedTuple):
    """What a file holds: the demonstration, and the events that show what its program does."""

    demonstration: Demonstration
    examples: tuple[DemonstratedExample, ...]


class _Loader(yaml.SafeLoader):
    """Plain values only, and no key twice: of two values a reader would see one and the program the other."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    # Asked of what is written: a merged mapping (`<<`) may be overridden, that is its use.
    written = [key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode)]
    if len(set(written)) != len(written):
        raise yaml.constructor.ConstructorError(None, None, "a key stands twice", node.start_mark)
    found: dict[Hashable, Any] = loader.construct_mapping(node, deep=True)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def parse(text: str, *, name: str) -> DemonstrationFile:
    """The demonstration written in YAML `text`; `name` is what errors call it.

    Raises:
        MemoryStoreError: not YAML, or not the fields of a demonstration.
    """
    try:
        value = yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f" line {mark.line + 1}"
        raise MemoryStoreError(f"`{name}`{where}: {getattr(error, 'problem', None) or 'not YAML'}") from None
    except RecursionError:
        raise MemoryStoreError(f"`{name}`: nested too deep") from None
    if not isinstance(value, dict):
        raise MemoryStoreError(f"`{name}`: must be a mapping with `id`, `title`, `request`, `plan`, `source` and so on")
    examples = value.pop("examples", None) or ()
    try:
        demonstration = Demonstration.model_validate(value)
        return DemonstrationFile(demonstration, tuple(_example(given) for given in examples))
    except (ValidationError, TypeError) as error:
        raise MemoryStoreError(f"`{name}`: {first_problem(error)}") from None


def first_problem(error: ValidationError | TypeError) -> str:
    """The first thing that is wrong, as one line with its place."""
    if isinstance(error, TypeError):
        return "`/examples`: must be a list"
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = "/" + "/".join(map(str, first["loc"]))
    return f"`{place}`: {first['msg'].lower()}"


def _example(given: Any) -> DemonstratedExample:
    plain = dict(given) if isinstance(given, dict) else given
    answers = plain.pop("answers", {}) if isinstance(plain, dict) else {}
    return DemonstratedExample(example=Example.model_validate(plain), answers=answers)
