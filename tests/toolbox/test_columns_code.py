"""What programs read: the cases in tests/cases/toolbox/columns.yaml, and texts that are no programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from guardagent_toolbox.tools.access import check_access
from guardagent_toolbox.tools.source import called_functions, columns_accessed, tables_accessed

SCHEMA = {
    "lab": ["id", "name", "result", "time"],
    "patient": ["id", "ward", "age", "height"],
    "bill": ["id", "amount", "day"],
}
CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "toolbox" / "columns.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["note"])
def test_columns_of_programs(case: dict[str, Any]) -> None:
    found = columns_accessed(case["code"], SCHEMA)
    assert found is not None
    unknown = found.pop("?", [])
    wanted = {t: sorted(SCHEMA[t]) if columns == "ALL" else sorted(columns) for t, columns in case["want"].items()}
    assert found == wanted
    assert len(unknown) == case.get("unknown", 0), unknown


@pytest.mark.parametrize("case", [c for c in CASES if c.get("unknown")], ids=lambda case: case["note"])
def test_what_cannot_be_told_is_missing_whatever_is_allowed(case: dict[str, Any]) -> None:
    everything = {table: ["*"] for table in (*SCHEMA, "?", "*")}
    assert check_access(everything, columns_accessed(case["code"], SCHEMA))


@pytest.mark.parametrize(
    "code", ["x = (", "select a from b", "\x00", None, 3, ["x = 1"], "x = 1\n" * 9_000, "((" * 900]
)
def test_what_is_no_readable_python_is_none(code: Any) -> None:
    assert columns_accessed(code, SCHEMA) is None
    assert tables_accessed(code, SCHEMA) is None
    assert called_functions(code) is None


@pytest.mark.parametrize("schema", [None, [], "lab", {"lab": 3}, {"lab": [1]}, {1: ["a"]}])
def test_an_unreadable_schema_is_none(schema: Any) -> None:
    assert columns_accessed("LoadDB('lab')", schema) is None


def test_the_unknown_says_its_line() -> None:
    found = columns_accessed("a = 1\n\nLoadDB(a.b)", SCHEMA)
    assert found == {"?": ["line 3: `LoadDB` of a table whose name is computed"]}


def test_warnings_of_the_compiler_are_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    assert columns_accessed("x = '\\d' if 1 is 1 else LoadDB('lab')", SCHEMA) == {"lab": []}
    assert capfd.readouterr() == ("", "")


def test_tables_and_calls() -> None:
    code = "import os\nos.path.join('a')\nSQLInterpreter('select age from patient')\nLoadDB(x())('y')"
    assert tables_accessed(code, SCHEMA) == ["?", "patient"]
    assert called_functions(code) == ["?", "LoadDB", "SQLInterpreter", "os.path.join", "x"]
