"""The resolver: closed answers, caching, and failing closed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from guardagent.errors import FactError
from guardagent.facts import Resolver
from guardagent.ports import Judgement, Question
from guardagent.types import Event, FactSpec
from tests.facts.test_category import NoEmbedder

TOPIC = FactSpec(
    name="topic", kind="category", fields=("/input/task",), labels={"car": ("rent a car",)}, default="none"
)
KIND = FactSpec(name="kind", kind="judgement", fields=("/output/text",), question="Is it kind?", choices=("yes", "no"))
VEHICLE = FactSpec(
    name="vehicle",
    kind="category",
    fields=("/input/task",),
    labels={"car": ("rent a car",), "cheap": ("rent a car",), "flight": ("book a flight to Rome",)},
    default="none",
)


def event(**more: Any) -> Event:
    return Event.of({"agent": "a", "stage": "output", **more})


class Yes:
    place = "this machine"

    async def judge(self, questions: Sequence[Question]) -> Judgement:
        return Judgement({question.spec.name: "yes" for question in questions})


def test_category_needs_no_model() -> None:
    resolver = Resolver(NoEmbedder())
    found = resolver.resolve([TOPIC], event(input={"task": "Hire a van"}), allow_judgement=False)
    assert dict(found) == {"topic": "car"}


def test_a_judgement_is_a_question_with_the_texts_that_it_names_and_no_others() -> None:
    (found,) = (
        Resolver(NoEmbedder())
        .resolve([KIND], event(output={"text": "hi"}, input={"task": "private"}), allow_judgement=True)
        .values()
    )
    assert found == Question(KIND, {"/output/text": "hi"})


def test_the_judge_answers_and_says_where_texts_go() -> None:
    resolver = Resolver(NoEmbedder(), Yes())
    assert resolver.judged_at == "this machine"
    assert asyncio.run(resolver.judge([Question(KIND, {"/output/text": "hi"})])).answers == {"kind": "yes"}


def test_without_a_judge_a_question_is_a_failure_that_says_what_to_do() -> None:
    resolver = Resolver(NoEmbedder())
    judged = asyncio.run(resolver.judge([Question(KIND, {"/output/text": "hi"})]))
    assert "no endpoint is configured" in judged.failures["kind"].message
    assert not judged.answers
    assert resolver.judged_at.startswith("nowhere")


@pytest.mark.parametrize(
    ("spec", "body", "allow", "message"),
    [
        (TOPIC, {}, False, "no `/input/task`"),
        (TOPIC, {"input": {"task": 3}}, False, "is not text"),
        (TOPIC, {"input": {"task": None}}, False, "is not text"),
        (TOPIC, {"input": {"task": "x" * 20_001}}, False, "longer than"),
        (KIND, {"output": {}}, True, "no `/output/text`"),
        (KIND, {"output": {"text": "hi"}}, False, "doesn't allow"),
    ],
)
def test_a_fact_that_cannot_be_had_is_an_error_in_one_line(
    spec: FactSpec, body: dict[str, Any], allow: bool, message: str
) -> None:
    with pytest.raises(FactError, match=message) as caught:
        Resolver(NoEmbedder(), Yes()).resolve([spec], event(**body), allow_judgement=allow)
    assert "\n" not in str(caught.value)
    assert "hi" not in str(caught.value).split()


ASKING = VEHICLE.model_copy(update={"question": "What is wanted?"})


@pytest.mark.parametrize(
    ("spec", "task", "margin", "allow", "said"),
    [
        (VEHICLE, "Rent a car", 0.0, True, "car"),
        (VEHICLE, "Rent a car", 0.1, True, "none"),
        (ASKING, "Rent a car", 0.1, False, "none"),
        (ASKING, "Rent a car", 0.1, True, Question),
        (ASKING, "Rent a car", 0.0, True, "car"),
        (ASKING, "Book a flight to Rome", 0.1, True, "flight"),
        (ASKING, "Sing a song", 0.1, True, "none"),
    ],
)
def test_where_two_labels_are_about_as_near_the_judge_decides_or_else_the_default(
    spec: FactSpec, task: str, margin: float, allow: bool, said: object
) -> None:
    resolver = Resolver(NoEmbedder(), margin=margin)
    (found,) = resolver.resolve([spec], event(input={"task": task}), allow_judgement=allow).values()
    assert isinstance(found, Question) if said is Question else found == said
