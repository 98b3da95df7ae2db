"""Recorded compiles of other policies, replayed from a script, over real HTTP, and by the offline reasoner."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from guardagent.errors import EndpointError
from guardagent.facts import Resolver
from guardagent.ports import Reasoner
from guardagent.reasoners.endpoint import Endpoint
from guardagent.reasoners.offline import OfflineReasoner
from guardagent.reasoners.openai import OpenAIReasoner
from guardagent.reasoners.scripted import ScriptedReasoner
from guardagent.translation.translator import Translator
from guardagent.types import Draft, GuardRequest
from guardagent_memory.embed import HashingEmbedder
from guardagent_memory.fake import InMemoryDemonstrations
from guardagent_memory.shipped import package_shipment
from guardagent_toolbox.docs import tool_docs
from guardagent_toolbox.inprocess import InProcessRunner
from tests.support import scripts
from tests.support.model_server import ModelServer, failure, garbage
from tests.support.scripts import ScriptedCompile
from tests.translation.parts import CLOSE_DENIED, request

recorded = pytest.mark.parametrize("name", scripts.NAMES)


def compiled(reasoner: Reasoner, asked: GuardRequest, checkpoint: Path | None = None) -> Draft:
    embedder = HashingEmbedder()
    made = Translator(
        reasoner=reasoner,
        runner=InProcessRunner(),
        facts=Resolver(embedder),
        demonstrations=InMemoryDemonstrations(package_shipment().load(), embedder=embedder),
        tools=tool_docs(),
        toolbox_version="test-1",
        checkpoint=checkpoint,
    )
    return asyncio.run(made.compile(asked))


def check_outcome(draft: Draft, case: ScriptedCompile) -> None:
    assert {report.clause: report.status for report in draft.report.clauses} == case.outcome.statuses
    assert (draft.report.repairs, draft.report.publishable) == (case.outcome.repairs, case.outcome.publishable)


@recorded
def test_a_recorded_compile_comes_to_what_was_recorded(name: str) -> None:
    case = scripts.load(name)
    check_outcome(compiled(ScriptedReasoner.of(case.script), case.request), case)


@recorded
def test_a_model_over_http_compiles_the_same(name: str, tmp_path: Path) -> None:
    case = scripts.load(name)
    with ModelServer(*case.replies) as server:
        reasoner = OpenAIReasoner(Endpoint(server.base_url, "key", "tiny", first_pause=0.01))
        draft = compiled(reasoner, case.request, tmp_path / "checkpoint.db")
        assert (server.unexpected, server.left) == (0, 0)
    check_outcome(draft, case)
    assert draft.report.reasoner == "openai:tiny"
    assert draft.report.usage.calls == len(case.replies)
    assert draft.report.usage.prompt_tokens > 0


def test_an_endpoint_that_breaks_down_in_a_compile_is_asked_only_for_the_rest(tmp_path: Path) -> None:
    case = scripts.load("lending-desk")
    checkpoint = tmp_path / "checkpoint.db"
    with ModelServer(*case.replies[:2], failure(500), garbage()) as server:
        reasoner = OpenAIReasoner(Endpoint(server.base_url, "key", "tiny", max_retries=0, first_pause=0.01))
        with pytest.raises(EndpointError) as told:
            compiled(reasoner, case.request, checkpoint)
    assert "\n" not in str(told.value)
    with ModelServer(*case.replies[2:]) as server:
        reasoner = OpenAIReasoner(Endpoint(server.base_url, "key", "tiny", first_pause=0.01))
        draft = compiled(reasoner, case.request, checkpoint)
        assert (server.unexpected, server.left) == (0, 0)
    check_outcome(draft, case)
    assert draft.report.usage.calls == len(case.replies), "what was spent before counts too"


def test_the_offline_reasoner_compiles_without_a_model() -> None:
    text = "Only managers may close an account.\n\nThe moon must be friendly on refunds.\n"
    schema = request().agent.event_schema
    closing = schema | {"properties": schema["properties"] | {"tool": {"type": "object", "properties": {"name": {}}}}}
    asked = request(CLOSE_DENIED, text=text, agent=request().agent.model_copy(update={"event_schema": closing}))
    draft = compiled(OfflineReasoner(), asked.model_copy(update={"examples": ()}))
    assert draft.report.reasoner == "offline"
    assert draft.report.usage.calls == 0
    assert draft.report.clauses[1].status == "NOT_TRANSLATABLE"
    assert draft.report.clauses[1].hint


def test_a_compile_is_the_same_every_time() -> None:
    case = scripts.load("lending-desk")
    drafts = [compiled(ScriptedReasoner.of(case.script), case.request) for _ in range(2)]
    assert drafts[0] == drafts[1]
