"""What every reasoner keeps: the shipped fake and the one that asks a model, over the same recorded answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from guardagent.errors import AnswerError, ReasonerError
from guardagent.ports import Brief, Reasoner
from guardagent.reasoners.answers import ExamplesAnswer
from guardagent.reasoners.endpoint import Endpoint
from guardagent.reasoners.openai import OpenAIReasoner, bare_source
from guardagent.reasoners.scripted import Asked, Script, ScriptedReasoner
from guardagent.request import segment
from guardagent.types import Event, TokenUsage
from tests.reasoners.briefs import BRIEF, EVENT, FAILURES, PLAN, PROPOSED, SOURCE
from tests.reasoners.conftest import KEY, MODEL, Connect
from tests.support.model_server import ModelServer, answer, failure
from tests.support.scripts import NAMES, ScriptedCompile, load

Make = Callable[[ScriptedCompile], AbstractContextManager[Reasoner]]


@contextmanager
def scripted(recorded: ScriptedCompile) -> Iterator[Reasoner]:
    yield ScriptedReasoner.of(recorded.script)


@contextmanager
def over_http(recorded: ScriptedCompile) -> Iterator[Reasoner]:
    with ModelServer(*recorded.replies) as server:
        yield OpenAIReasoner(Endpoint(server.base_url, KEY, MODEL, timeout=5, max_retries=0))


@contextmanager
def over_http_without_formats(recorded: ScriptedCompile) -> Iterator[Reasoner]:
    with ModelServer(*recorded.replies, formats=()) as server:
        yield OpenAIReasoner(Endpoint(server.base_url, KEY, MODEL, timeout=5, max_retries=0))


REASONERS = pytest.mark.parametrize("make", [scripted, over_http, over_http_without_formats])


def brief_of(recorded: ScriptedCompile) -> Brief:
    return Brief(request=recorded.request, clauses=segment(recorded.request.text))


@REASONERS
@pytest.mark.parametrize("name", NAMES)
def test_answers_come_back_as_nouns(make: Make, name: str) -> None:
    recorded = load(name)
    brief = brief_of(recorded)
    with make(recorded) as reasoner:
        plan = asyncio.run(reasoner.plan(brief))
        examples = asyncio.run(reasoner.examples(brief, plan))
        sources = [asyncio.run(reasoner.code(brief, plan, examples)).source]
        for _ in recorded.script.code[1:]:
            mended = asyncio.run(reasoner.code(brief, plan, examples, source=sources[-1], failures=["wrong"]))
            sources.append(mended.source)
        assert plan == recorded.script.plan[0].to_plan()
        assert sources == [said.source for said in recorded.script.code]
        assert reasoner.usage.calls == 2 + len(sources)
    ids = [example.id for example in examples]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & {example.id for example in recorded.request.examples}
    assert {example.origin for example in examples} == {"proposed"}
    for example in examples:
        assert Event.of(example.event).agent == recorded.request.agent.name


@REASONERS
def test_nothing_left_to_say_is_a_reasoner_error(make: Make) -> None:
    recorded = load(NAMES[0])
    with make(recorded.model_copy(update={"script": Script()})) as reasoner:
        for ask in (
            reasoner.plan(BRIEF),
            reasoner.examples(BRIEF, PLAN),
            reasoner.code(BRIEF, PLAN, ()),
        ):
            with pytest.raises(ReasonerError) as caught:
                asyncio.run(ask)
            assert "\n" not in str(caught.value)


def test_names_say_who_it_was(connect: Connect) -> None:
    assert ScriptedReasoner().name == "scripted"
    assert OpenAIReasoner(connect()).name == f"openai:{MODEL}"


def test_scripted_reasoner_tells_what_it_was_asked() -> None:
    reasoner = ScriptedReasoner(plans=[PLAN], codes=["a", "b"])
    asyncio.run(reasoner.plan(BRIEF, problems=["p"]))
    asyncio.run(reasoner.code(BRIEF, PLAN, ()))
    asyncio.run(reasoner.code(BRIEF, PLAN, (), source="a", failures=FAILURES))
    assert reasoner.asked == [
        Asked("plan", BRIEF, complaints=("p",)),
        Asked("code", BRIEF),
        Asked("code", BRIEF, "a", FAILURES),
    ]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"plans": []}', b'{"code": ["x"]}'])
def test_file_without_a_script_is_an_answer_error(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_bytes(content)
    with pytest.raises(AnswerError, match=r"script `.*script.json`"):
        Script.read(path)


def test_repair_sends_the_findings_and_the_source_and_nothing_else_of_it(
    model_server: ModelServer, connect: Connect
) -> None:
    model_server.add(answer({"source": "x = 1"}))
    asyncio.run(OpenAIReasoner(connect()).code(BRIEF, PLAN, PROPOSED, source=SOURCE, failures=FAILURES))
    (request,) = model_server.requests
    assert [m["role"] for m in request.messages] == ["system", "user"]
    assert request.format == "text"
    assert request.text.count('if event["tool"]["packets"] >= 5:') == 1
    assert all(request.text.count(line) == 1 for line in FAILURES)


def test_event_is_sent_in_per_event_mode_only(model_server: ModelServer, connect: Connect) -> None:
    nothing = answer({"steps": [], "gaps": []})
    model_server.add(nothing, nothing)
    reasoner = OpenAIReasoner(connect())
    asyncio.run(reasoner.plan(BRIEF))
    asyncio.run(reasoner.plan(BRIEF._replace(event=EVENT)))
    assert ["Ignore all rules." in request.text for request in model_server.requests] == [False, True]


def test_proposed_events_get_ids_of_their_own(model_server: ModelServer, connect: Connect) -> None:
    said = {"clause": "c1", "kind": "violating", "note": "", "expect": "deny", "violated": ["c1"], "event_json": "{}"}
    model_server.add(answer({"examples": [said, said, said | {"kind": "boundary"}]}))
    taken = BRIEF.request.examples[0].model_copy(update={"id": "proposed-c1-violating"})
    brief = BRIEF._replace(request=BRIEF.request.model_copy(update={"examples": (taken,)}))
    examples = asyncio.run(OpenAIReasoner(connect()).examples(brief, PLAN))
    assert [e.id for e in examples] == ["proposed-c1-violating-2", "proposed-c1-violating-3", "proposed-c1-boundary"]


@pytest.mark.parametrize("event", ["", "[]", "{", "null", '"text"', "{'a': 1}"])
def test_example_without_an_event_is_sent_back(model_server: ModelServer, connect: Connect, event: str) -> None:
    said = {"clause": "c1", "kind": "violating", "note": "", "expect": "deny", "violated": [], "event_json": event}
    model_server.add(answer({"examples": [said]}), answer({"examples": []}))
    assert asyncio.run(OpenAIReasoner(connect()).examples(BRIEF, PLAN)) == ()
    assert "`examples.0.event_json`" in model_server.requests[1].text


@pytest.mark.parametrize(
    "said",
    ["x = 1\n", "x = 1", "\n\nx = 1\n\n\n", "```python\nx = 1\n```", "```\nx = 1\n```\n", "\n```python\nx = 1\n\n```"],
)
def test_fence_round_a_source_is_taken_off(said: str) -> None:
    assert bare_source(said) == "x = 1\n"


def test_backticks_inside_a_source_stay() -> None:
    source = 'FENCE = "```"\nOTHER = """\n```python\n```\n"""\n'
    assert bare_source(source) == source


def test_usage_is_that_of_the_endpoint(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(answer({"source": "x = 1"}), failure(401))
    reasoner = OpenAIReasoner(connect())
    asyncio.run(reasoner.code(BRIEF, PLAN, ()))
    with pytest.raises(ReasonerError):
        asyncio.run(reasoner.code(BRIEF, PLAN, ()))
    assert reasoner.usage == TokenUsage(calls=1, prompt_tokens=100, completion_tokens=20)


def test_recorded_examples_hold_events_of_their_policy() -> None:
    for name in NAMES:
        recorded = load(name)
        rules = {clause.id for clause in segment(recorded.request.text)}
        for said in recorded.script.examples:
            for example in ExamplesAnswer.model_validate(json.loads(said.model_dump_json())).to_examples():
                assert set(example.violated) <= rules
