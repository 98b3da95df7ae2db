"""The fuzzer would notice: with any guard of the language weakened or a word too many, it finds the hole."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from guardagent_toolbox import vocabulary
from tests.fuzz import allowed
from tests.fuzz.mutants import MUTANTS
from tests.fuzz.mutating import Edit, install

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_hole_is_found(name: str) -> None:
    """In a process of its own, all of whose modules have the hole."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.fuzz.mutants", name]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert run.returncode == 0, f"{run.stdout}{run.stderr[-3_000:]}"


def test_holes_are_where_they_are_said_to_be() -> None:
    """Else a change of the code would leave the table behind, and nobody would see it before the slow tests."""
    for edit in (edit for mutant in MUTANTS.values() for edit in mutant.edits):
        found = find_spec(edit.module)
        assert found is not None
        assert found.origin is not None
        assert Path(found.origin).read_text("utf-8").count(edit.old) == 1, edit.old


def test_module_that_is_there_already_is_not_edited() -> None:
    with pytest.raises(ImportError, match="was imported before"):
        install([Edit("guardagent_toolbox.vocabulary", "a", "b")])


def test_fuzzer_knows_the_words_of_the_language_by_itself() -> None:
    assert allowed.BUILTINS == vocabulary.BUILTINS
    assert allowed.ANSWERS == vocabulary.ANSWERS
    assert allowed.METHODS == vocabulary.METHODS
