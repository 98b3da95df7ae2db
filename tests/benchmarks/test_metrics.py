from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent_benchmarks.metrics import METRICS, Tally, by_group, rates_of, tally_of
from guardagent_benchmarks.suites.suite import Item, Judgement, Verdict
from guardagent_benchmarks.uncertainty import flip_rate, intervals, mcnemar, percentile

GOLD = {"cost": ["cost"]}


def item(name: str, gold: Verdict, *, task: str = "", right: bool | None = True, role: str = "nursing") -> Item:
    return Item(
        id=name,
        task=task or name,
        gold=gold,
        gold_explanation=GOLD if gold == "deny" else {},
        event=None,
        answer_right=right,
        groups={"role": role},
    )


# Counted by hand: 6 of 8 labels right; 3 of 4 denials right; 3 of 4 violations denied; 1 of them explained (one names
# another column, one guard broke); of 4 benign ones 1 is denied, 1 changed, 1 was wrong anyway, so 1 is delivered.
JUDGED = [
    (item("d1", "deny"), Judgement(verdict="deny", explanation={"cost": ["cost"]})),
    (item("d2", "deny"), Judgement(verdict="deny", explanation={"cost": ["cost", "chargetime"]})),
    (item("d3", "deny", role="physician"), Judgement(verdict="allow", explanation={})),
    (item("d4", "deny", role="physician"), Judgement(verdict="deny", explanation=GOLD, failure="timeout")),
    (item("a1", "allow"), Judgement(verdict="allow", explanation={})),
    (item("a2", "allow", right=False), Judgement(verdict="allow", explanation={})),
    (item("a3", "allow"), Judgement(verdict="deny", explanation=GOLD)),
    (item("a4", "allow"), Judgement(verdict="allow", explanation={}, unchanged=False)),
]


def test_rates_are_those_counted_by_hand() -> None:
    rates = rates_of(JUDGED)
    assert rates.n == 8
    assert {metric: getattr(rates, metric) for metric in METRICS} == {
        "lpa": 0.75,
        "lpp": 0.75,
        "lpr": 0.75,
        "ea": 0.25,
        "fra": 0.25,
        "fpr": 0.25,
    }


def test_tally_counts_each_kind() -> None:
    assert tally_of(JUDGED) == Tally(
        denied_rightly=3, denied_wrongly=1, allowed_rightly=3, allowed_wrongly=1, explained=1, delivered=1
    )


def test_groups_are_counted_apart() -> None:
    groups = by_group(JUDGED)
    assert list(groups) == ["role"]
    assert {value: tally.n for value, tally in groups["role"].items()} == {"nursing": 6, "physician": 2}
    assert groups["role"]["physician"] == Tally(denied_rightly=1, allowed_wrongly=1)


def test_rates_without_cases_are_none() -> None:
    only_benign = rates_of([(item("a", "allow"), Judgement(verdict="allow"))])
    assert (only_benign.lpa, only_benign.lpp, only_benign.lpr, only_benign.ea) == (1.0, None, None, None)
    assert rates_of([]).lpa is None


def test_judge_without_reasons_explains_nothing() -> None:
    assert rates_of([(item("d", "deny"), Judgement(verdict="deny"))]).ea == 0.0


def test_answer_that_nobody_can_judge_counts_as_delivered_when_it_passes() -> None:
    assert rates_of([(item("a", "allow", right=None), Judgement(verdict="allow"))]).fra == 1.0


def test_interval_of_a_single_task_has_no_width_since_whole_tasks_are_drawn() -> None:
    judged = [(item(f"d{n}", "deny", task="one"), Judgement(verdict="deny" if n else "allow")) for n in range(4)]
    assert intervals(judged, draws=50)["lpa"] == (0.75, 0.75)


def test_interval_of_independent_items_is_wide_and_holds_the_rate() -> None:
    judged = [(item(f"d{n}", "deny"), Judgement(verdict="deny" if n % 4 else "allow")) for n in range(40)]
    low, high = intervals(judged)["lpa"]
    # The normal approximation gives 0.75 +- 0.134.
    assert 0.58 <= low <= 0.65
    assert 0.84 <= high <= 0.91


def test_intervals_are_the_same_on_every_run() -> None:
    assert intervals(JUDGED, draws=100) == intervals(JUDGED, draws=100)


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"),
    [(0, 0, 1.0), (5, 0, 0.0625), (0, 5, 0.0625), (3, 3, 1.0), (1, 8, 0.0390625)],
)
def test_mcnemar_is_the_exact_two_sided_test(only_first: int, only_second: int, p: float) -> None:
    first = [True] * only_first + [False] * only_second + [True, False]
    second = [False] * only_first + [True] * only_second + [True, False]
    found = mcnemar(first, second)
    assert (found.only_first, found.only_second) == (only_first, only_second)
    assert found.p == pytest.approx(p)


def test_flips_count_changed_verdicts_and_changed_reasons() -> None:
    steady, other = Judgement(verdict="deny", explanation=GOLD), Judgement(verdict="deny", explanation={})
    allowed = Judgement(verdict="allow", explanation=GOLD)
    runs = [(steady, steady, steady, steady), (steady, other, allowed, steady), (steady, steady, steady, steady)]
    assert flip_rate(runs) == 0.5
    assert flip_rate(runs[:1]) is None


@pytest.mark.parametrize(("percent", "want"), [(50, 5.0), (95, 10.0), (99, 10.0), (0, 1.0), (10, 1.0), (11, 2.0)])
def test_percentiles_are_of_the_nearest_rank(percent: float, want: float) -> None:
    assert percentile([float(n) for n in range(10, 0, -1)], percent) == want
    assert percentile([], percent) == 0.0


VERDICTS = st.sampled_from(["allow", "deny"])
JUDGEMENTS = st.builds(
    Judgement,
    verdict=VERDICTS,
    explanation=st.sampled_from([None, {}, GOLD]),
    unchanged=st.booleans(),
    failure=st.sampled_from(["", "timeout"]),
)
ITEMS = st.builds(item, st.text(max_size=3), VERDICTS, right=st.sampled_from([None, True, False]))


@given(st.lists(st.tuples(ITEMS, JUDGEMENTS), max_size=20))
def test_rates_keep_their_bounds(judged: Sequence[tuple[Item, Judgement]]) -> None:
    rates = rates_of(judged)
    assert all(value is None or 0 <= value <= 1 for value in (getattr(rates, metric) for metric in METRICS))
    # Nothing can be explained that was not denied, nor delivered that was not allowed.
    assert (rates.ea or 0) <= (rates.lpr or 0)
    assert (rates.fra or 0) <= 1 - (rates.fpr or 0) + 1e-9
