"""From any text to a program of the guard language that passed every rule, or its errors; nothing of it is run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from guardagent_toolbox.language.annotations import without_annotations
from guardagent_toolbox.language.fact_readers import readers_of
from guardagent_toolbox.language.facts import read_facts
from guardagent_toolbox.language.normalise import normalise
from guardagent_toolbox.language.outline import Errors, Outline, outline_of
from guardagent_toolbox.language.rules import check_language
from guardagent_toolbox.language.scopes import called_in
from guardagent_toolbox.language.shape import check_text, check_tree
from guardagent_toolbox.vocabulary import FILENAME, MAX_ERRORS

Tools = Mapping[str, Callable[..., object]]

TOO_DEEP: Errors = [(1, "the source is nested too deeply; put parts into variables or helper functions")]


@dataclass(frozen=True, slots=True)
class Reading:
    """A source in the guard language: its normalised text and tree, what stands where, its facts and its tools."""

    source: str
    tree: ast.Module
    outline: Outline
    facts: dict[str, dict[str, Any]]
    tools: tuple[str, ...]

    @property
    def clauses(self) -> tuple[str, ...]:
        """The ids of the clauses that have a function, such as `c1`, in the order of the source."""
        return tuple(self.outline.clauses.values())

    @property
    def facts_of(self) -> dict[str, list[str]]:
        """The facts that each clause may read, by clause id; to be asked before the tree is rewritten."""
        return readers_of(self.outline, self.facts)


def read_source(source: str, tools: Tools) -> Reading | Errors:
    """What stands in a source, or its errors as (line, message that says what to write instead)."""
    try:
        # Python warns of "\d" in a text, which means what the author thinks it means; showing a warning reads files.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(source, tools)
    # So does Python's parser answer hostile text; anything else is a fault of ours and must show.
    except (RecursionError, MemoryError):
        return TOO_DEEP


def _read(source: str, tools: Tools) -> Reading | Errors:
    source = source.replace("\r\n", "\n")
    normalised = _normalised(source, tools)
    if not isinstance(normalised, str):
        return normalised
    # Parsed again: lines in messages are those of the text that runs, and that text keeps to the limits, too.
    tree = ast.parse(source, FILENAME) if normalised == source else _parse(normalised)
    if not isinstance(tree, ast.Module):
        return tree
    outline = outline_of(tree)
    facts, errors = read_facts(outline)
    errors += check_language(tree, outline, None if errors else facts, tools)
    if errors:
        return sorted(errors)[:MAX_ERRORS]
    return Reading(normalised, tree, outline, facts, tuple(sorted(called_in(tree) & tools.keys())))


def _normalised(source: str, tools: Tools) -> str | Errors:
    tree = _parse(source)
    if not isinstance(tree, ast.Module):
        return tree
    bare = without_annotations(source, tree)
    return normalise(bare, tree if bare == source else ast.parse(bare, FILENAME), tools)


def _parse(source: str) -> ast.Module | Errors:
    """The tree of a text that is safe to parse and to walk, or why not."""
    errors = check_text(source)
    if errors:
        return errors
    try:
        tree = ast.parse(source, FILENAME)
    except (SyntaxError, ValueError) as error:
        return [(getattr(error, "lineno", None) or 1, f"not valid Python: {getattr(error, 'msg', error)}")]
    return check_tree(tree) or tree
