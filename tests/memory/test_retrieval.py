"""Retrieval quality: who asks in other words finds the right shipped demonstration first."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import yaml

import guardagent_memory
from guardagent_memory.embed import HashingEmbedder
from guardagent_memory.retrieve import Candidate, diverse
from guardagent_memory.shipped import package_shipment
from guardagent_memory.store import SqliteDemonstrations

CASES = Path(__file__).parents[1] / "cases" / "memory" / "paraphrases.yaml"
PARAPHRASES: dict[str, str] = yaml.safe_load(CASES.read_text("utf-8"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SqliteDemonstrations:
    return SqliteDemonstrations(tmp_path_factory.mktemp("memory") / "memory.sqlite", HashingEmbedder())


def test_every_shipped_demonstration_has_a_paraphrase() -> None:
    assert {one.id for one in package_shipment().load()} == set(PARAPHRASES)


@pytest.mark.parametrize("id", PARAPHRASES)
def test_paraphrase_finds_its_demonstration_first(store: SqliteDemonstrations, id: str) -> None:
    found = store.search(PARAPHRASES[id], "", k=3)
    assert found[0].demonstration.id == id
    assert found[0].score > found[1].score + 0.02


def test_paraphrases_with_their_specification_rank_higher_still(store: SqliteDemonstrations) -> None:
    better = 0
    for id, text in PARAPHRASES.items():
        one = store.get(id)
        assert one is not None
        better += store.search(text, one.specification, k=1)[0].score > store.search(text, "", k=1)[0].score
    assert better == len(PARAPHRASES)


def test_a_search_takes_a_few_milliseconds(store: SqliteDemonstrations) -> None:
    store.search("warm up", "")
    took = []
    for text in PARAPHRASES.values():
        begun = time.perf_counter()
        store.search(text, "An agent with tools.", k=4)
        took.append(time.perf_counter() - begun)
    # Measured about 2 ms; the limit leaves room for busy machines.
    assert sorted(took)[len(took) // 2] < 0.05


def candidate(id: str, score: float, *vector: float) -> Candidate:
    return Candidate(id, score, np.array(vector, np.float32))


def test_choice_does_not_depend_on_the_order_of_candidates() -> None:
    found = [
        candidate("a", 0.5, 0.8, 0, 0.3, 0),
        candidate("b", 0.5, 0, 0.8, 0, 0.3),
        candidate("c", 0.4, 0.6, 0.5, 0, 0),
    ]
    wanted = [one.id for one in diverse(found, 2)]
    for turned in (found[::-1], found[1:] + found[:1]):
        assert [one.id for one in diverse(turned, 2)] == wanted


def test_unlike_candidate_is_preferred_to_a_slightly_nearer_twin() -> None:
    near, twin, unlike = (
        candidate("near", 0.8, 0.8, 0, 0.3, 0),
        candidate("twin", 0.7, 0.75, 0.28, 0.3, 0),
        candidate("unlike", 0.6, 0, 0.8, 0, 0.3),
    )
    assert [one.id for one in diverse([near, twin, unlike], 2)] == ["near", "unlike"]
    assert [one.id for one in diverse([near, twin, unlike], 3)] == ["near", "twin", "unlike"]


def test_shipped_files_stand_in_the_package_folder() -> None:
    folder = Path(guardagent_memory.__file__).parent / "demonstrations"
    assert {path.stem for path in folder.glob("*.yaml")} == set(PARAPHRASES)
