from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from guardagent.types import Decision, Event, Failure, Finding, Obligation
from guardagent_benchmarks.judging import Checked, Display, Evaluation, GuardInfo, judge_all, judgement_of
from guardagent_benchmarks.suites.eicu_ac import SUITE
from tests.benchmarks.decisions import decision
from tests.support.paper_data import cell, ehr_log, eicu_row, write_eicu

INFO = GuardInfo(mode="compiled", reasoner="by hand", revision="r1")
READS_COST = Finding(policy="p", clause="c1", outcome="violation", details={"cost": ["cost"]})
ROWS = [
    eicu_row("q1", "nursing", missing={}),
    eicu_row("q2", "nursing", missing={"cost": ["cost"]}),
    eicu_row("q3", "nursing", missing={}),
]
LOGS = {
    "q1": ehr_log(cell("answer = GetValue(LoadDB('patient'), 'wardid')"), "w3", "TERMINATE"),
    "q2": ehr_log(cell("bills = LoadDB('cost')\nanswer = GetValue(bills, 'cost')"), "17", "TERMINATE", truth="17"),
}


def by_hand(event: Event) -> Decision:
    return decision("deny", READS_COST) if "cost" in event.payload["output"]["code"] else decision("allow")


def evaluation(tmp_path: Path, check: Callable[[Event], Decision] = by_hand, *, calls: int = 0) -> Evaluation:
    items = SUITE.load(write_eicu(tmp_path, ROWS, LOGS))
    return judge_all(SUITE, items, lambda event: Checked(check(event), calls), info=INFO, repeats=5)


def test_every_item_is_judged_and_a_missing_log_counts_as_denied(tmp_path: Path) -> None:
    said = evaluation(tmp_path)
    assert [judgement.verdict for _item, judgement in said.judged] == ["allow", "deny", "deny"]
    assert said.judged[1][1].explanation == {"cost": ["cost"]}
    assert "q3.txt" in said.judged[2][1].failure
    assert said.judged[2][1].explanation is None


def test_guard_is_shown_the_event_and_nothing_of_the_gold_answer(tmp_path: Path) -> None:
    seen: list[Event] = []

    def check(event: Event) -> Decision:
        seen.append(event)
        return by_hand(event)

    evaluation(tmp_path, check)
    assert {tuple(event.payload) for event in seen} == {("agent", "input", "output", "stage", "user")}
    assert all("label" not in event.canonical and "inaccessible" not in event.canonical for event in seen)


def test_judging_is_repeated_only_while_it_costs_no_model_call(tmp_path: Path) -> None:
    assert len(evaluation(tmp_path / "a").runs) == 5
    asked = evaluation(tmp_path / "b", calls=2)
    assert len(asked.runs) == 1
    assert [judgement.model_calls for judgement in asked.runs[0]] == [2, 2, 0]


def test_each_item_is_announced_once(tmp_path: Path) -> None:
    items = SUITE.load(write_eicu(tmp_path, ROWS, LOGS))
    seen: list[str] = []
    display = Display(step=seen.append, item=lambda: seen.append("item"))
    judge_all(SUITE, items, lambda e: Checked(by_hand(e), 0), info=INFO, repeats=2, display=display)
    assert seen == ["judging", "item", "item", "item", "judging again"]


BROKE = Failure(code="timeout", message="the program took too long")
REDACT = Obligation(pointer="/output/answer", policy="p", clause="c1")


@pytest.mark.parametrize(
    ("answer", "verdict", "unchanged", "failure"),
    [
        (decision("allow"), "allow", True, ""),
        (decision("allow", obligations=(REDACT,)), "allow", False, ""),
        (decision("deny", READS_COST), "deny", True, ""),
        (decision("escalate", READS_COST), "deny", True, ""),
        (decision("deny", failure=BROKE), "deny", True, "the program took too long"),
        (decision("allow", failure=BROKE), "allow", True, "the program took too long"),
    ],
)
def test_answers_become_judgements(answer: Decision, verdict: str, unchanged: bool, failure: str) -> None:
    found = judgement_of(SUITE, answer, micros=3.0)
    assert (found.verdict, found.unchanged, found.failure, found.micros) == (verdict, unchanged, failure, 3.0)


def test_only_violations_explain() -> None:
    passed = READS_COST.model_copy(update={"outcome": "pass"})
    assert judgement_of(SUITE, decision("deny", passed)).explanation == {}
