"""JSONL: everything comes back as it was, and one bad line keeps all of them out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardagent.errors import MemoryStoreError
from guardagent.types import Demonstration, Gap, Plan, PlanStep
from guardagent_memory import jsonl
from tests.memory.builders import BAKERY, demonstration

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
NAMES = st.lists(TEXTS, max_size=3).map(tuple)
PLANS = st.builds(
    Plan,
    steps=st.lists(
        st.builds(PlanStep, clauses=NAMES, summary=TEXTS, fields=NAMES, facts=NAMES, tools=NAMES), max_size=3
    ).map(tuple),
    gaps=st.lists(st.builds(Gap, clause=TEXTS, reason=TEXTS, hint=TEXTS), max_size=2).map(tuple),
)
DEMONSTRATIONS = st.builds(
    Demonstration,
    id=IDS,
    title=TEXTS,
    domain=TEXTS,
    request=TEXTS,
    specification=TEXTS,
    plan=PLANS,
    source=TEXTS,
    outcome=TEXTS,
    origin=st.sampled_from(["shipped", "learned", "imported"]),
)


@settings(max_examples=40)
@given(st.lists(DEMONSTRATIONS, max_size=6, unique_by=lambda one: one.id))
def test_what_is_written_is_read_back(demonstrations: list[Demonstration]) -> None:
    text = jsonl.dump(demonstrations)
    assert text.count("\n") == len(demonstrations)
    assert list(jsonl.parse(text.encode(), name="f")) == demonstrations


def line(**changes: object) -> bytes:
    return json.dumps({**demonstration().model_dump(mode="json"), **changes}).encode()


GOOD = line()
OTHER = line(id="bakery", request=BAKERY)


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b"", 0),
        (b"\n\n  \n", 0),
        (GOOD, 1),
        (GOOD + b"\r\n" + OTHER + b"\r\n", 2),
        (b"\xef\xbb\xbf" + GOOD + b"\n\n" + OTHER, 2),
        (line(request="one\u2028line").replace(b"\\u2028", "\u2028".encode()), 1),
    ],
)
def test_blank_lines_marks_and_odd_line_ends_do_no_harm(data: bytes, count: int) -> None:
    assert len(jsonl.parse(data, name="f")) == count


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b"{", "not JSON"),
        (b"[1, 2]", "`/`"),
        (b"null", "`/`"),
        (line(id=""), "`/id`"),
        (line(id=7), "`/id`"),
        (line(origin="benchmark"), "`/origin`"),
        (line(plan=None), "`/plan`"),
        (line(plan={"steps": [{"summary": "no clauses"}]}), "`/plan/steps/0/clauses`"),
        (line(extra=1), "`/extra`"),
        (GOOD.replace(b'{"id"', b'{"id": "other", "id"', 1), "twice"),
        (GOOD.replace(b'"A yard"', b"NaN"), "NaN"),
        (line(id="other", title="half \ud800"), "half a character"),
        (GOOD.replace(b"A yard", b"A \xff yard"), "not UTF-8"),
        (b"[" * 100_000, "nested too deep"),
        (GOOD, "stood in line 1"),
    ],
)
def test_bad_line_is_named_with_its_number_and_nothing_is_read(bad: bytes, said: str) -> None:
    with pytest.raises(MemoryStoreError) as caught:
        jsonl.parse(GOOD + b"\n\n" + bad + b"\n" + OTHER, name="mine.jsonl")
    assert str(caught.value).startswith("`mine.jsonl` line 3: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
