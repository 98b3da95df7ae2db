"""Needed against allowed, rules on actions, values by pointer, and the history of a session."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent_toolbox.tools.access import check_access, check_rule, parse_json, value_at
from guardagent_toolbox.tools.history import count_before, earlier, happened_before

UNREADABLE = {"?": ["unreadable"]}
COLUMNS = st.dictionaries(st.sampled_from("abc"), st.lists(st.sampled_from("xyz"), max_size=3), max_size=3)


@pytest.mark.parametrize(
    ("allowed", "needed", "missing"),
    [
        ({"lab": ["a", "b"]}, {"lab": ["a"]}, {}),
        ({"lab": ["a"]}, {"lab": ["b", "a", "c"]}, {"lab": ["b", "c"]}),
        ({"lab": ["a"]}, {"lab": [], "bill": []}, {"bill": []}),
        ({"Lab": ["A"]}, {"LAB": ["a"]}, {}),
        ({"lab": ["*"]}, {"lab": ["anything", "*"]}, {}),
        ({"lab": ["a", "b"]}, {"lab": ["*"]}, {"lab": ["*"]}),
        ({"*": ["*"], "?": ["*"]}, {"lab": ["a"], "?": ["x"]}, {"?": ["x"], "lab": ["a"]}),
        ({"lab": "a"}, {"lab": ["a"]}, {}),
        ({}, {}, {}),
        (None, {"lab": ["a"]}, {"lab": ["a"]}),
        ({"lab": None}, {"lab": ["a"]}, {"lab": ["a"]}),
        ({"lab": ["*"]}, None, UNREADABLE),
        ({"lab": ["*"]}, [], UNREADABLE),
        ({"lab": ["*"]}, {"lab": None}, {"lab": ["unreadable"]}),
        ({"lab": ["*"]}, {"lab": [1]}, {"lab": ["unreadable"]}),
    ],
)
def test_what_is_missing(allowed: Any, needed: Any, missing: dict[str, list[str]]) -> None:
    assert check_access(allowed, needed) == missing


@given(COLUMNS, COLUMNS, COLUMNS)
def test_allowing_more_never_leaves_more_missing(
    allowed: dict[str, list[str]], more: dict[str, list[str]], needed: dict[str, list[str]]
) -> None:
    wider = {table: allowed.get(table, []) + more.get(table, []) for table in {**allowed, **more}}
    before, after = check_access(allowed, needed), check_access(wider, needed)
    assert set(after) <= set(before)
    assert all(set(after[table]) <= set(before[table]) for table in after)


RULES: list[dict[str, Any]] = [
    {"actions": ["rent a car"], "needs": {"age": {"at_least": 18}, "licence": True}, "text": "drivers"},
    {"actions": ["buy wine", "Rent a car"], "needs": {"age": {"more_than": 20, "at_most": 99}}, "text": "grown-ups"},
    {"needs": {"status": {"not_one_of": ["banned", "suspended"]}}, "text": "members in good standing"},
]
GOOD = {"age": 30, "licence": True, "status": "active"}


@pytest.mark.parametrize(
    ("action", "user", "broken"),
    [
        ("rent a car", {}, []),
        ("  RENT  a Car", {"age": 18}, ["grown-ups"]),
        ("rent a car", {"age": 20}, ["grown-ups"]),
        ("rent a car", {"age": 99}, []),
        ("rent a car", {"age": 100}, ["grown-ups"]),
        ("rent a car", {"age": 17}, ["drivers", "grown-ups"]),
        ("rent a car", {"age": "30"}, ["drivers", "grown-ups"]),
        ("rent a car", {"age": True}, ["drivers", "grown-ups"]),
        ("rent a car", {"age": None}, ["drivers", "grown-ups"]),
        ("rent a car", {"age": float("nan")}, ["drivers", "grown-ups"]),
        ("rent a car", {"licence": "true"}, ["drivers"]),
        ("rent a car", {"licence": 1}, ["drivers"]),
        ("rent a car", {"licence": False}, ["drivers"]),
        ("read a book", {"age": 3, "licence": None}, []),
        ("read a book", {"status": "Banned"}, ["members in good standing"]),
        ("read a book", {"status": ["banned"]}, ["members in good standing"]),
        ("read a book", {"status": None}, ["members in good standing"]),
        (None, {"age": 3}, ["drivers", "grown-ups"]),
        (["rent a car"], {"age": 3}, ["drivers", "grown-ups"]),
    ],
)
def test_rules_on_actions(action: Any, user: dict[str, Any], broken: list[str]) -> None:
    assert check_rule(RULES, action, GOOD | user) == broken


@pytest.mark.parametrize("user", [None, [], "nobody", {}])
def test_without_facts_no_need_is_met(user: Any) -> None:
    assert check_rule(RULES, "rent a car", user) == ["drivers", "grown-ups", "members in good standing"]


@pytest.mark.parametrize(
    "rule",
    [
        "be nice", {}, {"text": "no needs"}, {"needs": []}, {"needs": {"age": {}}}, {"needs": {"age": {"atleast": 3}}},
        {"needs": {"age": {"at_least": "18"}}}, {"needs": {"age": None}}, {"needs": {"age": {"one_of": 30}}},
        {"actions": 5, "needs": {"age": 31}}, {"action": ["other"], "needs": {"age": 30}},
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_read_is_broken_by_everybody(rule: Any) -> None:
    assert len(check_rule([rule], "rent a car", GOOD)) == 1


def test_unreadable_rules_are_one_broken_rule() -> None:
    assert check_rule({}, "rent a car", GOOD) == ["the rules cannot be read"]  # type: ignore[arg-type]


EVENT: dict[str, object] = {"user": {"role": "nurse", "none": None}, "items": [{"a/b": 1}, {"~": 2}], "": {"": 3}}


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("/user/role", "nurse"),
        ("/items/0/a~1b", 1),
        ("/items/1/~0", 2),
        ("//", 3),
        ("/user/none", None),
        ("", EVENT),
        ("/user/absent", "default"),
        ("/user/role/more", "default"),
        ("/items/2", "default"),
        ("/items/-1", "default"),
        ("/items/00", "default"),
        ("/items/-", "default"),
        ("/items/99999999999", "default"),
        ("user/role", "default"),
        (None, "default"),
        (5, "default"),
    ],
)
def test_values_by_pointer(pointer: Any, found: object) -> None:
    assert value_at(EVENT, pointer, "default") == found


HISTORY: dict[str, object] = {
    "history": [
        {"tool": "search", "status": "ok"},
        {"tool": {"name": "Send"}, "status": "SENT"},
        {"name": "send", "status": "failed"},
        {"tool": None},
    ]
}


def test_entries_are_found_by_tool_and_status() -> None:
    assert count_before(HISTORY, "send") == 2
    assert count_before(HISTORY, "send", "sent") == 1
    assert earlier(HISTORY, "SEARCH") == [{"tool": "search", "status": "ok"}]
    assert happened_before(HISTORY, "delete") is False
    assert happened_before({}, "send") is False


@pytest.mark.parametrize(
    "event", [None, ["send"], {"history": None}, {"history": "send"}, {"history": [{"tool": "send"}, "send"]}]
)
def test_a_history_that_cannot_be_read_is_none(event: Any) -> None:
    assert earlier(event, "send") is None
    assert count_before(event, "send") is None
    assert happened_before(event, "send") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, true, null, 2.5, "x"]}', {"a": [1, True, None, 2.5, "x"]}),
        (" 5 ", 5),
        ('"x"', "x"),
        ('{"a": 1, "a": 2}', None),
        ('{"A": 1, "a": 2}', {"A": 1, "a": 2}),
        ("NaN", None),
        ("1e999", None),
        ("9" * 30, None),
        ("{'a': 1}", None),
        ('{"a": 1} x', None),
        ("[" * 1_000 + "]" * 1_000, None),
        ('"' + "[" * 1_000 + '"', "[" * 1_000),
        ("", None),
        (None, None),
    ],
)
def test_json_is_read_where_all_readers_agree(text: Any, value: object) -> None:
    assert parse_json(text) == value
