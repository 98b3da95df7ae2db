"""`guardagent tools`: what a coder may call, listed and shown."""

from __future__ import annotations

from pathlib import Path

from tests.support.cli import guardagent


def test_list_names_every_tool_with_its_group() -> None:
    told = guardagent("tools", "list", "--json")
    assert told.code == 0
    found = {one["name"]: one for one in told.json}
    assert {"check_access", "check_rule", "columns_accessed", "sql_columns", "matches", "parse_money"} <= set(found)
    assert found["matches"]["group"] == "text"


def test_show_gives_signature_and_example() -> None:
    told = guardagent("tools", "show", "check_access")
    assert told.code == 0
    assert told.out.startswith("check_access(allowed:")
    assert ">>> check_access(" in told.out


def test_an_unknown_tool_is_a_usage_error_with_a_suggestion() -> None:
    told = guardagent("tools", "show", "check_acces")
    assert told.code == 2
    assert "did you mean `check_access`" in told.error_line


def test_promoting_what_is_no_helper_names_the_helpers_there_are(policy: Path, tmp_path: Path) -> None:
    assert guardagent("publish", policy).code == 0
    told = guardagent("tools", "promote", policy, "absent", "--into", tmp_path / "acme-tools")
    assert told.code in (2, 3)
    assert "`absent` is no helper function of the program" in told.error_line
    assert not (tmp_path / "acme-tools").exists()


def test_only_a_published_program_has_helpers_to_promote(policy: Path, tmp_path: Path) -> None:
    told = guardagent("tools", "promote", policy, "absent", "--into", tmp_path / "acme-tools")
    assert told.code == 2
    assert "published" in told.error_line
