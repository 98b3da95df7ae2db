"""A home of its own for every test of the command line, and one compiled policy for all of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
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


def _changed(
    compiled: Path, tmp_path_factory: pytest.TempPathFactory, changes: Mapping[str, tuple[str, str]], code: int
) -> Path:
    folder = Path(shutil.copytree(compiled, tmp_path_factory.mktemp("changed") / "refunds"))
    for name, (old, new) in changes.items():
        text = (folder / name).read_text()
        assert text.count(old) == 1
        (folder / name).write_text(text.replace(old, new))
    with pytest.MonkeyPatch.context() as monkeypatch:
        _isolate(monkeypatch, tmp_path_factory.mktemp("home"))
        assert guardagent("compile", folder).code == code
    return folder


@pytest.fixture(scope="session")
def with_a_vague_rule(_compiled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled policy with a sentence `c4` that cannot be translated; not to be changed."""
    vague = "unless the role is manager.\n- Be nice to customers and use good judgement.\n"
    changes = {"request.md": ("unless the role is manager.\n", vague)}
    return _changed(_compiled, tmp_path_factory, changes, 1)


@pytest.fixture(scope="session")
def with_a_wider_limit(_compiled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled policy with a limit of 150 for 100; not to be changed."""
    changes = {"request.md": ("exceed 100", "exceed 150"), "examples.yaml": ("amount: 100.01", "amount: 150.01")}
    return _changed(_compiled, tmp_path_factory, changes, 0)


@pytest.fixture
def policy(_compiled: Path, tmp_path: Path) -> Path:
    """A compiled policy folder that the test may change."""
    return Path(shutil.copytree(_compiled, tmp_path / "refunds"))
