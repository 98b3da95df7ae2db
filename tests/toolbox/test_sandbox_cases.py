"""Cases travel as lines, and none can pass for two or for a part of another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.ports import RunCase
from guardagent_toolbox.sandbox.cases import encoded, next_body
from guardagent_toolbox.sandbox.wire import MAX_RUN

texts = st.sampled_from(
    ["{}", '{"a":1}', "é", "", "\n", "a\nb", "\ud800", "x" * (MAX_RUN // 3), "x" * MAX_RUN]
) | st.text(max_size=8)
cases = st.lists(st.builds(RunCase, texts, texts), min_size=1, max_size=12)


def sendable(case: RunCase) -> bool:
    try:
        lines = f"{case.event}\n{case.facts}".encode()
    except UnicodeEncodeError:
        return False
    return lines.count(b"\n") == 1 and len(lines) <= MAX_RUN


@given(cases)
def test_bodies_hold_the_sendable_cases_in_order(given: list[RunCase]) -> None:
    lines: list[str] = []
    waiting = given
    while waiting:
        body = next_body(waiting)
        assert (body is None) == (not sendable(waiting[0]))
        if body is None:
            waiting = waiting[1:]
            continue
        assert body.events > 0
        assert len(body.lines) <= MAX_RUN
        lines += body.lines.decode().split("\n")
        waiting = waiting[body.events :]
    assert lines == [text for case in given if sendable(case) for text in case]


def test_as_many_cases_as_fit_travel_together() -> None:
    third = RunCase("x" * (MAX_RUN // 3 - 4))
    body = next_body([third] * 5)
    assert body is not None
    assert body.events == 3


@pytest.mark.parametrize("text", ["{\n}", "\ud800", "x" * MAX_RUN])
def test_case_that_cannot_be_sent_is_none(text: str) -> None:
    assert encoded(RunCase(text)) is None
    assert next_body([RunCase(text), RunCase("{}")]) is None
    assert next_body([RunCase("{}"), RunCase(text)]) == (b"{}\n{}", 1)
