"""The sandbox keeps the contract of every CheckRunner, in confined workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest

from guardagent.ports import CheckRunner
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits
from tests.toolbox.runner_contract import BEHAVIOURS, CASES, ContractCase, a_closed_runner_fails, check_case

PATIENT = Limits(cpu_ms=500, wall_ms=5_000)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(PATIENT) as sandbox:
        yield sandbox


def test_workers_are_confined_by_the_kernel(sandbox: Sandbox) -> None:
    assert sandbox.confinement == "kernel"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(sandbox: Sandbox, case: ContractCase) -> None:
    check_case(sandbox, case)


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.__name__)
def test_behaviour(sandbox: Sandbox, behaviour: Callable[[CheckRunner], None]) -> None:
    with Sandbox(PATIENT) if behaviour is a_closed_runner_fails else nullcontext(sandbox) as runner:
        behaviour(runner)
