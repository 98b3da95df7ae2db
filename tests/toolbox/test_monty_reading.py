"""Sources for Monty are read in a process of their own; whatever becomes of it, the host goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace

import pytest

from guardagent_toolbox.monty import MontyLimits, MontyRunner
from guardagent_toolbox.monty.program import MontyProgram, compile_for_monty
from guardagent_toolbox.monty.reading import ReaderLost, SourceReader
from guardagent_toolbox.registry import functions
from tests.hostile.test_benign import CASES as BENIGN
from tests.toolbox.runner_contract import clause

SOURCE = clause("return None")


@pytest.fixture
def reader() -> Iterator[SourceReader]:
    made = SourceReader(MontyLimits())
    yield made
    made.close()


@pytest.mark.parametrize("source", [BENIGN["sets"]["source"], "import os", "\ud800", "(" * 5_000], ids=range(4))
def test_the_process_reads_what_this_one_would_read(source: str, reader: SourceReader) -> None:
    assert reader.read(source) == compile_for_monty(source, functions())


def test_the_text_for_monty_runs_nothing_of_its_own_accord() -> None:
    made = compile_for_monty(clause("return None", head="N = sorted([3])\n\n\n"), functions())
    assert isinstance(made, MontyProgram)
    outside = [line for line in made.text.splitlines() if line and not line.startswith((" ", "def _make_"))]
    assert all("_words_" in line for line in outside)


def test_a_process_that_died_is_replaced(reader: SourceReader) -> None:
    reader.read(SOURCE)
    assert reader.pid is not None
    os.kill(reader.pid, signal.SIGKILL)
    with pytest.raises(ReaderLost):
        reader.read(SOURCE)
    assert isinstance(reader.read(SOURCE), MontyProgram)


def test_a_source_that_takes_too_long_is_given_up() -> None:
    lines = "\n".join(f"x{n} = [{', '.join(map(str, range(40)))}]" for n in range(100))
    reader = SourceReader(replace(MontyLimits(), compile_wall_ms=1))
    try:
        with pytest.raises(ReaderLost, match="could not finish"):
            reader.read(clause(f"{lines}\nreturn None"))
    finally:
        reader.close()


def test_a_source_that_cannot_be_read_is_rejected_and_the_next_one_is_not() -> None:
    with MontyRunner(replace(MontyLimits(), compile_wall_ms=1)) as runner:
        lines = "\n".join(f"x{n} = [{', '.join(map(str, range(40)))}]" for n in range(100))
        (error,) = runner.inspect(clause(f"{lines}\nreturn None")).errors
        assert "could not finish" in error.message


def test_constants_are_calculated_in_monty_only() -> None:
    with MontyRunner() as runner:
        (error,) = runner.inspect(clause("return None", head="A = 1\nB = A // 0\n\n\n")).errors
    assert (error.line, error.message) == (2, "while calculating constants: a division by zero; test the divisor first")
