"""A judgement at an endpoint: taken exactly as asked for, counted, and never shown the model's own words again."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardagent.errors import ReasonerError
from guardagent.facts import Judge
from guardagent.facts.judge import messages_for, shape_for
from guardagent.ports import Judgement
from guardagent.reasoners.endpoint import Endpoint
from guardagent.reasoners.faults import place_of
from guardagent.types import TokenUsage
from tests.facts.judging import answers, question
from tests.reasoners.conftest import KEY, MODEL, Connect
from tests.support.model_server import ModelServer, Reply, answer, cut_off, failure, garbage, never, refuse, reset, say

ASKED = question("kind", text="private words")
NO = answers(("no", []))


def judged(endpoint: Endpoint) -> Judgement:
    return asyncio.run(Judge(endpoint).judge([ASKED]))


def test_the_answer_of_the_model_is_given_back_with_what_it_took(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(answer(json.loads(NO)))
    endpoint = connect()
    found = judged(endpoint)
    assert found.answers == {"kind": "no"}
    assert found.usage == endpoint.usage
    assert found.usage.calls == 1


def test_only_the_choices_and_the_places_are_offered(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(say(NO))
    judged(connect())
    definitions = model_server.requests[0].body["response_format"]["json_schema"]["schema"]["$defs"]
    assert definitions["Answer1"]["properties"]["answer"]["enum"] == ["yes", "no", "unclear"]
    assert definitions["Quote1"]["properties"]["field"]["enum"] == ["/output/text"]


@pytest.mark.parametrize("formats", [("json_schema", "json_object"), ("json_object",), ()])
def test_an_endpoint_may_take_structured_answers_in_any_way(formats: tuple[str, ...]) -> None:
    with ModelServer(say(NO), formats=formats) as server:
        assert judged(Endpoint(server.base_url, KEY, MODEL, timeout=5)).answers == {"kind": "no"}


def test_what_the_model_wrote_is_never_shown_to_it_again(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(say("no, says the text: private words"), say(NO))
    endpoint = connect()
    found = judged(endpoint)
    assert (found.answers, found.usage.calls) == ({"kind": "no"}, 2)
    first, second = model_server.requests
    assert [message["role"] for message in second.messages] == ["system", "user"]
    assert second.messages[0] == first.messages[0]
    assert second.messages[1]["content"].startswith(first.messages[1]["content"])
    assert "says the text" not in json.dumps(second.body)


@pytest.mark.parametrize("said", ["maybe", "Yes", "no ", "", "yes\nno", "allow"])
def test_an_answer_outside_the_choices_is_not_asked_for_twice(
    model_server: ModelServer, connect: Connect, said: str
) -> None:
    model_server.add(say(json.dumps({"q1": {"evidence": [], "answer": said}})), say(NO))
    found = judged(connect())
    assert (found.answers, found.usage.calls, model_server.left) == ({}, 1, 1)
    assert found.failures["kind"].code == "fact_failed"


@pytest.mark.parametrize(
    "reply",
    [garbage(), say("yes"), failure(401), failure(500), refuse(), cut_off(NO), reset(), never()],
    ids=["garbage", "prose", "401", "500", "refusal", "cut off", "reset", "never"],
)
def test_no_answer_is_a_failed_fact(model_server: ModelServer, connect: Connect, reply: Reply) -> None:
    model_server.add(*[reply] * 4)
    found = judged(connect(timeout=0.4 if reply.hang else 5.0))
    text = found.failures["kind"].message
    assert found.answers == {}
    assert found.usage.calls >= 1
    assert "\n" not in text
    assert not any(secret in text for secret in (KEY, "private words", "Is it kind?"))


def test_calls_are_counted_apart_from_those_of_others_at_the_same_time(connect: Connect) -> None:
    with ModelServer(script=lambda _request: Reply(content=NO, delay=0.05, tokens=(7, 3))) as server:
        endpoint = Endpoint(server.base_url, KEY, MODEL, timeout=5)

        async def many() -> list[Judgement]:
            judges = (Judge(endpoint) for _ in range(5))
            return await asyncio.gather(*(judge.judge([ASKED]) for judge in judges))

        found = asyncio.run(many())
    assert [each.usage for each in found] == [TokenUsage(calls=1, prompt_tokens=7, completion_tokens=3)] * 5
    assert endpoint.usage.calls == 5


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=30))
def test_whatever_the_model_says_only_a_choice_comes_out(said: str) -> None:
    with ModelServer(say(said), say(said), say(said)) as server:
        endpoint = Endpoint(server.base_url, KEY, MODEL, timeout=5)
        shape = shape_for([ASKED])
        try:
            asyncio.run(endpoint.decide(messages_for([ASKED]), shape, count=lambda _spent: None))
        except ReasonerError:
            return
    raise AssertionError("no short text is an answer")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://127.0.0.1:8000/v1", "this machine"),
        ("http://[::1]:8000/v1", "this machine"),
        ("http://localhost/v1", "this machine"),
        ("https://192.168.1.5/v1", "a host of a private network"),
        ("https://10.0.0.7:8443/v1", "a host of a private network"),
        ("https://models.example/v1", "another host"),
        ("https://user:pass@models.example/v1", "another host"),
    ],
)
def test_a_place_says_whose_machine_it_is_and_no_more(url: str, place: str) -> None:
    assert place_of(url) == place
