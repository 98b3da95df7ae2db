from __future__ import annotations

import asyncio
import json
import socket
import time

import pytest

from guardagent.errors import AnswerError, EndpointError, ReasonerError
from guardagent.reasoners.endpoint import Endpoint
from tests.reasoners.asking import ASKED, GOOD, PROMPT, RED, Colour, assert_fit_for_people, complete
from tests.reasoners.conftest import KEY, MODEL, Connect
from tests.support.model_server import (
    ModelServer,
    Reply,
    cut_off,
    dripping,
    failure,
    garbage,
    never,
    refuse,
    reset,
    say,
)

NO_ANSWER: dict[str, tuple[Reply, type[ReasonerError], str]] = {
    "bad request": (failure(400), EndpointError, "rejected the request (400)"),
    "wrong key": (failure(401, f"Incorrect API key provided: {KEY}"), EndpointError, "API key (401)"),
    "forbidden": (failure(403), EndpointError, "refused access (403)"),
    "no such model": (failure(404), EndpointError, "(404)"),
    "too long": (failure(400, code="context_length_exceeded"), EndpointError, "too long for this model"),
    "quota": (failure(429, code="insufficient_quota"), EndpointError, "no quota left"),
    "busy": (failure(429), EndpointError, "limiting requests (429) (tried 3 times)"),
    "broken": (failure(500), EndpointError, "status 500 (tried 3 times)"),
    "down": (failure(503, f"upstream saw {PROMPT}"), EndpointError, "status 503"),
    "torn down": (reset(), EndpointError, "broke the connection (tried 3 times)"),
    "silent": (never(), EndpointError, "no answer within 0.4 s"),
    "slow": (say(json.dumps(RED), delay=3), EndpointError, "no answer within 0.4 s"),
    "dripping": (dripping(json.dumps(RED), every=0.05), EndpointError, "no answer within 0.4 s"),
    "elsewhere": (Reply(status=307, headers={"Location": "http://127.0.0.1:9/v1"}), EndpointError, "redirects"),
    "long wait asked for": (failure(429, retry_after=120), EndpointError, "asks to wait 120 s"),
    "garbage": (garbage(), AnswerError, "no chat completion"),
    "a web page": (garbage(b"<html><body>Welcome</body></html>"), AnswerError, "often it ends in `/v1`"),
    "no choices": (garbage(b'{"choices": []}'), AnswerError, "no chat completion"),
    "no message": (garbage(b'{"choices": [{}]}'), AnswerError, "no chat completion"),
    "null": (garbage(b"null"), AnswerError, "no chat completion"),
    "nothing": (garbage(b""), AnswerError, "no chat completion"),
    "refusal": (refuse("I won't touch " + PROMPT), AnswerError, "refused to answer"),
    "cut off": (cut_off(json.dumps(RED)), AnswerError, "cut off"),
    "filtered": (Reply(content="", finish_reason="content_filter"), AnswerError, "content filter"),
}


@pytest.mark.parametrize(("reply", "kind", "said"), NO_ANSWER.values(), ids=NO_ANSWER.keys())
def test_failing_endpoint_is_one_clear_line_in_bounded_time(
    model_server: ModelServer, connect: Connect, reply: Reply, kind: type[ReasonerError], said: str
) -> None:
    model_server.add(*[reply] * 4)
    slow = reply.hang or reply.delay > 0 or reply.drip > 0
    began = time.monotonic()
    with pytest.raises(kind, match=said.replace("(", r"\(").replace(")", r"\)")) as caught:
        complete(connect(timeout=0.4 if slow else 5.0))
    assert time.monotonic() - began < 3.0
    assert_fit_for_people(caught.value, model_server)


def test_nobody_listening_is_an_endpoint_error() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        endpoint = Endpoint(f"http://127.0.0.1:{port}/v1", KEY, MODEL, timeout=5, max_retries=1, first_pause=0.01)
        with pytest.raises(EndpointError, match="cannot be reached"):
            complete(endpoint)


def test_https_to_a_server_without_it_is_an_endpoint_error(model_server: ModelServer) -> None:
    url = model_server.base_url.replace("http:", "https:")
    with pytest.raises(EndpointError, match="cannot be reached"):
        complete(Endpoint(url, KEY, MODEL, timeout=5, max_retries=0))


def test_fault_that_passes_is_retried(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(failure(503), reset(), GOOD)
    assert complete(connect()).name == "red"
    assert len(model_server.requests) == 3


def test_retry_after_is_waited_for(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(failure(429, retry_after=0.3), GOOD)
    began = time.monotonic()
    assert complete(connect()).name == "red"
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_hopeless_request_is_not_repeated_in_one_format(
    model_server: ModelServer, connect: Connect, status: int
) -> None:
    model_server.add(*[failure(status)] * 5)
    with pytest.raises(EndpointError):
        complete(connect())
    formats = [request.format for request in model_server.requests]
    assert len(formats) == len(set(formats))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8000/v1",
        "ftp://host/v1",
        "http://",
        "http://[::1/v1",
        "http://h:99999/",
        "http://a b/v1",
        "http://a\nb/",
    ],
)
def test_unusable_base_url_is_refused_at_once(url: str) -> None:
    with pytest.raises(EndpointError, match="base URL"):
        Endpoint(url, KEY, MODEL)


@pytest.mark.parametrize("key", ["ключ", "sk-1\nX-Evil: 1", "sk\x00"])
def test_key_that_no_header_can_carry_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(EndpointError, match="API key holds characters") as caught:
        Endpoint("http://127.0.0.1:1/v1", key, MODEL)
    assert key not in str(caught.value)


def test_credentials_in_the_base_url_are_not_shown() -> None:
    endpoint = Endpoint("http://user:hunter2@127.0.0.1:1/v1", KEY, MODEL, max_retries=0)
    assert "hunter2" not in endpoint.label


def test_cancelled_call_stops(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(never())

    async def give_up() -> None:
        async with asyncio.timeout(0.2):
            await connect().complete(ASKED, Colour)

    with pytest.raises(TimeoutError):
        asyncio.run(give_up())
