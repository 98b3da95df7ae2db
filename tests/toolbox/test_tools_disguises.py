"""Words in disguise: invisible letters and look-alikes do not hide a phrase, a host or an earlier call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent_toolbox.reading.letters import unmixed
from guardagent_toolbox.tools.history import count_before
from guardagent_toolbox.tools.text import contains_any
from guardagent_toolbox.tools.urls import host_matches


@pytest.mark.parametrize(
    "word", ["соnfidential", "confidentiаl", "cοnfidential", "con\ufe0ffidential", "ＣОNFIDENTIAL"]
)
def test_a_disguised_word_is_found(word: str) -> None:
    assert contains_any(f"This is {word}.", ["confidential"]) == ["confidential"]


@pytest.mark.parametrize("text", ["сор", "мост у реки", "Ελλάδα και νερό", "Москва"])
def test_a_word_of_another_script_is_not_taken_for_latin(text: str) -> None:
    assert contains_any(text, ["cop", "moct", "vepo", "y"]) == []


@given(st.text())
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert unmixed(unmixed(text)) == unmixed(text)
    if text.isascii():
        assert unmixed(text) == text


@pytest.mark.parametrize(
    "tool", ["refund\u200b_order", "refund_\u043erder", "\ufeffrefund_order", "refund_order\ufe0f"]
)
def test_a_history_with_a_disguised_tool_cannot_be_read(tool: str) -> None:
    assert count_before({"history": [{"tool": "refund_order"}, {"tool": tool}]}, "refund_order") is None
    assert count_before({"history": [{"tool": {"name": tool}}]}, "other") is None


@pytest.mark.parametrize("tool", ["Refund_Order", " refund_order ", "ｒｅｆｕｎｄ_ｏｒｄｅｒ"])
def test_a_tool_that_only_looks_different_is_counted(tool: str) -> None:
    assert count_before({"history": [{"tool": tool}]}, "refund_order") == 1


@pytest.mark.parametrize("tool", ["café_order", "заказ"])
def test_an_honest_name_in_any_language_can_be_read(tool: str) -> None:
    assert count_before({"history": [{"tool": tool}]}, tool) == 1


@pytest.mark.parametrize("letter", ["\u00ad", "\u200b", "\u2060", "\ufe0f", "\u034f", "\U000e0101", "\u3164"])
def test_a_host_with_letters_that_browsers_leave_out_is_the_host_without_them(letter: str) -> None:
    assert host_matches(f"ads{letter}.example.com", ["ads.example.com"]) is not False
    assert host_matches(f"https://{letter}ads.example.com/", ["ads.example.com"]) is not False
