from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from guardagent.ports import CheckRunner
from guardagent_toolbox.inprocess import InProcessRunner
from tests.toolbox.runner_contract import BEHAVIOURS, CASES, ContractCase, check_case


@pytest.fixture
def runner() -> Iterator[InProcessRunner]:
    runner = InProcessRunner()
    yield runner
    runner.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_of_the_contract(runner: InProcessRunner, case: ContractCase) -> None:
    check_case(runner, case)


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.__name__)
def test_behaviour_of_the_contract(runner: InProcessRunner, behaviour: Callable[[CheckRunner], None]) -> None:
    behaviour(runner)


def test_it_says_that_nothing_confines_it(runner: InProcessRunner) -> None:
    assert runner.confinement == "none"
