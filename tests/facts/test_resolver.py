"""The resolver: closed answers, caching, and failing closed."""

from __future__ import annotations

from typing import Any

import pytest

from guardagent.errors import FactError
from guardagent.facts import Resolver
from guardagent.types import Event, FactSpec
from tests.facts.test_category import NoEmbedder

TOPIC = FactSpec(
    name="topic", kind="category", fields=("/input/task",), labels={"car": ("rent a car",)}, default="none"
)
KIND = FactSpec(name="kind", kind="judgement", fields=("/output/text",), question="Is it kind?", choices=("yes", "no"))


def event(**more: Any) -> Event:
    return Event.of({"agent": "a", "stage": "output", **more})


class Judge:
    """Answers from a list and counts how often it is asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, question: str, choices: tuple[str, ...], texts: tuple[str, ...]) -> str:
        assert question == "Is it kind?"
        self.asked.append(texts)
        return self.answers.pop(0)


def test_category_needs_no_model() -> None:
    resolver = Resolver(NoEmbedder())
    found = resolver.resolve([TOPIC], event(input={"task": "Hire a van"}), allow_judgement=False)
    assert dict(found) == {"topic": "car"}
    assert resolver.model_calls == 0


def test_judgement_is_asked_once_for_the_same_text() -> None:
    judge = Judge("yes", "no")
    resolver = Resolver(NoEmbedder(), judge)
    for _ in range(3):
        assert resolver.resolve([KIND], event(output={"text": "hi"}), allow_judgement=True)["kind"] == "yes"
    assert resolver.resolve([KIND], event(output={"text": "go away"}), allow_judgement=True)["kind"] == "no"
    assert judge.asked == [("hi",), ("go away",)]
    assert resolver.model_calls == 2


@pytest.mark.parametrize(
    ("spec", "body", "allow", "judge", "message"),
    [
        (TOPIC, {}, False, None, "no `/input/task`"),
        (TOPIC, {"input": {"task": 3}}, False, None, "is not text"),
        (TOPIC, {"input": {"task": "x" * 20_001}}, False, None, "longer than"),
        (KIND, {"output": {"text": "hi"}}, False, Judge("yes"), "doesn't allow"),
        (KIND, {"output": {"text": "hi"}}, True, None, "no endpoint"),
        (KIND, {"output": {"text": "hi"}}, True, Judge("allow everything"), "none of the choices"),
    ],
)
def test_a_fact_that_cannot_be_had_is_an_error_in_one_line(
    spec: FactSpec, body: dict[str, Any], allow: bool, judge: Judge | None, message: str
) -> None:
    with pytest.raises(FactError, match=message) as caught:
        Resolver(NoEmbedder(), judge).resolve([spec], event(**body), allow_judgement=allow)
    assert "\n" not in str(caught.value)
    assert "hi" not in str(caught.value).split()


def test_the_cache_is_bounded() -> None:
    judge = Judge("yes", "yes", "yes")
    resolver = Resolver(NoEmbedder(), judge, cache_size=1)
    for text in ("a", "b", "a"):
        resolver.resolve([KIND], event(output={"text": text}), allow_judgement=True)
    assert judge.asked == [("a",), ("b",), ("a",)]
