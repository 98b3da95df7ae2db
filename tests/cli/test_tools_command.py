"""`guardagent tools`: what a coder may call, listed and shown."""

from __future__ import annotations

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
