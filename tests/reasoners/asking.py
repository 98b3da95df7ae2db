"""What the tests of the endpoint ask for, and how."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, field_validator

from guardagent.reasoners.endpoint import Endpoint
from guardagent.translation.prompts import Message
from tests.reasoners.conftest import KEY, MODEL
from tests.support.model_server import ModelServer, answer

PROMPT = "prompt-text-that-must-stay-private"
ASKED = [Message("system", "Answer."), Message("user", PROMPT)]


class Colour(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    warm: bool

    @field_validator("name")
    @classmethod
    def _not_empty(cls, value: str) -> str:
        if not value:
            raise ValueError("must not be empty")
        return value


RED = {"name": "red", "warm": True}
GOOD = answer(RED)


def complete(endpoint: Endpoint, messages: Sequence[Message] = ASKED) -> Colour:
    return asyncio.run(endpoint.complete(messages, Colour))


def assert_fit_for_people(error: Exception, server: ModelServer) -> None:
    text = str(error)
    assert "\n" not in text
    assert server.base_url.split("/")[2] in text
    assert MODEL in text
    assert KEY not in text
    assert PROMPT not in text
