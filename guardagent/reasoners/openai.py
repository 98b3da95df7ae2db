"""The reasoner that asks a model at any OpenAI-compatible endpoint."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from guardagent.ports import Brief, Coded
from guardagent.reasoners.answers import CodeAnswer, ExamplesAnswer, PlanAnswer
from guardagent.reasoners.parsing import Answer
from guardagent.translation import prompts
from guardagent.translation.prompts import Message
from guardagent.types import Example, Plan, TokenUsage

_FENCED_SOURCE = re.compile(r"\A\s*```(?:python)?[ \t]*\n(.*?)\n?```\s*\Z", re.DOTALL)


class _Model(Protocol):
    """The part of an Endpoint that is needed here."""

    model: str

    @property
    def usage(self) -> TokenUsage: ...

    async def complete(self, messages: Sequence[Message], schema: type[Answer]) -> Answer: ...

    async def write(self, messages: Sequence[Message]) -> CodeAnswer: ...


class OpenAIReasoner:
    """Plans, examples and code from a model; with an event in the brief, for that event only."""

    def __init__(self, endpoint: _Model) -> None:
        self._endpoint = endpoint

    @property
    def name(self) -> str:
        """`openai:` and the model's name."""
        return f"openai:{self._endpoint.model}"

    @property
    def usage(self) -> TokenUsage:
        """Model calls and tokens of the endpoint so far."""
        return self._endpoint.usage

    async def plan(self, brief: Brief, *, problems: Sequence[str] = (), previous: Plan | None = None) -> Plan:
        """The model's plan; whether it covers every clause is for the caller to check."""
        said = await self._endpoint.complete(prompts.planner_messages(brief, problems, previous), PlanAnswer)
        return said.to_plan()

    async def examples(self, brief: Brief, plan: Plan) -> tuple[Example, ...]:
        """The model's proposed events; whether they fit the schema is for the caller to check."""
        said = await self._endpoint.complete(prompts.example_messages(brief, plan), ExamplesAnswer)
        return said.to_examples(taken=frozenset(e.id for e in brief.request.examples))

    async def code(
        self, brief: Brief, plan: Plan, examples: Sequence[Example], *, source: str = "", failures: Sequence[str] = ()
    ) -> Coded:
        """The model's source; with `failures`, its mended version of `source`."""
        messages = prompts.coder_messages(brief, plan, examples, source, failures)
        said = (await self._endpoint.write(messages)).to_coded()
        return said._replace(source=bare_source(said.source))


def bare_source(said: str) -> str:
    """The source without the Markdown fence that models like to put round it, ending in one newline."""
    fenced = _FENCED_SOURCE.match(said)
    inner = fenced.group(1) if fenced else said
    return inner.strip("\n") + "\n"
