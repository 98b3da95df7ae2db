"""The host believes nothing that a worker sends."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.ports import Answer
from guardagent.types import Failure, canonical_json
from guardagent_toolbox.sandbox.replies import BadReply, answer_in, answers_of, inspection_of, payload_of

PASSES = {"c1": Answer("c1", "pass"), "c2": Answer("c2", "pass")}
VIOLATION = ["c1", "violation", "deny", "no", {"a": [1, 2.5, None, "é"]}, ["/user", ""], []]

ROWS: dict[str, tuple[list[Any], Answer]] = {
    "violation": (VIOLATION, Answer("c1", "violation", "deny", "no", {"a": [1, 2.5, None, "é"]}, ("/user", ""))),
    "escalation": (["c1", "violation", "escalate", "ask", None, [], []], Answer("c1", "violation", "escalate", "ask")),
    "redaction": (
        ["c1", "violation", "redact", "hide", None, ["/a"], [["/a", 0, None]]],
        Answer("c1", "violation", "redact", "hide", None, ("/a",), (("/a", 0, None),)),
    ),
    "not applicable": (["c1", "not_applicable", "deny", "", None, [], []], Answer("c1", "not_applicable")),
    "error": (
        ["c1", "error", "budget", "too many steps"],
        Answer("c1", "error", failure=Failure(code="budget", message="too many steps")),
    ),
}


def deep(levels: int) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


def changed(index: int, value: Any) -> list[Any]:
    return [*VIOLATION[:index], value, *VIOLATION[index + 1 :]]


BAD_ROWS: dict[str, Any] = {
    "no list": {"c1": "pass"},
    "a row that is text": ["c1"],
    "a short row": [["c1", "violation"]],
    "a long row": [[*VIOLATION, None]],
    "an unknown clause": [changed(0, "c3")],
    "a clause that is a list": [changed(0, ["c1"])],
    "the same clause twice": [VIOLATION, VIOLATION],
    "an unknown outcome": [changed(1, "allow")],
    "a pass": [changed(1, "pass")],
    "an error of seven parts": [changed(1, "error")],
    "an unknown remedy": [changed(2, "allow")],
    "a message that is no text": [changed(3, None)],
    "a message that is too long": [changed(3, "x" * 1_001)],
    "half a character in the message": [changed(3, "\udc80")],
    "details that are too deep": [changed(4, deep(40))],
    "details that are not finite": [changed(4, math.inf)],
    "half a character in a key": [changed(4, {"\ud800": 1})],
    "evidence that is text": [changed(5, "/user")],
    "evidence that is no pointer": [changed(5, ["user"])],
    "a redaction without the remedy": [changed(6, [["/a", 0, 1]])],
    "the remedy without a redaction": [changed(2, "redact")],
    "a redaction before the text": [["c1", "violation", "redact", "m", None, [], [["/a", -1, 2]]]],
    "a redaction by truth value": [["c1", "violation", "redact", "m", None, [], [["/a", True, 2]]]],
    "an error that only the host gives": [["c1", "error", "escape_attempt", "m"]],
    "an unknown error": [["c1", "error", "fine", "m"]],
    "not applicable with a message": [["c1", "not_applicable", "deny", "m", None, [], []]],
}


@pytest.mark.parametrize("name", ROWS)
def test_row_is_the_answer_of_its_clause(name: str) -> None:
    row, answer = ROWS[name]
    assert answers_of([row], PASSES) == (answer, PASSES["c2"])


def test_clauses_without_a_row_pass_in_their_order() -> None:
    assert answers_of([], PASSES) == tuple(PASSES.values())


@pytest.mark.parametrize("name", BAD_ROWS)
def test_malformed_row_is_refused(name: str) -> None:
    with pytest.raises(BadReply):
        answers_of(BAD_ROWS[name], PASSES)


@pytest.mark.parametrize(
    "reply",
    [b"", b"[", b"[]", b"[7]", b"{}", b"7", b"[8,[]]", b"[true,[]]", b'["7",[]]', b"[7.0,[]]", b"[7,[],[],[]]", b"\xff",
     b"[7,[]] [7,[]]", b"[7,NaN]", b"[7,-Infinity]", b"[" * 50_000, b"[7," + b"9" * 5_000 + b"]", b'[7,"fine","m"]',
     b'[7,"budget",1]', b'[7,"quarantined","m"]', b'[7,"budget","\\ud800"]', b"\xef\xbb\xbf[7,[]]", b" [7,[]] "],
)  # fmt: skip
def test_reply_of_the_wrong_form_is_refused(reply: bytes) -> None:
    with pytest.raises(BadReply):
        payload_of(reply, 7)


def test_reply_is_read() -> None:
    assert payload_of(b"[7,[]]", 7) == []
    assert payload_of(b'[7,{"a":1}]', 7) == {"a": 1}
    assert payload_of(b'[7,"memory","m"]', 7) == Failure(code="memory", message="m")


@pytest.mark.parametrize(
    ("reply", "events"), [(b"[7,[]]", 1), (b"[7,8,[]]", 2), (b"[7,11,[]]", 5), (b'[7,{"a":1}]', 1)]
)
def test_answer_says_how_many_events_it_is_of(reply: bytes, events: int) -> None:
    assert answer_in(reply, 7, 5) == ({"a": 1} if b"{" in reply else [], events)


@pytest.mark.parametrize(
    "reply",
    [b"[8,[]]", b"[7,7,[]]", b"[7,6,[]]", b"[7,12,[]]", b"[6,8,[]]", b"[8,9,[]]", b"[7,08,[]]", b"[07,8,[]]",
     b"[7,8,[]] ", b"[7,8,[]]\r", b"[7, 8,[]]", b"[7,8,[0]]", b"[7,-8,[]]", b"[7,8.0,[]]", b"[7,null,[]]",
     b"[7," + b"9" * 5_000 + b",[]]", "[7,\u0668,[]]".encode()],
)  # fmt: skip
def test_answer_for_other_events_is_refused(reply: bytes) -> None:
    with pytest.raises(BadReply):
        answer_in(reply, 7, 5)


def test_number_too_large_for_a_float_is_refused() -> None:
    with pytest.raises(BadReply):
        answers_of(payload_of(b'[7,[["c1","violation","deny","m",1e999,[],[]]]]', 7), PASSES)


INSPECTION = {
    "source": "s", "clauses": ["c1"], "helpers": [], "tools": ["words"],
    "facts": {"topic": {"kind": "category", "fields": ["/input"], "labels": {"a": ["b"]}}},
}  # fmt: skip


def test_inspection_is_read() -> None:
    assert inspection_of(INSPECTION).facts[0].name == "topic"
    assert str(inspection_of({"errors": [[3, "no import"]]}).errors[0]) == "line 3: no import"


@pytest.mark.parametrize(
    "payload",
    [None, [], {}, {"errors": []}, {"errors": [[1]]}, {"errors": {"1": "m"}}, {"errors": [["x", "m"]]},
     {"errors": [[True, "m"]]}, {**INSPECTION, "facts": []}, {**INSPECTION, "facts": {"T": {}}},
     {**INSPECTION, "source": 1},
     {**INSPECTION, "clauses": "c1"}, {**INSPECTION, "source": "\ud800"}, {**INSPECTION, "more": 1},
     {**INSPECTION, "facts": {"topic": {"kind": "category", "fields": ["/a"], "name": "x"}}}],
)  # fmt: skip
def test_malformed_inspection_is_refused(payload: Any) -> None:
    with pytest.raises(BadReply):
        inspection_of(payload)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(st.lists(st.lists(json_values | st.sampled_from(["c1", "violation", "deny", "error"]), max_size=8), max_size=3))
def test_rows_are_refused_or_can_be_written_down_again(rows: list[Any]) -> None:
    try:
        answers = answers_of(rows, PASSES)
    except BadReply:
        return
    canonical_json([answer._asdict() for answer in answers if answer.failure is None]).encode()


@given(json_values)
def test_details_are_refused_or_can_be_written_down_again(details: Any) -> None:
    try:
        answers = answers_of([changed(4, details)], PASSES)
    except BadReply:
        return
    canonical_json(answers[0].details).encode()


@given(
    st.binary(max_size=60)
    | st.text(max_size=40).map(lambda t: t.encode())
    | json_values.map(lambda v: json.dumps([7, v]).encode())
)
def test_any_bytes_are_read_or_refused(reply: bytes) -> None:
    try:
        answer_in(reply, 7, 5)
    except BadReply:
        return
