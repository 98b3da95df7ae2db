"""The judge: one call for all questions, answers in exactly one form, and evidence that stands in the texts."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.facts.evidence import as_data, stands_in
from guardagent.facts.judge import Judge, messages_for
from guardagent.types import TokenUsage
from tests.facts.judging import SaidModel, answers, data_block, judged, question

PLACE = "/output/text"
KIND, RUDE = question("kind"), question("rude", "/output/title", "Go away, you fool")


def test_all_questions_go_out_in_one_call() -> None:
    model = SaidModel(answers(("yes", [(PLACE, "well  DONE!")]), ("no", [])))
    found = asyncio.run(Judge(model).judge([KIND, RUDE]))
    assert found.answers == {"kind": "yes", "rude": "no"}
    assert found.evidence == {"kind": (PLACE,), "rude": ()}
    assert found.usage == TokenUsage(calls=1, prompt_tokens=100, completion_tokens=10)
    assert len(model.prompts) == 1


def test_the_rules_stand_before_the_data_and_only_named_texts_are_sent() -> None:
    before, data, after = data_block(messages_for([KIND, RUDE]))
    assert data == {PLACE: "Well done!", "/output/title": "Go away, you fool"}
    assert before.index("Be kind.") < before.index("BEGIN DATA")
    assert "Is it rude?" in before
    assert "`q1`, `q2`" in after


REJECTED = {
    "answer without evidence": answers(("yes", [])),
    "forged quote": answers(("yes", [(PLACE, "You are the best")])),
    "forged quote beside a true one": answers(("yes", [(PLACE, "Well done!"), (PLACE, "and rich")])),
    "no with a forged quote": answers(("no", [(PLACE, "nothing unkind here, says the auditor")])),
    "quote of punctuation": answers(("yes", [(PLACE, "!")])),
    "empty quote": answers(("yes", [(PLACE, "")])),
    "quote from a text that was not sent": answers(("yes", [("/input", "Well done!")])),
    "quotes without end": answers(("yes", [(PLACE, "Well")] * 21)),
    "another answer": answers(("maybe", [])),
    "capitals": answers(("No", [])),
    "padded": answers(("no ", [])),
    "a boolean": '{"q1": {"evidence": [], "answer": false}}',
    "an extra key": '{"q1": {"evidence": [], "answer": "no"}, "note": "trust me"}',
    "an extra key inside": '{"q1": {"evidence": [], "answer": "no", "reason": "it is fine"}}',
    "a question that was not asked": answers(("no", []), ("no", [])),
    "no question": "{}",
    "free text": "The answer is no.",
    "free text round it": f"Sure! {answers(('no', []))}",
    "two answers": f"{answers(('no', []))}\n{answers(('yes', [(PLACE, 'Well')]))}",
    "a key twice": '{"q1": {"evidence": [], "answer": "no"}, "q1": {"evidence": [], "answer": "no"}}',
    "a list": f"[{answers(('no', []))}]",
    "null": "null",
    "nothing": "",
}


@pytest.mark.parametrize("said", REJECTED.values(), ids=REJECTED)
def test_what_is_not_exactly_an_answer_is_a_failed_fact(said: str) -> None:
    found = asyncio.run(judged(said))
    assert found.answers == {}
    assert found.failures["kind"].code == "fact_failed"
    message = found.failures["kind"].message
    assert "\n" not in message
    assert not any(secret in message for secret in ("Well", "rich", "trust", "auditor", "maybe"))
    assert found.usage.calls == 1


def test_a_forged_quote_fails_its_own_question_only() -> None:
    said = answers(("yes", [(PLACE, "forged")]), ("yes", [("/output/title", "you FOOL")]))
    found = asyncio.run(judged(said, KIND, RUDE))
    assert set(found.failures) == {"kind"}
    assert found.answers == {"rude": "yes"}


def test_unclear_is_always_offered_and_needs_no_evidence() -> None:
    pick = question("who", choices=("user", "other"))
    assert asyncio.run(judged(answers(("unclear", [])), pick)).answers == {"who": "unclear"}
    assert asyncio.run(judged(answers(("other", [])), pick)).failures


def test_the_same_question_about_the_same_texts_is_asked_once() -> None:
    model = SaidModel(lambda _prompt: answers(("no", [])))
    judge = Judge(model)

    async def ask() -> list[int]:
        asked = [KIND, KIND, KIND._replace(texts={PLACE: "Well"}), KIND._replace(clauses=("Other.",)), KIND]
        return [(await judge.judge([one])).usage.calls for one in asked]

    assert asyncio.run(ask()) == [1, 0, 1, 1, 0]


REMEMBERED = {
    "another answer": answers(("yes", [(PLACE, "Well")]), ("no", [])),
    "a forged quote": answers(("yes", [(PLACE, "forged")]), ("no", [])),
}


@pytest.mark.parametrize("again", REMEMBERED.values(), ids=REMEMBERED)
def test_a_remembered_answer_stays_when_its_question_goes_out_with_others(again: str) -> None:
    said = iter([answers(("no", [])), again])
    judge = Judge(SaidModel(lambda _prompt: next(said)))
    asyncio.run(judge.judge([KIND]))
    found = asyncio.run(judge.judge([KIND, RUDE]))
    assert found.answers == {"kind": "no", "rude": "no"}
    assert not found.failures


def test_a_prompt_does_not_depend_on_what_is_remembered() -> None:
    """So that an event is always judged in the same way, and the part before the data can be cached by a server."""
    fresh, used = (SaidModel(lambda prompt: answers(*[("no", [])] * str(prompt).count("Question `"))) for _ in "12")
    asyncio.run(Judge(fresh).judge([KIND, RUDE]))
    judge = Judge(used)
    asyncio.run(judge.judge([KIND]))
    asyncio.run(judge.judge([KIND, RUDE]))
    assert used.prompts[1] == fresh.prompts[0]


@given(st.text(max_size=40), st.text(max_size=40))
def test_texts_change_nothing_before_the_data(first: str, second: str) -> None:
    one, other = (messages_for([KIND._replace(texts={PLACE: text}), RUDE]) for text in (first, second))
    assert one[0] == other[0]
    assert one[1].content.split("\n")[0] == other[1].content.split("\n")[0]
    assert one[1].content.split("\n")[2:] == other[1].content.split("\n")[2:]


def test_the_memory_is_bounded() -> None:
    model = SaidModel(lambda _prompt: answers(("no", [])))
    judge = Judge(model, cache_size=1)
    calls = [asyncio.run(judge.judge([KIND._replace(texts={PLACE: text})])).usage.calls for text in ("a", "b", "a")]
    assert calls == [1, 1, 1]


def test_a_failure_is_not_remembered() -> None:
    said = iter(["nonsense", answers(("no", []))])
    judge = Judge(SaidModel(lambda _prompt: next(said)))
    assert asyncio.run(judge.judge([KIND])).failures
    assert asyncio.run(judge.judge([KIND])).answers == {"kind": "no"}


def test_two_at_once_get_one_answer() -> None:
    """Both ask, and the first answer is the one that both are given."""
    said = iter([answers(("no", [])), answers(("yes", [(PLACE, "Well")]))])
    judge = Judge(SaidModel(lambda _prompt: next(said)))

    async def both() -> list[str]:
        found = await asyncio.gather(judge.judge([KIND]), judge.judge([KIND]))
        return [each.answers["kind"] for each in found]

    assert len(set(asyncio.run(both()))) == 1


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=60), max_size=3))
def test_data_is_one_plain_line_that_decodes_to_the_texts(texts: dict[str, str]) -> None:
    line = as_data(texts)
    assert json.loads(line) == texts
    assert line.isprintable()
    assert not set(line) & set("<>[]")


@given(st.text(min_size=1, max_size=40), st.integers(0, 30), st.integers(1, 10))
def test_a_passage_of_a_text_stands_in_it(text: str, start: int, length: int) -> None:
    passage = text[start : start + length]
    if any(letter.isalnum() for letter in passage.casefold()) and passage.casefold().strip() == passage.casefold():
        assert stands_in(passage, text)


@pytest.mark.parametrize(
    ("quote", "text", "stands"),
    [
        ("the PRICE  is\n5 dollars", "Well, the price is 5 dollars.", True),
        ("price", "pri\u200bce", True),
        ("the price", "a price", False),
        ("", "text", False),
        ("  ", "a  b", False),
        ("...", "a ... b", False),
        ("pay up", "pay it up", False),
        ("don't let go - ever...", "Don’t let go – ever… please", True),
        ('the "best" one', "It is the “best” one.", True),
        ("don't", "dont", False),
    ],
)
def test_quotes_are_compared_without_case_space_invisible_letters_and_the_shape_of_marks(
    quote: str, text: str, stands: bool
) -> None:
    assert stands_in(quote, text) is stands
