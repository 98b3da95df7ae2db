"""Packages that offer tools by an entry point, in a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = '''
from guardagent_toolbox.registry import tool
from guardagent_toolbox.tools.text import words


@tool(group="acme")
def is_shouting(text: str) -> bool:
    """Whether a text is written in capitals only.

    >>> is_shouting("HELP")
    True
    """
    return isinstance(text, str) and text.isupper()


def _not_a_tool(text: str) -> bool:
    return bool(words(text))
'''
CLASHING = GOOD.replace("is_shouting", "words").replace("from guardagent_toolbox.tools.text import words", "")
BUILTIN = GOOD.replace("is_shouting", "sorted")


def install(
    folder: Path, source: str, *, name: str = "acme-tools", value: str = "acme_tools", version: str = "2.1"
) -> None:
    """Writes what an installer would leave behind of a package."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "entry_points.txt").write_text(f"[guardagent.tools]\nmain = {value}\n")
    (folder / f"{value.partition(':')[0]}.py").write_text(source)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    code = "from guardagent.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("value", ["acme_tools", "acme_tools:is_shouting"])
def test_the_tool_of_an_installed_package_is_listed(tmp_path: Path, value: str) -> None:
    install(tmp_path, GOOD, value=value)
    done = run(tmp_path, "tools", "list", "--json")
    assert done.returncode == 0, done.stderr
    by_name = {one["name"]: one for one in json.loads(done.stdout)}
    assert by_name["is_shouting"]["signature"] == "is_shouting(text: str) -> bool"
    assert by_name["is_shouting"]["group"] == "acme"
    # A tool that the module merely imports is still the one that we ship.
    assert by_name["words"]["group"] == "text"
    assert "_not_a_tool" not in by_name


@pytest.mark.parametrize(
    ("source", "value", "said"),
    [
        (CLASHING, "acme_tools", "tool `words` is offered by `guardagent` and by `acme-tools 2.1`"),
        (BUILTIN, "acme_tools", "tool `sorted` of `acme-tools 2.1` has a name that programs cannot call"),
        ("import nowhere_to_be_found", "acme_tools", "tool package `acme-tools 2.1`: `acme_tools` cannot be imported"),
        ("raise SystemError('two\\nlines')", "acme_tools", "(SystemError: two lines)"),
        (GOOD, "acme_tools:absent", "tool package `acme-tools 2.1`: `acme_tools:absent` cannot be imported"),
        ("x = 1", "acme_tools", "`acme_tools` offers no tool"),
        (GOOD, "acme_tools:_not_a_tool", "`acme_tools:_not_a_tool` offers no tool"),
    ],
)
def test_a_broken_package_is_named_in_one_line(tmp_path: Path, source: str, value: str, said: str) -> None:
    install(tmp_path, source, value=value)
    done = run(tmp_path, "tools", "list")
    assert done.returncode == 3
    assert done.stdout == ""
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_two_packages_with_the_same_tool_are_both_named(tmp_path: Path) -> None:
    install(tmp_path, GOOD)
    install(tmp_path, GOOD, name="better-tools", value="better_tools")
    done = run(tmp_path, "tools", "list")
    assert "tool `is_shouting` is offered by `acme-tools 2.1` and by `better-tools 2.1`" in done.stderr
