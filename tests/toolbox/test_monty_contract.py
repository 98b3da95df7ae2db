"""Monty keeps the contract of every CheckRunner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest

from guardagent.ports import CheckRunner
from guardagent_toolbox.monty import MontyLimits, MontyRunner
from tests.toolbox.runner_contract import BEHAVIOURS, CASES, ContractCase, a_closed_runner_fails, check_case

PATIENT = MontyLimits(wall_ms=5_000)


@pytest.fixture(scope="module")
def monty() -> Iterator[MontyRunner]:
    with MontyRunner(PATIENT) as runner:
        yield runner


def test_only_the_language_holds_programs(monty: MontyRunner) -> None:
    assert monty.confinement == "language"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(monty: MontyRunner, case: ContractCase) -> None:
    check_case(monty, case)


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.__name__)
def test_behaviour(monty: MontyRunner, behaviour: Callable[[CheckRunner], None]) -> None:
    with MontyRunner(PATIENT) if behaviour is a_closed_runner_fails else nullcontext(monty) as runner:
        behaviour(runner)
