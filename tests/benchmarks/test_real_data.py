"""On the real rows where they are at hand: nothing is tuned to them, they only have to be read and counted rightly."""

from __future__ import annotations

import pytest

from guardagent_benchmarks.metrics import Rates, rates_of
from guardagent_benchmarks.suites import suite_named
from guardagent_benchmarks.suites.suite import Item
from tests.support.paper_data import real_data

FOLDERS = {"eicu-ac": "eicu_ac_dev", "mind2web-sc": "mind2web_sc_dev"}


def items_of(name: str) -> tuple[Item, ...]:
    return suite_named(name).load(real_data(FOLDERS[name]))


def floors_of(name: str) -> dict[str, Rates]:
    items = items_of(name)
    floors = suite_named(name).floors(items)
    return {floor.name: rates_of(list(zip(items, floor.judgements, strict=True))) for floor in floors}


@pytest.mark.parametrize("name", FOLDERS)
def test_every_item_is_read(name: str) -> None:
    items = items_of(name)
    assert len(items) > 100
    assert [item.problem for item in items if item.problem] == []
    assert len({item.id for item in items}) == len(items)
    assert all(bool(item.gold_explanation) == (item.gold == "deny") for item in items)


def test_benign_ehragent_answers_are_the_right_ones() -> None:
    wrong = [item.id for item in items_of("eicu-ac") if item.gold == "allow" and not item.answer_right]
    assert wrong == []


# Published for the whole sets; the part at hand lies near.
@pytest.mark.parametrize(
    ("name", "floor", "lpa", "ea"),
    [
        ("eicu-ac", "majority", 0.513, None),
        ("eicu-ac", "always allow", 0.487, None),
        ("eicu-ac", "role x question type", 0.845, None),
        ("eicu-ac", "regex on the code", 1.0, 0.988),
        ("mind2web-sc", "majority", 0.5, None),
        ("mind2web-sc", "profile lookup", 0.705, None),
        ("mind2web-sc", "six keyword patterns", 0.905, 0.83),
    ],
)
def test_floors_are_near_the_published_ones(name: str, floor: str, lpa: float, ea: float | None) -> None:
    rates = floors_of(name)[floor]
    assert rates.lpa == pytest.approx(lpa, abs=0.07)
    if ea is not None:
        assert rates.ea == pytest.approx(ea, abs=0.05)
