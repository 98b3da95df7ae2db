"""What the README tells people to type works, prints what it shows, and names every setting."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from guardagent.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# Stands for what is slow or never ends: the environment is made already, and the tests do not run themselves.
STAND_INS = {
    "python3.11": "exit 0",
    ".venv/bin/pip": "exit 0",
    ".venv/bin/pytest": f"exec {sys.executable} -m pytest --collect-only -q tests/core",
    ".venv/bin/guardagent": f'exec {sys.executable} -c "from guardagent.cli import main; main()" "$@"',
}


class Block(NamedTuple):
    """A fence of the README."""

    language: str
    text: str


BLOCKS = [Block(*found.groups()) for found in FENCE.finditer(README)]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the commands find what a first command would have made."""
    place = tmp_path_factory.mktemp("clone")
    for name in ("README.md", "tests", "pyproject.toml", "examples"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, place / name)
    for name, body in STAND_INS.items():
        script = place / name if "/" in name else place / ".venv/bin" / name
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(0o755)
    return place


@pytest.mark.slow
def test_every_command_works_and_prints_what_is_shown(clone: Path) -> None:
    printed = "\n".join(_typed(clone))
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    for shown in (block.text for block in BLOCKS if block.language == "text" and "export " not in block.text):
        for line in shown.splitlines():
            pattern = re.compile(re.escape(" ".join(line.split())).replace("…", ".*"))
            assert any(pattern.fullmatch(real) for real in lines), line


def _typed(clone: Path) -> Iterator[str]:
    """What the commands of the README print, one after the other, in one folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment["PATH"] = f"{clone / '.venv/bin'}{os.pathsep}{environment['PATH']}"
    environment["HOME"] = str(clone)
    for block in BLOCKS:
        if block.language == "sh":
            commands = [["sh", "-c", line] for line in block.text.splitlines()]
        elif block.language == "python":
            commands = [[sys.executable, "-c", block.text]]
        else:
            continue
        for command in commands:
            ended = subprocess.run(
                command, cwd=clone, env=environment, capture_output=True, text=True, timeout=120, check=False
            )
            # A denial is an answer, not a failure.
            allowed = (0, 1) if "guardagent check" in command[-1] else (0,)
            assert ended.returncode in allowed, f"{command[-1]}\n{ended.stdout}\n{ended.stderr}"
            yield ended.stdout


def test_its_first_two_commands_are_the_demo_and_the_tests() -> None:
    first, second = [block.text for block in BLOCKS if block.language == "sh"][:2]
    assert first.rstrip().endswith("guardagent demo")
    assert second.strip() == ".venv/bin/pytest"
    assert len(first.splitlines()) == 1


def test_it_names_every_setting() -> None:
    named = set(re.findall(rf"^\| `({PREFIX}\w+)`", README, re.MULTILINE))
    assert named == {PREFIX + name.upper() for name in Settings.model_fields}


def test_its_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    gone = [target for target in targets if "://" not in target and not (ROOT / target).exists()]
    assert gone == []
