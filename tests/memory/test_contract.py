"""What every demonstration store does: run on the fake that ships and on the SQLite one."""

from __future__ import annotations

from pathlib import Path

import pytest

from guardagent.errors import MemoryStoreError
from guardagent.ports import DemonstrationStore
from guardagent.types import Demonstration
from guardagent_memory.embed import HashingEmbedder
from guardagent_memory.fake import InMemoryDemonstrations
from guardagent_memory.shipped import package_shipment
from guardagent_memory.store import SqliteDemonstrations
from tests.memory.builders import BAKERY, CHOIR, PARKING, demonstration, sqlite_store

Store = InMemoryDemonstrations | SqliteDemonstrations


@pytest.fixture(params=["in memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "sqlite":
        return sqlite_store(tmp_path / "memory.sqlite")
    return InMemoryDemonstrations()


def test_is_a_demonstration_store(store: Store) -> None:
    port: DemonstrationStore = store
    assert port.list() == ()
    assert port.search("anything", "", k=3) == ()


def test_gives_back_what_was_added(store: Store) -> None:
    added = demonstration(specification="A gate keeper with ünïcode and\nlines")
    store.add(added)
    assert store.get("parking") == added
    assert store.list() == (added,)


def test_same_id_is_replaced(store: Store) -> None:
    store.add(demonstration(request=PARKING))
    store.add(demonstration(request=BAKERY))
    assert [one.request for one in store.list()] == [BAKERY]
    assert store.search(BAKERY, "")[0].score == pytest.approx(1.0, abs=1e-4)


def test_list_is_ordered_by_id(store: Store) -> None:
    for id in ("c", "a", "b10", "b9", "B"):
        store.add(demonstration(id))
    assert [one.id for one in store.list()] == sorted(["c", "a", "b10", "b9", "B"])


def test_removed_is_gone_from_list_and_search(store: Store) -> None:
    store.add(demonstration("parking", PARKING))
    store.add(demonstration("bakery", BAKERY))
    assert store.search(PARKING, "")[0].demonstration.id == "parking"
    assert store.remove("parking")
    assert not store.remove("parking")
    assert store.get("parking") is None
    assert "parking" not in [found.demonstration.id for found in store.search(PARKING, "")]


def test_unknown_id_is_none(store: Store) -> None:
    assert store.get("nobody") is None


def test_search_puts_the_nearest_first_with_scores_from_0_to_1(store: Store) -> None:
    for id, text in (("parking", PARKING), ("bakery", BAKERY), ("choir", CHOIR)):
        store.add(demonstration(id, text))
    found = store.search("how old may the bread and cakes be that are sold", "", k=3)
    assert found[0].demonstration.id == "bakery"
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_request_and_specification_both_count_and_the_request_more(store: Store) -> None:
    store.add(demonstration("by request", BAKERY, specification="A robot that cuts lawns."))
    store.add(demonstration("by specification", CHOIR, specification="A till in a shop."))
    found = store.search(BAKERY, "A till in a shop.", k=2)
    assert [one.demonstration.id for one in found] == ["by request", "by specification"]
    assert found[0].score == pytest.approx(0.75, abs=0.05)
    assert store.search("", "A till in a shop.", k=1)[0].demonstration.id == "by specification"


def test_whole_query_equal_to_a_row_scores_1(store: Store) -> None:
    store.add(demonstration("parking", PARKING, specification="A gate keeper."))
    assert store.search(PARKING, "A gate keeper.")[0].score == pytest.approx(1.0, abs=1e-4)


def test_near_duplicate_requests_are_shown_once(store: Store) -> None:
    for number in range(4):
        store.add(demonstration(f"bakery-{number}", BAKERY + " " * number))
    store.add(demonstration("parking", PARKING))
    assert [one.demonstration.id for one in store.search(BAKERY, "", k=4)] == ["bakery-0", "parking"]


def test_variety_wins_over_the_second_of_a_kind(store: Store) -> None:
    store.add(demonstration("bread", "Bread older than one day must not be sold. Rolls are given away."))
    store.add(demonstration("bread-again", "Bread older than one day must not be sold. Rolls may be frozen."))
    store.add(demonstration("cakes", "Cakes may be sold for three days. Tarts must be cooled."))
    found = [one.demonstration.id for one in store.search("bread of one day, cakes of three days may be sold", "", k=2)]
    assert "cakes" in found
    assert len(found) == 2


def test_ties_go_by_id_whatever_the_order_of_adding(store: Store) -> None:
    texts = {"b": "alpha beta", "a": "beta gamma", "c": "alpha gamma"}
    for id, text in texts.items():
        store.add(demonstration(id, text))
    first = [(one.demonstration.id, one.score) for one in store.search("delta epsilon alpha beta gamma", "", k=3)]
    for id in texts:
        store.remove(id)
    for id in reversed(texts):
        store.add(demonstration(id, texts[id]))
    assert [(r.demonstration.id, r.score) for r in store.search("delta epsilon alpha beta gamma", "", k=3)] == first


@pytest.mark.parametrize("k", [0, -1])
def test_no_room_for_results_gives_none(store: Store, k: int) -> None:
    store.add(demonstration())
    assert store.search(PARKING, "", k=k) == ()


@pytest.mark.parametrize("text", ["", "   ", "?!", "…"])
def test_query_without_words_finds_nothing(store: Store, text: str) -> None:
    store.add(demonstration())
    assert store.search(text, text) == ()


def test_nothing_alike_is_not_shown(store: Store) -> None:
    store.add(demonstration("parking", "aaa bbb ccc"))
    assert store.search("xyzzy", "") == ()


def test_k_limits_the_results(store: Store) -> None:
    for number in range(9):
        store.add(demonstration(f"d{number}", f"Rule {number}: the {'abcdefghi'[number] * 7} must be locked."))
    assert len(store.search("the rule must be locked", "", k=3)) == 3


def test_text_that_no_file_can_hold_is_refused(store: Store) -> None:
    with pytest.raises(MemoryStoreError, match="half a character"):
        store.add(demonstration(title="half \ud800"))
    assert store.list() == ()


def test_added_one_is_never_shipped(store: Store) -> None:
    store.add(demonstration().model_copy(update={"origin": "shipped"}))
    assert [one.origin for one in store.list()] == ["imported"]


def test_both_stores_find_the_same(tmp_path: Path) -> None:
    shipped = package_shipment().load()
    real = SqliteDemonstrations(tmp_path / "m.sqlite", HashingEmbedder())
    fake = InMemoryDemonstrations(shipped)
    query = "limit how many mails may be sent and to whom"

    def ask(store: Store) -> list[tuple[Demonstration, float]]:
        return [(r.demonstration, round(r.score, 4)) for r in store.search(query, "an agent with tools", k=6)]

    assert ask(real) == ask(fake)
