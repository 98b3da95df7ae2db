"""Where things stand: outer folders hold no modules, files stay readable, commands and documents agree."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from tests.support.cli import guardagent

ROOT = Path(__file__).parents[2]
OUTER = ("toolbox", "memory", "service", "benchmarks")
PACKAGES = ("guardagent", *(f"{name}/guardagent_{name}" for name in OUTER))
LONGEST_FILE = 400
LONGEST_FUNCTION = 60

MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("folder", OUTER)
def test_an_outer_folder_holds_one_package_and_no_modules(folder: str) -> None:
    # An agent's own `memory` or `service` can then never be taken for ours.
    assert list((ROOT / folder).glob("*.py")) == []
    packages = {path.parent.name for path in (ROOT / folder).glob("*/__init__.py")}
    assert packages == {f"guardagent_{folder}"}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_tells_that_it_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


def test_every_component_explains_itself() -> None:
    missing = [folder for folder in OUTER if not (ROOT / folder / "README.md").is_file()]
    assert missing == []


def test_no_file_and_no_function_is_too_long() -> None:
    long = [f"{path.relative_to(ROOT)}: {n} lines" for path in MODULES if (n := _lines(path)) > LONGEST_FILE]
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}: `{node.name}` has {length} lines")
    assert long == []


def test_the_license_is_whole_and_named() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert _project()["license"] == "Apache-2.0"


def test_the_version_stands_in_one_place_and_in_the_changelog() -> None:
    version = _project()["version"]
    assert guardagent("--version").out == f"guardagent {version}\n"
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def _project() -> dict[str, str]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project: dict[str, str] = tomllib.load(file)["project"]
    return project


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
