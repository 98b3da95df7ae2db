"""What becomes of the parts of an answer: bounded, in order, plain data."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent_toolbox.runtime.answers import (
    _CUTS,
    _POINTER,
    MAX_DETAILS,
    AnswerError,
    _Cutter,
    escalate,
    is_pointer,
    redact,
    row_of,
    violation,
)

DETAILS: dict[str, tuple[Any, Any]] = {
    "none": (None, None),
    "scalars": ([1, 2.5, "a", True, None], [1, 2.5, "a", True, None]),
    "tuple": ((1, (2,)), [1, [2]]),
    "set": ({3, 1, 2}, [1, 2, 3]),
    "set of kinds": ({"b", 1, None}, [None, 1, "b"]),
    "range": (range(3), [0, 1, 2]),
    "view": ({"a": 1}.items(), [["a", 1]]),
    "keys that are no texts": ({1: "a", None: "b", (1, 2): "c"}, {"1": "a", "None": "b", "(1, 2)": "c"}),
    "infinite": ([float("inf"), float("-inf")], ["inf", "-inf"]),
    "long text": ("x" * 999, "x" * 399 + "…"),
    "long list": (list(range(60)), [*range(50), "… 60 in all"]),
    "long dict": ({f"k{n:02}": n for n in range(60)}, {**{f"k{n:02}": n for n in range(50)}, "…": "60 in all"}),
    "wide list of long texts": (["y" * 300] * 30, ["y" * 59 + "…"] * 8 + ["… 30 in all"]),
    "deep": ([[[[[[[[[[1]]]]]]]]]], [[[[[[[["…"]]]]]]]]),
}


def details_of(value: object) -> Any:
    return row_of("c1", violation("m", value))[4]


@pytest.mark.parametrize(("given", "wanted"), DETAILS.values(), ids=DETAILS)
def test_details_become_plain_json(given: Any, wanted: Any) -> None:
    assert details_of(given) == wanted
    assert len(json.dumps(details_of(given), ensure_ascii=False)) <= MAX_DETAILS


def shared_nest(levels: int, width: int) -> Any:
    nest: Any = [1]
    for _ in range(levels):
        nest = [nest] * width
    return nest


def test_details_that_share_their_parts_are_given_up_soon() -> None:
    started = time.perf_counter()
    assert len(json.dumps(details_of(shared_nest(20, 50)))) <= MAX_DETAILS
    assert time.perf_counter() - started < 1.0


def test_details_that_never_fit_are_left_out() -> None:
    dark = "\x01" * 90
    assert details_of({str(n) + dark: {str(m) + dark: dark for m in range(5)} for n in range(5)}) == "too large to show"


def test_details_that_hold_themselves_are_bounded() -> None:
    nest: list[Any] = []
    nest.append(nest)
    assert details_of(nest) == [[[[[[[["…"]]]]]]]]


def test_long_message_is_cut_to_500_characters() -> None:
    message = row_of("c1", violation("é" * 600))[3]
    assert len(message) == 500
    assert message.endswith("…")


def test_one_pointer_may_stand_without_a_list() -> None:
    assert row_of("c1", escalate("m", evidence="/a"))[5] == ["/a"]


def test_evidence_is_cut_to_twenty_places() -> None:
    assert len(row_of("c1", violation("m", None, [f"/a/{n}" for n in range(30)]))[5]) == 20


def test_redaction_names_each_place_once_as_evidence() -> None:
    row = row_of("c1", redact("m", [["/a", 0, 1], ("/a", 3, None), ["/b", None, None]]))
    assert row == [
        "c1",
        "violation",
        "redact",
        "m",
        None,
        ["/a", "/b"],
        [["/a", 0, 1], ["/a", 3, None], ["/b", None, None]],
    ]


POINTERS = {"": True, "/": True, "/a/b": True, "/a~1b/~0": True, "a": False, "/a~2": False, "/" + "a" * 300: False}


@pytest.mark.parametrize(("pointer", "good"), POINTERS.items(), ids=repr)
def test_evidence_is_made_of_json_pointers(pointer: str, good: bool) -> None:
    if good:
        assert row_of("c1", violation("m", None, [pointer]))[5] == [pointer]
    else:
        with pytest.raises(AnswerError):
            row_of("c1", violation("m", None, [pointer]))


@pytest.mark.parametrize("value", [True, 0, "", [], {}, violation, object()], ids=repr)
def test_nothing_but_an_answer_is_an_answer(value: object) -> None:
    with pytest.raises(AnswerError):
        row_of("c1", value)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=60),
    lambda inner: (
        st.lists(inner, max_size=12) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=9)
    ),
    max_leaves=30,
)


@given(values, st.sampled_from(_CUTS))
def test_details_are_never_longer_than_they_are_taken_for(value: Any, cut: tuple[int, int, int]) -> None:
    items, characters, levels = cut
    cutter = _Cutter(items, characters)
    shown = cutter.cut(value, levels)
    assert len(json.dumps(shown, ensure_ascii=False)) <= cutter.longest


@given(st.text("~/01a\n", max_size=8))
def test_pointers_are_what_the_grammar_says(text: str) -> None:
    assert is_pointer(text) == (_POINTER.match(text) is not None)
