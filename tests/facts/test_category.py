"""Category facts: the nearest exemplar, by kinds of actions and things."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.facts.category import CategoryReader
from guardagent.facts.lexicon import shipped_lexicon
from guardagent.types import FactSpec


class NoEmbedder:
    """Knows no similarity: whatever a test finds, the frames found it."""

    name = "none"
    dimension = 2

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [[0.0, 0.0] for _ in texts]


def spec(*exemplars: str, no: tuple[str, ...] = ()) -> FactSpec:
    labels = {"yes": exemplars} | ({"no": no} if no else {})
    return FactSpec(name="topic", kind="category", fields=("/input/task",), labels=labels, default="no")


CASES = [
    (("rent a car", "buy a car"), "Hire a minivan in Porto for three days", "yes"),
    (("rent a car", "buy a car"), "Reserve a convertible from Friday to Sunday", "yes"),
    (("rent a car", "buy a car"), "Where can I park near the stadium", "no"),
    (("rent a car", "buy a car"), "Buy a car seat for a two-year-old", "no"),
    (("find a car",), "Look for used Volvos under 9,000 euros", "yes"),
    (("find a car",), "Which car insurance do you offer", "no"),
    (("book a flight",), "Book two seats on the first flight to Oslo", "yes"),
    (("book a flight",), "Book a table for two", "no"),
    (("find a flight",), "Show the status of flight LX 318", "no"),
    (("find a hotel",), "See hotels with a pool in Split", "yes"),
    (("find a hotel",), "Find a hotel in Turin with parking and free cancellation", "yes"),
    (("find a hotel",), "Find parking close to the hotel", "no"),
    (("rent a car",), "Reserve a parking spot for my SUV", "no"),
    (("book a flight",), "Cancel my booking for the flight to Cork", "no"),
    (("find a hotel",), "See the opening hours of the castle", "no"),
    (("buy a product",), "Order three red candles", "yes"),
    (("buy a product",), "Compare three red candles", "no"),
    (("buy a product",), "Buy a flight to Rome", "no"),
    (("add an item to the cart",), "Put the green lamp into my basket", "yes"),
    (("add an item to the cart",), "Show golf carts for sale", "no"),
    (("apply for a job", "search for a job"), "Search for internships in Graz", "yes"),
    (("find movies", "find music"), "Find the soundtrack with the most plays", "yes"),
    (("find movies", "find music"), "Find a cheap oled TV", "no"),
    (("discuss project larch",), "What did we decide about Project Larch?", "yes"),
    (("discuss project larch",), "Which larch grows fastest?", "no"),
]


@pytest.mark.parametrize(("exemplars", "text", "label"), CASES)
def test_label_follows_what_is_done_and_to_what(exemplars: tuple[str, ...], text: str, label: str) -> None:
    assert CategoryReader(NoEmbedder()).label(spec(*exemplars), text) == label


def test_a_more_specific_counter_exemplar_wins() -> None:
    topic = spec("find a car", no=("find a car dealership job",))
    assert CategoryReader(NoEmbedder()).label(topic, "Find a job as a car mechanic at a dealership") == "no"


@given(st.text(max_size=300))
def test_any_text_gets_one_of_the_labels(text: str) -> None:
    assert CategoryReader(NoEmbedder()).label(spec("rent a car"), text) in ("yes", "no")


def test_every_excluded_phrase_hides_its_word() -> None:
    lexicon = shipped_lexicon()
    hidden = [" ".join(words) for words, hit in lexicon.phrases.items() if hit == ("thing", "")]
    assert len(hidden) > 50
    assert all(not lexicon.read(phrase).things for phrase in hidden)
