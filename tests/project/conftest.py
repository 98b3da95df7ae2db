"""One runner, and one compile of each shipped policy, for all tests of what ships."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from guardagent.policyfile import load_request
from guardagent.ports import CheckRunner
from guardagent.settings import Settings, load_settings
from guardagent.types import Draft
from guardagent.wiring import build_runner, build_translator


@pytest.fixture(scope="session")
def offline() -> Settings:
    """Settings under which no model is asked."""
    return load_settings(reasoner="offline", base_url="", model="", embedding_model="")


@pytest.fixture(scope="session")
def runner(offline: Settings) -> Iterator[CheckRunner]:
    with build_runner(offline) as made:
        yield made


@pytest.fixture(scope="session")
def draft_of(offline: Settings, runner: CheckRunner) -> Callable[[Path], Draft]:
    """What a policy folder compiles to, once in the whole run."""

    @cache
    def compiled(folder: Path) -> Draft:
        return asyncio.run(build_translator(offline, runner, leave_nothing=True).compile(load_request(folder)))

    return compiled
