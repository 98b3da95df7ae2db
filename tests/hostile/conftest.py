"""Arenas and canaries for the whole run, and the block rate beside the false-reject rate at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.hostile.arena import Arena
from tests.hostile.canaries import Canaries, canaries_in
from tests.hostile.scoreboard import Scoreboard

_SCORES = pytest.StashKey[Scoreboard]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_SCORES] = Scoreboard()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    lines = list(config.stash[_SCORES].lines())
    if lines:
        terminalreporter.section("hostile corpus")
        for line in lines:
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def scores(pytestconfig: pytest.Config) -> Scoreboard:
    return pytestconfig.stash[_SCORES]


@pytest.fixture(scope="session")
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canaries]:
    with canaries_in(tmp_path_factory.mktemp("canaries")) as canaries:
        yield canaries


@pytest.fixture(scope="session")
def arena_of(canaries: Canaries) -> Iterator[Callable[[str], Arena]]:
    """The arena of a build, one for all tests, so that each attack also meets what earlier ones left."""
    arenas: dict[str, Arena] = {}
    with ExitStack() as stack:

        def arena(build: str) -> Arena:
            if build not in arenas:
                arenas[build] = Arena(build, canaries)
                stack.callback(arenas[build].close)
            return arenas[build]

        yield arena
