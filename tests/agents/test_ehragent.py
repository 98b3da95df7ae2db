from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.agents.ehragent import EhrRun, event_of, read_log
from guardagent.errors import DataError
from guardagent.types import MAX_EVENT_BYTES
from tests.support.paper_data import DIVIDER, cell, ehr_log, real_data

CODE = "patient_db = LoadDB('patient')\nanswer = GetValue(patient_db, 'wardid')"
OTHER = "cost_db = LoadDB('cost')\nanswer = GetValue(cost_db, 'cost, sum')"
ERROR = "Error: There is no column 'cost, sum'. Please make modifications accordingly."


def test_plain_log_gives_task_code_answer_and_truth() -> None:
    run = read_log(ehr_log(cell(CODE), "w3", "TERMINATE"))
    assert run == EhrRun(
        question="what is the ward of patient 7?",
        knowledge="- Wards stand in the patient table.",
        code=CODE,
        answer="w3",
        cells=(CODE,),
        prediction="w3",
        ground_truth="w3",
        finished=True,
    )


LAYOUTS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "the last of several cells ran": (
        (cell(OTHER), ERROR, cell(CODE), "w3", "TERMINATE"),
        {"code": CODE, "answer": "w3", "cells": (OTHER, CODE)},
    ),
    "code without JSON around it": ((CODE, "w3", "TERMINATE"), {"code": CODE, "answer": "w3"}),
    "bare code after a cell": ((cell(OTHER), ERROR, CODE, "w3", "TERMINATE"), {"code": CODE, "cells": (OTHER, CODE)}),
    "a sentence with the end in it": (
        (cell(CODE), "w3", "The ward is w3.\n\nTERMINATE"),
        {"answer": "The ward is w3.", "prediction": "w3\nThe ward is w3.", "finished": True},
    ),
    "an empty reply before the end": ((cell(CODE), "w3", "It is w3.", "", "TERMINATE"), {"answer": "It is w3."}),
    "no end": ((cell(CODE), "w3"), {"answer": "w3", "prediction": "", "finished": False}),
    "only an error came of it": ((cell(OTHER), ERROR), {"code": OTHER, "answer": ERROR, "finished": False}),
    "the run stops at the code": ((cell(CODE),), {"code": CODE, "answer": ""}),
    "no code at all": (("I cannot help.", "", "TERMINATE"), {"code": "", "answer": "I cannot help.", "cells": ()}),
    "no turns at all": ((), {"code": "", "answer": "", "finished": False}),
    "raw line breaks inside the cell": (('{\n"cell": "a = 1\nb = 2"\n}', "2"), {"code": "a = 1\nb = 2"}),
    "escapes that JSON does not know": (
        ('{\n"cell": "a = LoadDB(\\\'lab\\\')\\nb = \\"x\\""\n}', "1"),
        {"code": "a = LoadDB(\\'lab\\')\nb = \"x\""},
    ),
    "a cell that is no text": (('{"cell": 3}', "1"), {"code": ""}),
    "an answer that looks like code": ((cell(CODE), "answer = LoadDB('lab')", "TERMINATE"), {"code": CODE}),
    "an answer that is a name": ((cell(CODE), "urine", "urine", "", "TERMINATE"), {"code": CODE, "answer": "urine"}),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts(name: str) -> None:
    turns, want = LAYOUTS[name]
    run = read_log(ehr_log(*turns))
    assert {key: getattr(run, key) for key in want} == want


def test_windows_line_ends_and_remarks_behind_the_truth_do_not_matter() -> None:
    text = ehr_log(cell(CODE), "w3", "TERMINATE") + "\nres-right\n"
    assert read_log(text.replace("\n", "\r\n")) == read_log(text)
    assert read_log(text).ground_truth == "w3"


def test_log_without_truth_is_read_all_the_same() -> None:
    run = read_log(ehr_log(cell(CODE), "w3", "TERMINATE", truth=None))
    assert (run.ground_truth, run.answer) == (None, "w3")


def test_label_of_the_knowledge_may_stand_twice() -> None:
    run = read_log(ehr_log(cell(CODE), "w3", knowledge="Knowledge:\n- Wards are places."))
    assert run.knowledge == "- Wards are places."


def test_question_is_kept_whole_even_when_it_holds_a_label() -> None:
    question = "what is it?\nSolution: answer = 1\nand then?"
    assert read_log(ehr_log(cell(CODE), "w3", question=question)).question == question


def test_prompt_without_examples_is_found_by_its_question() -> None:
    text = DIVIDER.join(["Question: where is patient 7?\nSolution: ", cell(CODE), "w3", "TERMINATE"])
    assert (read_log(text).question, read_log(text).code) == ("where is patient 7?", CODE)


def test_call_in_the_interpreters_turn_is_refused_because_it_could_hide_the_code_that_ran() -> None:
    with pytest.raises(DataError, match="which code ran"):
        read_log(ehr_log(cell(OTHER), cell("answer = 1"), "TERMINATE"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is it a whole log"),
        ("connection reset" + DIVIDER + "Ground-Truth Answer ---> 3", "is it a whole log"),
        ("(END OF EXAMPLES)\nKnowledge:\nQuestion:   \nSolution: ", "no question"),
    ],
)
def test_what_is_no_log_is_refused(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_log(text)


def test_event_has_the_agreed_shape() -> None:
    event = event_of(read_log(ehr_log(cell(CODE), "w3", "TERMINATE")), "nursing")
    assert event.payload == {
        "agent": "ehragent",
        "stage": "output",
        "user": {"role": "nursing"},
        "input": {"question": "what is the ward of patient 7?"},
        "output": {"knowledge": "- Wards stand in the patient table.", "code": CODE, "answer": "w3"},
    }


def test_event_that_would_be_too_large_is_refused_and_not_cut() -> None:
    run = read_log(ehr_log(cell("answer = 1"), "x" * MAX_EVENT_BYTES, "TERMINATE"))
    with pytest.raises(DataError, match="bytes"):
        event_of(run, "nursing")


PIECES = st.sampled_from(
    [DIVIDER, "-" * 58, "(END OF EXAMPLES)", "Question:", "Knowledge:\n", "Solution:", '{"cell": "', '"}', "\\", '"\n}',
     "TERMINATE", "Ground-Truth Answer --->", "\ud800", "\x00", "a = 1", "((((", "\n", "\r\n"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=30).map("".join)), st.text())
def test_any_text_is_a_run_or_a_data_error(text: str, role: str) -> None:
    try:
        user = event_of(read_log(text), role).payload["user"]
    except DataError:
        return
    assert user == {"role": role}


def test_every_real_log_is_read() -> None:
    logs = sorted((real_data("eicu_ac_dev") / "ehragent" / "logs").glob("*.txt"))
    runs = [read_log(path.read_text("utf-8")) for path in logs]
    assert len(runs) >= 100
    assert [path.name for path, run in zip(logs, runs, strict=True) if not run.code or not run.answer] == []
    assert all(run.finished and run.ground_truth is not None for run in runs)
    assert all("Knowledge:" not in run.knowledge and len(run.question) < 400 for run in runs)
