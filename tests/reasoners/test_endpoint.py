from __future__ import annotations

import asyncio
import json

import pytest

from guardagent.errors import AnswerError, EndpointError
from guardagent.reasoners.endpoint import Endpoint
from guardagent.types import TokenUsage
from tests.reasoners.asking import ASKED, GOOD, RED, Colour, assert_fit_for_people, complete
from tests.reasoners.conftest import KEY, MODEL, Connect
from tests.support.model_server import ModelServer, failure, say


def test_answer_is_parsed_into_the_type(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(GOOD)
    assert complete(connect()) == Colour(name="red", warm=True)


def test_strict_schema_is_asked_for(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(GOOD)
    complete(connect())
    request = model_server.requests[0]
    wanted = request.body["response_format"]["json_schema"]
    assert (request.format, wanted["strict"], wanted["name"]) == ("json_schema", True, "Colour")
    assert wanted["schema"]["required"] == ["name", "warm"]
    assert wanted["schema"]["additionalProperties"] is False
    assert [m["role"] for m in request.messages] == ["system", "user"]
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body["model"] == MODEL
    assert "temperature" not in request.body


def test_temperature_is_sent_when_set(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(GOOD)
    complete(connect(temperature=0.0))
    assert model_server.requests[0].body["temperature"] == 0.0


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RED),
        f"  \n{json.dumps(RED, indent=2)}\n",
        f"```json\n{json.dumps(RED)}\n```",
        f"Here you are:\n```\n{json.dumps(RED)}\n```\nAnything else?",
        f"<think>maybe {{blue}}?</think>\n{json.dumps(RED)}",
    ],
    ids=["bare", "indented", "fenced", "fenced in prose", "after thinking"],
)
def test_one_object_is_read_bare_or_fenced(model_server: ModelServer, connect: Connect, text: str) -> None:
    model_server.add(say(text))
    assert complete(connect()).name == "red"
    assert len(model_server.requests) == 1


UNREADABLE = {
    "prose": "Red, I think.",
    "empty": "",
    "two blocks": f"```json\n{json.dumps(RED)}\n```\n```json\n{json.dumps(RED)}\n```",
    "object in prose": f"The answer is {json.dumps(RED)}",
    "list": json.dumps([RED]),
    "cut": '{"name": "red", "warm": tr',
    "twice the same key": '{"name": "red", "name": "blue", "warm": true}',
    "not a number of JSON": '{"name": "red", "warm": NaN}',
    "missing field": '{"name": "red"}',
    "unknown field": '{"name": "red", "warm": true, "hue": "secret-hue"}',
    "wrong type": '{"name": "red", "warm": "true"}',
    "wrong value": '{"name": "", "warm": true}',
    "deep": '{"name":' * 4000,
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable_answer_is_sent_back_once(model_server: ModelServer, connect: Connect, text: str) -> None:
    model_server.add(say(text), GOOD)
    assert complete(connect()).name == "red"
    again = model_server.requests[1].messages
    assert [m["role"] for m in again] == ["system", "user", "assistant", "user"]
    assert again[2]["content"] == (text or "(nothing)")
    assert "could not be used" in again[3]["content"]


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable_twice_is_an_answer_error(model_server: ModelServer, connect: Connect, text: str) -> None:
    model_server.add(say(text), say(text), GOOD)
    with pytest.raises(AnswerError) as caught:
        complete(connect())
    assert_fit_for_people(caught.value, model_server)
    assert "secret-hue" not in str(caught.value)
    assert len(model_server.requests) == 2


def test_correction_names_what_did_not_fit(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(say('{"name": "", "warm": true}'), GOOD)
    complete(connect())
    assert "`name`: Value error, must not be empty" in model_server.requests[1].text


@pytest.mark.parametrize(
    ("known", "used"),
    [(("json_schema", "json_object"), "json_schema"), (("json_object",), "json_object"), ((), "text")],
    ids=["schema", "object", "text"],
)
def test_format_falls_back_and_what_works_is_remembered(known: tuple[str, ...], used: str) -> None:
    with ModelServer(GOOD, GOOD, formats=known) as server:
        endpoint = Endpoint(server.base_url, KEY, MODEL, timeout=5)
        complete(endpoint)
        first = len(server.requests)
        complete(endpoint)
        assert endpoint.answer_format == used
        assert len(server.requests) == first + 1
        assert server.requests[-1].format == used
        # Whoever cannot be sent the schema is shown it.
        assert ("JSON Schema" in server.requests[-1].text) == (used != "json_schema")


def test_server_that_fails_over_the_schema_falls_back(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(failure(500, "grammar compilation failed"), GOOD)
    complete(connect())
    assert [request.format for request in model_server.requests] == ["json_schema", "json_object"]


def test_server_that_ignores_the_schema_is_shown_it_at_the_second_ask(
    model_server: ModelServer, connect: Connect
) -> None:
    model_server.add(say("Red!"), GOOD, GOOD)
    endpoint = connect()
    complete(endpoint)
    complete(endpoint)
    assert [request.format for request in model_server.requests] == ["json_schema", "json_object", "json_object"]
    assert all("JSON Schema" in request.text for request in model_server.requests[1:])


def test_rejected_request_does_not_change_what_is_remembered(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(*[failure(400)] * 3, GOOD)
    endpoint = connect()
    with pytest.raises(EndpointError):
        complete(endpoint)
    complete(endpoint)
    assert model_server.requests[-1].format == "json_schema"


def test_tokens_of_every_answered_call_are_counted(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(say("no"), say(json.dumps(RED), tokens=(7, 3)), failure(500), say(json.dumps(RED), tokens=None))
    endpoint = connect()
    complete(endpoint)
    complete(endpoint)
    assert endpoint.usage == TokenUsage(calls=3, prompt_tokens=107, completion_tokens=23)


def test_key_of_the_environment_never_goes_to_another_host(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-belongs-elsewhere")
    model_server.add(GOOD)
    complete(Endpoint(model_server.base_url, "", MODEL, timeout=5))
    assert "sk-belongs-elsewhere" not in model_server.requests[0].headers["authorization"]


def test_one_endpoint_serves_many_callers_at_once(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(*[GOOD] * 8)
    endpoint = connect()

    async def all_at_once() -> list[Colour]:
        return await asyncio.gather(*(endpoint.complete(ASKED, Colour) for _ in range(8)))

    assert len(asyncio.run(all_at_once())) == 8
    assert endpoint.usage.calls == 8
