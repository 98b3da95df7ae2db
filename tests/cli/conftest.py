"""A home of its own for every test of the command line, and one compiled policy for all of them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support.cli import guardagent


def _isolate(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("GUARDAGENT_", "OPENAI_", "LANGSMITH_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The home of this test."""
    made = tmp_path / "home"
    made.mkdir()
    _isolate(monkeypatch, made)
    return made


@pytest.fixture(scope="session")
def _compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("policies") / "refunds"
    with pytest.MonkeyPatch.context() as monkeypatch:
        _isolate(monkeypatch, tmp_path_factory.mktemp("home"))
        assert guardagent("init", folder).code == 0
        ended = guardagent("compile", folder)
    assert ended.code == 0, ended.out + ended.err
    return folder


@pytest.fixture
def policy(_compiled: Path, tmp_path: Path) -> Path:
    """A compiled policy folder that the test may change."""
    return Path(shutil.copytree(_compiled, tmp_path / "refunds"))
