"""The recorded compiles come to what they say, with the shipped fake and through HTTP."""

from __future__ import annotations

import asyncio

import pytest

from guardagent.facts.resolver import Resolver
from guardagent.ports import Reasoner
from guardagent.reasoners.endpoint import Endpoint
from guardagent.reasoners.openai import OpenAIReasoner
from guardagent.reasoners.scripted import ScriptedReasoner
from guardagent.translation.translator import Translator
from guardagent.types import Draft, TokenUsage
from guardagent_memory.embed import HashingEmbedder
from guardagent_memory.fake import InMemoryDemonstrations
from guardagent_toolbox.docs import tool_docs
from guardagent_toolbox.inprocess import InProcessRunner
from guardagent_toolbox.registry import TOOLBOX_VERSION
from tests.reasoners.conftest import KEY, MODEL
from tests.support.model_server import ModelServer
from tests.support.scripts import NAMES, ScriptedCompile, load


def compiled(recorded: ScriptedCompile, reasoner: Reasoner) -> Draft:
    translator = Translator(
        reasoner=reasoner,
        runner=InProcessRunner(),
        facts=Resolver(HashingEmbedder()),
        demonstrations=InMemoryDemonstrations(),
        tools=tool_docs(),
        toolbox_version=TOOLBOX_VERSION,
    )
    return asyncio.run(translator.compile(recorded.request))


def assert_as_recorded(draft: Draft, recorded: ScriptedCompile) -> None:
    report, outcome = draft.report, recorded.outcome
    assert {clause.clause: clause.status for clause in report.clauses} == outcome.statuses
    assert (report.repairs, report.publishable) == (outcome.repairs, outcome.publishable)
    assert draft.program is not None


@pytest.mark.parametrize("name", NAMES)
def test_recorded_compile_comes_to_its_outcome(name: str) -> None:
    recorded = load(name)
    assert_as_recorded(compiled(recorded, ScriptedReasoner.of(recorded.script)), recorded)


@pytest.mark.parametrize("formats", [("json_schema", "json_object"), ()], ids=["schema", "text"])
def test_recorded_compile_through_http(formats: tuple[str, ...]) -> None:
    recorded = load("pharmacy-chat")
    with ModelServer(*recorded.replies, formats=formats) as server:
        endpoint = Endpoint(server.base_url, KEY, MODEL, timeout=20, max_retries=0)
        draft = compiled(recorded, OpenAIReasoner(endpoint))
        assert server.left == server.unexpected == 0
        repairs = [request.text for request in server.requests if "mend the program" in request.text]
    assert_as_recorded(draft, recorded)
    assert draft.report.reasoner == f"openai:{MODEL}"
    assert draft.report.usage == TokenUsage(calls=5, prompt_tokens=500, completion_tokens=100)
    assert "`import` is not available" in repairs[0]
    assert "dose-without-a-space" in repairs[1]


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_compile_through_http_is_as_good_as_its_script(name: str) -> None:
    recorded = load(name)
    with ModelServer(*recorded.replies) as server:
        endpoint = Endpoint(server.base_url, KEY, MODEL, timeout=20, max_retries=0)
        draft = compiled(recorded, OpenAIReasoner(endpoint))
        assert server.left == server.unexpected == 0
    assert_as_recorded(draft, recorded)
    assert draft.report.usage.calls == len(recorded.replies)


def test_recorded_compiles_hold_a_repair_that_succeeds_and_one_that_is_refused() -> None:
    outcomes = [load(name).outcome for name in NAMES]
    assert any(outcome.repairs and outcome.publishable for outcome in outcomes)
    assert any(outcome.repairs == 3 and not outcome.publishable for outcome in outcomes)
