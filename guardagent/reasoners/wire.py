"""The parts of the OpenAI-compatible protocol that are read back; anything else in a body is ignored."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from guardagent.translation.prompts import Message, with_schema
from guardagent.types import TokenUsage

AnswerFormat = Literal["json_schema", "json_object", "text"]

# What to try next where an endpoint does not take a format.
LOWER: dict[AnswerFormat, AnswerFormat] = {"json_schema": "json_object", "json_object": "text", "text": "text"}


def chat_request(
    messages: Sequence[Message], form: AnswerFormat, name: str, shape: dict[str, Any] | None
) -> dict[str, Any]:
    """The part of a chat request that asks `messages` for a JSON answer of `shape`, in the way of `form`.

    Without a shape the messages say themselves what the answer looks like.
    """
    if shape is None:
        return {"messages": [{"role": m.role, "content": m.content} for m in messages]}
    shown = messages if form == "json_schema" else with_schema(messages, shape)
    request: dict[str, Any] = {"messages": [{"role": m.role, "content": m.content} for m in shown]}
    if form == "json_schema":
        wanted = {"name": name, "schema": shape, "strict": True}
        request["response_format"] = {"type": "json_schema", "json_schema": wanted}
    elif form == "json_object":
        request["response_format"] = {"type": "json_object"}
    return request


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)


class Completion(BaseModel):
    """The body of an answered chat completion."""

    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None

    @property
    def spent(self) -> TokenUsage:
        """One call, with its tokens where the endpoint says them."""
        used = self.usage or _Usage()
        return TokenUsage(calls=1, prompt_tokens=used.prompt_tokens, completion_tokens=used.completion_tokens)

    @property
    def text(self) -> str:
        """What the model wrote."""
        return self.choices[0].message.content or ""

    @property
    def problem(self) -> str | None:
        """Why there is no whole answer; None when there is one."""
        choice = self.choices[0]
        if choice.message.refusal:
            return "the model refused to answer"
        if choice.finish_reason == "content_filter":
            return "its content filter withheld the answer"
        if choice.finish_reason == "length":
            return "the answer was cut off at the model's length limit; use a model or server with a longer one"
        return None


class _Vector(BaseModel):
    index: int
    embedding: list[float] = Field(min_length=1)


class EmbeddingList(BaseModel):
    """The body of answered embeddings: one finite vector per text, all of one length."""

    data: list[_Vector] = Field(min_length=1)

    @model_validator(mode="after")
    def _even(self) -> Self:
        if sorted(row.index for row in self.data) != list(range(len(self.data))):
            raise ValueError("the vectors are not numbered in a row")
        if len({len(row.embedding) for row in self.data}) > 1:
            raise ValueError("the vectors differ in length")
        if not all(math.isfinite(number) for row in self.data for number in row.embedding):
            raise ValueError("a vector holds a number that is none")
        return self

    @property
    def vectors(self) -> list[list[float]]:
        """The vectors in the order of the texts."""
        return [row.embedding for row in sorted(self.data, key=lambda row: row.index)]
