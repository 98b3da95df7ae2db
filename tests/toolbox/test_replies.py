"""Rows from a worker are read strictly: what is not well formed is a failure of the whole event."""

from __future__ import annotations

from typing import Any

import pytest

from guardagent.ports import Answer
from guardagent.types import Failure
from guardagent_toolbox.replies import result_of

VIOLATION: list[Any] = ["c1", "violation", "deny", "no", {"a": 1}, ["/a"], []]

MALFORMED: dict[str, Any] = {
    "no list": {"c1": "pass"},
    "nothing": None,
    "a row that is no list": ["c1"],
    "an empty row": [[]],
    "a row too short": [VIOLATION[:6]],
    "a row too long": [[*VIOLATION, 1]],
    "a clause that the program has not": [["c9", *VIOLATION[1:]]],
    "a clause that is no text": [[1, *VIOLATION[1:]]],
    "a clause twice": [VIOLATION, VIOLATION],
    "a pass": [["c1", "pass", "deny", "", None, [], []]],
    "an allow": [["c1", "allow", "deny", "", None, [], []]],
    "an unknown remedy": [["c1", "violation", "allow", "no", None, [], []]],
    "a remedy that is no text": [["c1", "violation", ["deny"], "no", None, [], []]],
    "not applicable with a remedy": [["c1", "not_applicable", "redact", "", None, [], [["/a", 0, 1]]]],
    "a message that is no text": [["c1", "violation", "deny", None, None, [], []]],
    "a message too long": [["c1", "violation", "deny", "m" * 501, None, [], []]],
    "evidence that is a text": [["c1", "violation", "deny", "no", None, "/a", []]],
    "evidence that is no pointer": [["c1", "violation", "deny", "no", None, ["a"], []]],
    "too much evidence": [["c1", "violation", "deny", "no", None, ["/a"] * 101, []]],
    "a redaction without spans": [["c1", "violation", "redact", "no", None, [], []]],
    "spans without a redaction": [["c1", "violation", "deny", "no", None, [], [["/a", 0, 1]]]],
    "a span too short": [["c1", "violation", "redact", "no", None, [], [["/a", 0]]]],
    "a span below zero": [["c1", "violation", "redact", "no", None, [], [["/a", -1, 1]]]],
    "a span of truth values": [["c1", "violation", "redact", "no", None, [], [["/a", True, 1]]]],
    "an error with an unknown code": [["c1", "error", "fine", "m"]],
    "an error with a code of the host": [["c1", "error", "timeout", "m"]],
    "an error without a message": [["c1", "error", "budget", None]],
    "four parts and no error": [["c1", "violation", "budget", "m"]],
}


@pytest.mark.parametrize("rows", MALFORMED.values(), ids=MALFORMED)
def test_malformed_reply_is_a_failure(rows: Any) -> None:
    result = result_of(rows, ("c1", "c2"))
    assert result.answers == ()
    assert result.failure is not None
    assert result.failure.code == "bad_reply"


def test_clause_without_a_row_passed() -> None:
    assert result_of([], ("c1", "c2")).answers == (Answer("c1", "pass"), Answer("c2", "pass"))


def test_answers_stand_in_the_order_of_the_clauses() -> None:
    result = result_of([["c2", "error", "budget", "m"], VIOLATION], ("c1", "c2", "c3"))
    assert result.failure is None
    assert result.answers == (
        Answer("c1", "violation", "deny", "no", {"a": 1}, ("/a",)),
        Answer("c2", "error", failure=Failure(code="budget", message="m")),
        Answer("c3", "pass"),
    )
