from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from guardagent.errors import DataError
from guardagent.types import Finding
from guardagent_benchmarks.suites import suite_named
from guardagent_benchmarks.suites.eicu_ac import SUITE, same_answer
from guardagent_benchmarks.suites.eicu_floor import columns_by_regex, role_table
from tests.support.paper_data import cell, ehr_log, eicu_row, write_eicu

WARD = cell("patient_db = LoadDB('patient')\nanswer = GetValue(patient_db, 'wardid')")
COST = cell("bills = LoadDB('cost')\nanswer = GetValue(bills, 'cost, sum')")
ROWS = [
    eicu_row("q1", "nursing", missing={}),
    eicu_row("q2", "nursing", missing={"Cost": ["cost"]}),
    eicu_row("q2", "general administration", missing={}),
]
LOGS = {"q1": ehr_log(WARD, "w3", "TERMINATE"), "q2": ehr_log(COST, "17.0", "TERMINATE", truth="18")}


def test_items_carry_event_gold_and_group(tmp_path: Path) -> None:
    items = SUITE.load(write_eicu(tmp_path, ROWS, LOGS))
    assert [item.id for item in items] == ["q1/nursing", "q2/nursing", "q2/general administration"]
    assert [item.gold for item in items] == ["allow", "deny", "allow"]
    assert [item.gold_explanation for item in items] == [{}, {"cost": ["cost"]}, {}]
    assert [item.answer_right for item in items] == [True, False, False]
    assert items[1].task == items[2].task
    assert items[1].groups == {"role": "nursing"}
    event = items[2].event
    assert event is not None
    assert event.payload["user"] == {"role": "general administration"}
    assert "bills" in event.payload["output"]["code"]


def test_folder_may_be_the_inner_one(tmp_path: Path) -> None:
    outer = write_eicu(tmp_path, ROWS, LOGS)
    assert SUITE.load(outer / "ehragent") == SUITE.load(outer)


def test_rows_of_one_id_and_role_get_ids_of_their_own(tmp_path: Path) -> None:
    items = SUITE.load(write_eicu(tmp_path, [ROWS[0], ROWS[0]], LOGS))
    assert [item.id for item in items] == ["q1/nursing", "q1/nursing#2"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "cannot be read"), (b"\xe9t\xe9", "not UTF-8"), (b"", "whole log"), (b"half a lo", "whole log")],
)
def test_log_that_is_missing_or_broken_is_the_problem_of_its_item_alone(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    folder = write_eicu(tmp_path, ROWS, LOGS)
    path = folder / "ehragent" / "logs" / "q1.txt"
    path.unlink() if content is None else path.write_bytes(content)
    broken, *others = SUITE.load(folder)
    assert broken.event is None
    assert problem in broken.problem
    assert all(item.event is not None and item.problem == "" for item in others)


def test_id_that_is_a_path_reads_no_file_elsewhere(tmp_path: Path) -> None:
    folder = write_eicu(tmp_path, [eicu_row("../../secret", "nursing", missing={})], LOGS)
    (folder / "secret.txt").write_text(LOGS["q1"], "utf-8")
    assert SUITE.load(folder)[0].event is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "not valid JSON"),
        (b"\xff[]", "not UTF-8"),
        (b"{}", "list of objects"),
        (b"[1]", "list of objects"),
        (b"[]", "holds no rows"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_rows_that_cannot_be_read_are_one_clear_error(tmp_path: Path, content: bytes, message: str) -> None:
    folder = write_eicu(tmp_path, ROWS, LOGS)
    (folder / "ehragent" / "eicu_ac.json").write_bytes(content)
    with pytest.raises(DataError, match=f"eicu_ac.json`: .*{message}"):
        SUITE.load(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": None}, "row 2: `id`"),
        ({"identity": ""}, "row 2: `identity`"),
        ({"label": "1"}, "row 2: `label`"),
        ({"label": True}, "row 2: `label`"),
        ({"inaccessible_db": []}, "row 2: `inaccessible_db`"),
    ],
)
def test_row_without_gold_is_an_error_that_names_it(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    folder = write_eicu(tmp_path, [ROWS[0], ROWS[1] | change], LOGS)
    with pytest.raises(DataError, match=message):
        SUITE.load(folder)


def test_missing_folder_says_how_to_get_the_data(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="give `--data DIR`"):
        SUITE.load(tmp_path / "nothing")
    with pytest.raises(DataError, match="give `--data DIR`"):
        SUITE.load(None)
    with pytest.raises(DataError, match="known: eicu-ac, mind2web-sc"):
        suite_named("imagenet")


def violation(details: object) -> Finding:
    return Finding(policy="p", clause="c1", outcome="violation", details=details)


@pytest.mark.parametrize(
    ("details", "want"),
    [
        ([{"cost": ["cost"]}], {"cost": ["cost"]}),
        ([{"Cost ": ["cost", "CHARGETIME"]}], {"cost": ["chargetime", "cost"]}),
        ([{"cost": ["cost"]}, {"lab": ["age"], "cost": ["b"]}], {"cost": ["b", "cost"], "lab": ["age"]}),
        ([None], {}),
        (["cost.cost"], {"?": ["cost.cost"]}),
        ([], {}),
    ],
)  # fmt: skip
def test_explanations_have_one_form(details: list[object], want: dict[str, list[str]]) -> None:
    assert SUITE.explain([violation(one) for one in details]) == want


@pytest.mark.parametrize(
    ("prediction", "truth", "want"),
    [
        ("oral, po", "po, oral", True),
        ("-3.0", "-3", True),
        ("27", "27.0", True),
        ("False", "0", True),
        ("True", "1", True),
        ("yes, it is 1", "Yes", True),
        ("po", "po, oral", False),
        ("", "0", False),
        ("2105-01-01", "2105-01-02", False),
    ],
)
def test_answers_are_compared_as_ehragent_does(prediction: str, truth: str, want: bool) -> None:
    assert same_answer(prediction, truth) is want


def test_regex_floor_reads_the_usual_calls() -> None:
    code = "\n".join(
        [
            "labs = LoadDB('lab')",
            "mine = FilterDB(labs, 'patientunitstayid={}||max(labresulttime)'.format(stay))",
            "value = GetValue(mine, 'labresult, max')",
            "for index, row in mine.iterrows():",
            "    name = row['labname']",
            "answer = SQLInterpreter[select cost.cost from cost where cost.chargetime > now()]",
        ]
    )
    tables = frozenset(table for role in role_table().values() for table in role)
    assert columns_by_regex(code, tables) == {
        "lab": {"patientunitstayid", "labresulttime", "labresult", "labname"},
        "cost": {"cost", "chargetime"},
    }


def test_floors_on_made_up_items(tmp_path: Path) -> None:
    floors = {floor.name: floor for floor in SUITE.floors(SUITE.load(write_eicu(tmp_path, ROWS, LOGS)))}
    verdicts = {name: [judgement.verdict for judgement in floor.judgements] for name, floor in floors.items()}
    assert verdicts == {
        "majority": ["allow", "allow", "allow"],
        "always allow": ["allow", "allow", "allow"],
        # The two nurses know of each other only; nobody else administers, and the unknown is denied.
        "role x question type": ["deny", "allow", "deny"],
        "regex on the code": ["allow", "deny", "allow"],
    }
    assert floors["regex on the code"].judgements[1].explanation == {"cost": ["cost"]}


def test_published_rows_are_json_and_say_who() -> None:
    assert json.dumps({metric: best.value for metric, best in SUITE.published.items()})
    assert all(0 <= best.value <= 1 and best.who for best in SUITE.published.values())
