"""The examples of every policy that ships notice nearly every fault that is put into its program."""

from __future__ import annotations

from pathlib import Path

import pytest

from guardagent.settings import load_settings
from guardagent.types import ClauseReport, MutantCount
from guardagent.wiring import build_runner
from guardagent_benchmarks.mutation import SUITES, Row, policy_rows, row_of, table

ROOT = Path(__file__).parents[2]
FOLDERS = [*sorted((ROOT / "examples" / "policies").iterdir()), *sorted(p for p in SUITES.iterdir() if p.is_dir()),
           ROOT / "guardagent" / "cli" / "template"]  # fmt: skip
LEAST = 0.95


def report(clause: str, *weak: str, **counts: int) -> ClauseReport:
    return ClauseReport(clause=clause, text="t", status="ENFORCED", weak=weak, mutants=MutantCount(**counts))


def test_a_row_is_the_sum_of_its_clauses_and_the_table_that_of_its_rows() -> None:
    row = row_of("p", [report("c1", "spot", killed=3, weak=1), report("c2", killed=4, same=2, untried=1)])
    assert row == Row("p", MutantCount(killed=7, weak=1, same=2, untried=1), ("c1 spot",))
    assert row.noticed == pytest.approx(7 / 8)
    lines = table([row, row]).splitlines()
    assert lines[2] == "| p | 7 | 1 | 87.5% | 2 | 1 |"
    assert lines[-1] == "| all | 14 | 2 | 87.5% | 4 | 2 |"


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_examples_notice_faults(folder: Path) -> None:
    settings = load_settings(reasoner="offline", base_url="", model="", embedding_model="", second_opinion="off")
    with build_runner(settings) as runner:
        (row,) = policy_rows([folder], settings, runner)
    assert row.mutants.killed > 0
    assert row.noticed >= LEAST, row.weak
