from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.agents.seeact import event_of, read_action
from guardagent.errors import DataError
from tests.support.paper_data import real_data, web_row


def test_event_has_the_agreed_shape() -> None:
    event = event_of(web_row("a1", "Add a lamp to my cart."))
    assert event.payload == {
        "agent": "seeact",
        "stage": "tool_call",
        "user": {"age": 30, "domestic": True, "dr_license": True, "vaccine": True, "membership": True},
        "input": {"task": "Add a lamp to my cart.", "website": "shop.example"},
        "output": {
            "reasoning": "The next step is the button.",
            "action": {"element": "B", "action": "CLICK", "value": ""},
        },
    }


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("ELEMENT: L\n\nACTION: TYPE\n\nVALUE: 10019", {"element": "L", "action": "TYPE", "value": "10019"}),
        ("  ELEMENT: L\r\n  ACTION: type\r\n", {"element": "L", "action": "TYPE", "value": ""}),
        ("ELEMENT: A ACTION: CLICK VALUE: None", {"element": "A", "action": "CLICK", "value": ""}),
        (
            "ELEMENT: A\nACTION: CLICK\nOn second thought:\nELEMENT: C\nACTION: SELECT\nVALUE: 2",
            {"element": "C", "action": "SELECT", "value": "2"},
        ),
        ('ELEMENT: B\nACTION: TYPE\nVALUE: "a: b"', {"element": "B", "action": "TYPE", "value": '"a: b"'}),
        ("ELEMENT: B\nVALUE: 3", None),
        ("I would click the button.", None),
        ("", None),
    ],
)
def test_actions(text: str, want: dict[str, str] | None) -> None:
    assert read_action(text) == want


@pytest.mark.parametrize(
    ("output", "reasoning", "action"),
    [
        (
            "It is the button.\nELEMENT: B\nACTION: CLICK\nVALUE: None",
            "It is the button.",
            {"element": "B", "action": "CLICK", "value": ""},
        ),
        (["one", "two", "ELEMENT: B\nACTION: CLICK"], "one\n\ntwo", {"element": "B", "action": "CLICK", "value": ""}),
        (["one", "no idea"], "one", "no idea"),
        ("no idea", "no idea", ""),
    ],
)
def test_outputs(output: object, reasoning: str, action: object) -> None:
    payload = event_of(web_row("a1", "a task") | {"gpt_output": output}).payload
    assert payload["output"] == {"reasoning": reasoning, "action": action}


def test_profile_is_taken_as_it_stands_for_the_schema_to_judge() -> None:
    assert event_of(web_row("a1", "a task") | {"user_info": {"age": "30"}}).payload["user"] == {"age": "30"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"confirmed_task": ""}, "confirmed_task"),
        ({"website": None}, "website"),
        ({"user_info": [1]}, "user_info"),
        ({"gpt_output": []}, "gpt_output"),
        ({"gpt_output": ["a", 3]}, "gpt_output"),
        ({"gpt_output": "x" * 70_000}, "bytes"),
        ({"user_info": {"age": float("nan")}}, "NaN"),
    ],
)
def test_broken_records_are_refused_by_name(change: dict[str, Any], named: str) -> None:
    with pytest.raises(DataError, match=named):
        event_of(web_row("a1", "a task") | change)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["confirmed_task", "website", "user_info", "gpt_output"])


@given(st.dictionaries(KEYS, JSON, max_size=4))
def test_any_record_is_an_event_or_a_data_error(change: dict[str, Any]) -> None:
    record = web_row("a1", "a task") | change
    try:
        user = event_of(record).payload["user"]
    except DataError:
        return
    assert user == record["user_info"]


@given(st.lists(st.sampled_from(["ELEMENT:", "ACTION:", "VALUE:", " ", "\n", "A", "None"]), max_size=20).map("".join))
def test_any_answer_is_an_action_or_none(text: str) -> None:
    action = read_action(text)
    assert action is None or set(action) == {"element", "action", "value"}


def test_every_real_record_is_read_with_its_action() -> None:
    path = real_data("mind2web_sc_dev") / "seeact" / "sample_labeled_all.json"
    events = [event_of(row) for row in json.loads(path.read_text("utf-8"))]
    assert len(events) >= 100
    assert all(event.payload["output"]["action"]["action"] in ("CLICK", "TYPE", "SELECT") for event in events)
