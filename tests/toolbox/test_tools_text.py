"""Words, phrases and patterns, in many scripts and in disguise."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent_toolbox.reading.patterns import PhraseSet
from guardagent_toolbox.tools.text import (
    all_text,
    contains_any,
    count_bytes,
    count_of,
    count_words,
    find_all,
    fold,
    matches,
    matches_any,
    normalise,
    replace_all,
    sentences,
    words,
)


@pytest.mark.parametrize(
    ("text", "phrases", "found"),
    [
        ("A class of its own", ["ass", "class"], ["class"]),
        ("we GUARANTEE\n it", ["guarantee it"], ["guarantee it"]),
        ("ｇｕａｒａｎｔｅｅ", ["guarantee"], ["guarantee"]),
        ("con\u200bfi\u00addential", ["confidential"], ["confidential"]),
        ("con\u200bfidential", ["con fidential"], []),
        ("Straße", ["STRASSE"], ["STRASSE"]),
        ("c++ and c#, 50% off", ["c++", "C#", "50%", "c"], ["c++", "C#", "50%", "c"]),
        ("no_password here", ["password"], []),
        ("it's", ["it"], ["it"]),
        ("请用密码登录", ["密码"], ["密码"]),
        ("パスワードを入力", ["パスワード"], ["パスワード"]),
        ("naïve", ["naive"], []),
        ("b then a", ["a", "b", "a"], ["a", "b", "a"]),
        ("anything", ["", " ", "\u200b"], []),
        ("ab ab\ud800ab", ["ab"], ["ab"]),
        ("", ["a"], []),
        (None, ["a"], []),
        (["keep", {"it": ["secret"]}], ["secret", "it"], ["secret", "it"]),
        ("a", "a", ["a"]),
        ("a", [], []),
        ("a", None, None),
        ("a", [1], None),
    ],
)
def test_phrases_stand_as_whole_words(text: Any, phrases: Any, found: list[str] | None) -> None:
    assert contains_any(text, phrases) == found


PLAIN = st.text(alphabet="ab +é密1_", max_size=12)


@given(PLAIN, st.lists(PLAIN, max_size=5))
def test_the_set_finds_what_a_search_phrase_by_phrase_finds(text: str, phrases: list[str]) -> None:
    one_by_one = [phrase for phrase in phrases if count_of(text, phrase) > 0]
    assert contains_any(text, phrases) == one_by_one


def test_more_phrases_than_fit_into_a_set_are_searched_one_by_one() -> None:
    phrases = tuple(f"phrase {number} {'x' * 900}" for number in range(3_000))
    crowded = PhraseSet(phrases)
    assert crowded.found_in(f"well, {phrases[2_999]}!") == [phrases[2_999]]


@pytest.mark.parametrize(
    ("text", "phrase", "count"),
    [
        ("no No nobody NO", "no", 3),
        ("aa aa aa", "aa aa", 1),
        ("a", "", 0),
        (None, "a", 0),
        ("a", None, 0),
        ("1 11 1", "1", 2),
    ],
)
def test_counting_phrases(text: Any, phrase: Any, count: int) -> None:
    assert count_of(text, phrase) == count


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello, (big) world!", ["Hello", "big", "world"]),
        ("don't e-mail and/or 3.50", ["don't", "e-mail", "and/or", "3.50"]),
        ("one - two -- three—four…five", ["one", "two", "three", "four", "five"]),
        ("«Élan» ¿qué?", ["Élan", "qué"]),
        ("日本 language 語", ["日", "本", "language", "語"]),
        ("*** --- ***", []),
        ("한국어 단어", ["한국어", "단어"]),
        (None, []),
        (12, ["12"]),
        (["a b", "c"], ["a", "b", "c"]),
    ],
)
def test_words(text: Any, found: list[str]) -> None:
    assert words(text) == found
    assert count_words(text) == len(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. No has 3.5 pears, e.g. red. J. Lee ate one.", ["Dr. No has 3.5 pears, e.g. red.", "J. Lee ate one."]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("A heading\n\nA paragraph", ["A heading", "A paragraph"]),
        ("你好。再见！", ["你好。", "再见！"]),
        ("Wait... what", ["Wait...", "what"]),
        ("", []),
        (None, []),
    ],
)  # fmt: skip
def test_sentences(text: Any, found: list[str]) -> None:
    assert sentences(text) == found


@given(st.text(max_size=200))
def test_sentences_lose_no_word(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"\d{3}-\d{4}", "call 555-1234", True),
        (r"^\d+$", "12a", False),
        (r"(?i)SECRET", "a secret", True),
        (r"^5$", 5, True),
        (r"x", None, False),
        (r"b", ["a", {"k": "b"}], True),
        (r"(?=x)", "x", None),
        (r"(a)\1", "aa", None),
        (r"[", "x", None),
        ("a" * 2_001, "x", None),
        ("\ud800", "x", None),
        (None, "x", None),
        (r"\x{FFFD}", "\ud800", True),
    ],
)
def test_patterns(pattern: Any, text: Any, found: bool | None) -> None:
    assert matches(pattern, text) is found


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*x", "(a?){50}a{50}"])
def test_no_pattern_takes_long(pattern: str) -> None:
    start = time.process_time()
    assert matches(pattern, "a" * 20_000 + "b") is not None
    assert time.process_time() - start < 1


def test_unreadable_patterns_write_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    matches("(", "x")
    find_all("(?P<", "x")
    assert capfd.readouterr() == ("", "")


@given(st.text(alphabet="aéx密🙂\ud800 ", max_size=30))
def test_places_of_a_pattern_fit_the_text(text: str) -> None:
    places = find_all("[aé密🙂]+", text)
    assert places is not None
    for place in places:
        start, end = place["start"], place["end"]
        assert isinstance(start, int)
        assert isinstance(end, int)
        assert text[start:end] == place["text"]


def test_places_need_a_text() -> None:
    assert find_all("a", None) == []
    assert find_all("a", ["a"]) is None  # type: ignore[arg-type]
    assert find_all("(", "a") is None


@given(st.text())
def test_normal_forms_are_stable(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert fold(fold(text)) == fold(text)
    assert fold(normalise(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "form", "folded"),
    [
        ("  General\tADMIN ", "general admin", "general admin"),
        ("ﬁne Ⅳ", "fine iv", "fine iv"),
        ("Łódź Ørsted", "łódź ørsted", "lodz orsted"),
        ("раураl", "раураl", "paypal"),
        ("GΟΟGLE", "gοοgle", "google"),
        ("se\u200bcret", "secret", "secret"),
        ("\ufeffse\u00adc\u034fret\U0001d173", "secret", "secret"),
        ("\u3164\u200b\uffa0", "", ""),
        ("a \u2060 b", "a b", "a b"),
        (None, "", ""),
        (["a"], "", ""),
    ],
)
def test_forms_of_names(text: Any, form: str, folded: str) -> None:
    assert normalise(text) == form
    assert fold(text) == folded


def test_all_text_of_a_value() -> None:
    assert all_text({"a": [1, True, None, {"b": 2.5}], "c": "d"}) == "a\n1\nb\n2.5\nc\nd"
    deep: Any = "below"
    for _ in range(40):
        deep = [deep]
    assert all_text(deep) == "below"


def test_patterns_of_a_list_are_searched_for_at_once() -> None:
    assert matches_any(["b+", "^x", "(?i)A"], "abba") == ["b+", "(?i)A"]
    assert matches_any([], "abba") == []
    assert matches_any(["a", "("], "abba") is None
    assert matches_any(["a", 5], "abba") is None  # type: ignore[list-item]
    assert matches_any(["b"], None) == []  # type: ignore[arg-type]


@given(st.lists(st.sampled_from(["a", "b+", "^a", "c$", "[ab]c", "(?i)C"]), max_size=6), st.text("abcC", max_size=8))
def test_patterns_are_found_together_as_they_are_alone(patterns: list[str], text: str) -> None:
    assert matches_any(patterns, text) == [pattern for pattern in patterns if matches(pattern, text)]


@pytest.mark.parametrize(
    ("pattern", "new", "text", "wanted"),
    [
        (r"\s+", " ", "a \n b", "a b"),
        ("[^a-z]", "", "a-b c", "abc"),
        ("b*", "x", "ab", "xaxx"),
        ("(a)", r"\1", "aa", r"\1\1"),
        ("(", "", "a", None),
        ("a", None, "a", None),
        ("a", "", None, None),
        ("a", "b" * 2_000, "a" * 60, None),
    ],
)
def test_replacing_takes_the_new_text_as_it_is(pattern: Any, new: Any, text: Any, wanted: str | None) -> None:
    assert replace_all(pattern, new, text) == wanted


def test_bytes_are_those_of_utf_8() -> None:
    assert [count_bytes(text) for text in ("", "a", "é", "€", "😀", "\ud800")] == [0, 1, 2, 3, 4, 3]
    assert count_bytes(None) == 0  # type: ignore[arg-type]
