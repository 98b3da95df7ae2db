"""The hashing embedder: stable vectors by which alike texts are near."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.ports import Embedder
from guardagent_memory.embed import HashingEmbedder, stem

EMBEDDER = HashingEmbedder()
PLACES_OF_VERSION_1 = [133, 152, 482, 508, 744]
SENTENCE = (
    "The assistant wants to transfer two hundred euros to the landlord for the rent of the month and asks whether the"
    " booking of the flat for next week is still open today"
)


def likeness(one: str, other: str) -> float:
    first, second = np.asarray(EMBEDDER.embed([one, other]))
    return float(first @ second)


def test_is_an_embedder() -> None:
    port: Embedder = EMBEDDER
    assert port.name == "hashing-v1-1024"
    assert port.dimension == 1024
    assert np.asarray(port.embed(["a few words"])).dtype == np.float32


def test_no_texts_give_no_vectors() -> None:
    assert len(EMBEDDER.embed([])) == 0


@given(st.text(max_size=200))
def test_vectors_have_length_1_or_are_zero(text: str) -> None:
    (vector,) = np.asarray(EMBEDDER.embed([text]))
    length = float(np.linalg.norm(vector))
    assert np.isfinite(vector).all()
    assert length == pytest.approx(1.0, abs=1e-5) or length == 0.0


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_a_text_has_the_same_vector_alone_and_among_others(texts: list[str]) -> None:
    together = np.asarray(EMBEDDER.embed(texts))
    alone = np.vstack([np.asarray(HashingEmbedder().embed([text])) for text in texts])
    assert np.array_equal(together, alone)


@given(st.text(alphabet=st.characters(categories=("P", "S", "Z", "M", "C")), max_size=40))
def test_text_without_letters_and_digits_is_zero(text: str) -> None:
    if not any(c.isalnum() for c in unicodedata.normalize("NFKC", text).casefold()):
        assert not np.asarray(EMBEDDER.embed([text])).any()


def test_vectors_are_the_same_in_another_process_with_another_hash_seed() -> None:
    program = (
        "import hashlib, numpy, sys\n"
        "from guardagent_memory.embed import HashingEmbedder\n"
        "print(hashlib.sha256(numpy.asarray(HashingEmbedder().embed([sys.argv[1]])).tobytes()).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program, SENTENCE],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert seen == {hashlib.sha256(np.asarray(EMBEDDER.embed([SENTENCE])).tobytes()).hexdigest()}


def test_vectors_of_this_version_do_not_change_unnoticed() -> None:
    # Raise the version in the embedder's name when this must change: stored indexes are known by that name.
    (vector,) = np.asarray(EMBEDDER.embed(["Transfers above 2,500 euros need an approval."]))
    places = np.argsort(-np.abs(vector), kind="stable")[:5].tolist()
    assert places == PLACES_OF_VERSION_1


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("book a flight to Rome", "booking flights to Rome", "read the book about Rome"),
        ("send the invoice", "invoices are sent", "water the plants"),
        ("delete all files in the folder", "deleting a file of that folder", "pay the monthly rent"),
        ("transfer money to Bob", "a money transfer to Bob", "Bob plays football"),
        ("Kreditkarte sperren", "die Kreditkarten werden gesperrt", "das Wetter von morgen"),
        ("会議室を予約する", "会議室の予約", "天気予報を見る"),
        ("aproval of the manger", "approval of the manager", "opening of the window"),
    ],
)
def test_alike_texts_are_nearer(text: str, near: str, far: str) -> None:
    assert likeness(text, near) > likeness(text, far) + 0.1


def test_the_order_of_words_counts_a_little() -> None:
    assert 0.6 < likeness("buyers pay sellers", "sellers pay buyers") < 0.9


def test_words_such_as_the_hardly_count() -> None:
    assert likeness("the parking of the cars", "parking cars") > 0.8
    assert likeness("this is of the and for", "this is of the and for the cars") < 0.5


def test_case_width_and_punctuation_make_no_difference() -> None:
    assert likeness("Ｐａｙ the RENT, now!", "pay the rent now") == pytest.approx(1.0, abs=1e-5)


def test_a_repeated_word_counts_less_than_proportionally() -> None:
    assert likeness("rent " * 50 + "window", "rent window") > 0.7


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("transferred", "transfer"), ("transfers", "transfer"), ("policies", "policy"), ("booking", "book"),
        ("approved", "approv"), ("approve", "approv"), ("boxes", "box"), ("selling", "sell"), ("bus", "bus"),
        ("access", "access"), ("this", "this"), ("ring", "ring"), ("red", "red"), ("größen", "größen"),
    ],
)  # fmt: skip
def test_stems(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_dimension_is_part_of_the_name_and_must_be_positive() -> None:
    assert HashingEmbedder(256).name != EMBEDDER.name
    assert np.asarray(HashingEmbedder(256).embed(["a text"])).shape == (1, 256)
    with pytest.raises(ValueError, match="dimension"):
        HashingEmbedder(0)


def test_very_long_words_and_texts_stay_cheap() -> None:
    begun = time.process_time()
    EMBEDDER.embed(["x" * 64_000, " ".join(f"w{n}" for n in range(10_000))])
    assert time.process_time() - begun < 2.0


def test_a_sentence_takes_well_under_a_tenth_of_a_millisecond() -> None:
    EMBEDDER.embed([SENTENCE])
    best = min(_seconds_for(100) for _ in range(10)) / 100
    # Measured about 0.03 ms; the limit leaves room for busy machines.
    assert best < 0.0003


def _seconds_for(rounds: int) -> float:
    begun = time.perf_counter()
    for _ in range(rounds):
        EMBEDDER.embed([SENTENCE])
    return time.perf_counter() - begun
