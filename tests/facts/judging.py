"""Questions about texts, and models that answer them in the shape that is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from guardagent.errors import AnswerError
from guardagent.facts.judge import Judge
from guardagent.ports import Judgement, Question
from guardagent.reasoners.parsing import Unparseable, parse_answer
from guardagent.translation.prompts import Message
from guardagent.types import FactSpec, TokenUsage

Shape = TypeVar("Shape", bound=BaseModel)
Says = Callable[[Sequence[Message]], str]


def question(name: str = "kind", place: str = "/output/text", text: str = "Well done!", **spec: Any) -> Question:
    given = {"kind": "judgement", "question": f"Is it {name}?", "choices": ("yes", "no", "unclear"), **spec}
    return Question(FactSpec.model_validate({"name": name, "fields": (place,), **given}), {place: text}, ("Be kind.",))


def answers(*said: tuple[str, Sequence[tuple[str, str]]]) -> str:
    """The text of a model that gives these answers, each with (field, quote) as evidence."""
    return json.dumps(
        {
            f"q{number}": {"evidence": [{"field": f, "quote": q} for f, q in quotes], "answer": answer}
            for number, (answer, quotes) in enumerate(said, 1)
        }
    )


class SaidModel:
    """A model that says what a function makes of its prompt, parsed as strictly as an endpoint does."""

    model = "tiny"
    place = "this machine"

    def __init__(self, says: Says | str) -> None:
        self._says = says
        self.prompts: list[list[Message]] = []

    async def decide(
        self, messages: Sequence[Message], schema: type[Shape], *, count: Callable[[TokenUsage], None]
    ) -> Shape:
        self.prompts.append(list(messages))
        text = self._says if isinstance(self._says, str) else self._says(messages)
        count(TokenUsage(calls=1, prompt_tokens=100, completion_tokens=10))
        try:
            return parse_answer(text, schema)
        except Unparseable as problem:
            raise AnswerError(f"model: answered, but not as asked: {problem.problem}") from None


async def judged(says: Says | str, *questions: Question) -> Judgement:
    return await Judge(SaidModel(says)).judge(questions or (question(),))


def data_block(messages: Sequence[Message]) -> tuple[str, Mapping[str, str], str]:
    """What of a prompt stands before the data, the data, and what stands after it."""
    whole = "\n\n".join(message.content for message in messages)
    # The instructions mention the markers in prose; only the lines are markers.
    before, _, rest = whole.partition("\nBEGIN DATA\n")
    data, after = rest.split("\nEND DATA\n")
    return before, json.loads(data), after
