"""The wheel: the five packages with their data, nothing else, and it works without the repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {"guardagent", "guardagent_toolbox", "guardagent_memory", "guardagent_service", "guardagent_benchmarks"}
SOURCES = [ROOT / "guardagent", *(ROOT.glob("*/guardagent_*"))]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (made,) = out.glob("*.whl")
    return made


def test_it_holds_exactly_the_five_packages(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES


def test_it_holds_every_source_and_data_file(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    expected = {
        f"{source.name}/{path.relative_to(source).as_posix()}"
        for source in SOURCES
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert inside == expected
    for data in ("schemas/event.json", "cli/template/request.md", "cli/demo_data/seeact.json"):
        assert f"guardagent/{data}" in inside


def test_it_names_the_license_and_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        entry = next(name for name in names if name.endswith("entry_points.txt"))
        assert "guardagent = guardagent.cli:main" in archive.read(entry).decode()
        assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_demo_runs_from_it(wheel: Path, tmp_path: Path) -> None:
    unpacked = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(unpacked)
    code = (
        "import guardagent, sys; print(guardagent.__file__, file=sys.stderr); from guardagent.cli import main; main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, "demo", "--json"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(unpacked)},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.strip() == str(unpacked / "guardagent" / "__init__.py")
    assert [scene["policy"] for scene in json.loads(ended.stdout)] == ["eicu-ac", "mind2web-sc"]
