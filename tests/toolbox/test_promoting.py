"""A helper of a reviewed program becomes a tool in a package of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from guardagent_toolbox.promoting import promote
from guardagent_toolbox.spec import ToolboxError
from tests.toolbox.test_tools_third_party import run

SOURCE = '''
STREETS = ["road", "lane"]


def parts(text):
    return words(normalise(text))


def names_street(text):
    """Whether a text names a street of the list."""
    return any(one in STREETS for one in parts(text))


def silent(text):
    return text


def answering(text):
    """An answer."""
    return violation("no")


def reading(text):
    """Reads a fact."""
    return deciding(text, FACTS)


def deciding(text, facts):
    return facts


def clause_c1(event, facts):
    """No streets."""
    if names_street(value_at(event, "/output/text", "")):
        return violation("a street")
'''


def test_promoted_helper_brings_along_what_it_needs(tmp_path: Path) -> None:
    folder = tmp_path / "acme-tools"
    promote(SOURCE, "names_street", group="places", origin="letters").write(folder)
    module = (folder / "acme_tools" / "names_street.py").read_text("utf-8")
    assert "STREETS = ['road', 'lane']" in module
    assert "def _parts(text):" in module
    assert "from guardagent_toolbox.tools.text import normalise" in module
    assert "value_at" not in module
    assert "clause_c1" not in module
    assert 'names_street = "acme_tools.names_street"' in (folder / "pyproject.toml").read_text("utf-8")


def test_promoted_helper_is_a_tool_once_its_package_is_installed(tmp_path: Path) -> None:
    folder = tmp_path / "acme-tools"
    promote(SOURCE, "names_street", group="places", name="has_street").write(folder)
    info = folder / "acme_tools-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-tools\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text("[guardagent.tools]\nhas_street = acme_tools.has_street\n")
    done = run(folder, "tools", "show", "has_street")
    assert done.returncode == 0, done.stderr
    assert "Whether a text names a street of the list." in done.stdout


def test_tests_fail_until_the_answers_are_filled_in(tmp_path: Path) -> None:
    folder = tmp_path / "acme-tools"
    promote(SOURCE, "names_street", group="places").write(folder)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml", "tests"]

    def tested() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=folder,
            env={"PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    before = tested()
    assert before.returncode == 1
    assert "fill in CASES" in before.stdout
    path = folder / "tests" / "test_names_street.py"
    path.write_text(path.read_text("utf-8").replace("]] = []", ']] = [(("12 High Road",), True)]'), "utf-8")
    after = tested()
    assert after.returncode == 0, after.stdout


def test_second_tool_joins_the_package(tmp_path: Path) -> None:
    folder = tmp_path / "acme-tools"
    for name in ("first", "second"):
        promote(SOURCE, "names_street", group="places", name=name).write(folder)
    text = (folder / "pyproject.toml").read_text("utf-8")
    assert text.count("[project.entry-points") == 1
    assert 'first = "acme_tools.first"' in text
    assert 'second = "acme_tools.second"' in text


def test_tool_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    made = promote(SOURCE, "names_street", group="places")
    made.write(tmp_path)
    with pytest.raises(ToolboxError, match="is there already"):
        made.write(tmp_path)


@pytest.mark.parametrize(
    ("helper", "name", "said"),
    [
        ("missing", "", "`missing` is no helper function of the program; it has answering, deciding, names_street"),
        ("clause_c1", "", "`clause_c1` is no helper function"),
        ("silent", "", "helper `silent` has no docstring"),
        ("answering", "", "`answering` uses `violation`"),
        ("reading", "", "uses `FACTS`"),
        ("names_street", "normalise", "`guardagent` has one of that name"),
        ("names_street", "Has Street", "small letters"),
    ],
)
def test_what_cannot_be_a_tool_is_refused_in_one_line(helper: str, name: str, said: str) -> None:
    with pytest.raises(ToolboxError) as caught:
        promote(SOURCE, helper, group="places", name=name)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
