from __future__ import annotations

import json
import math

import pytest

from guardagent.errors import AnswerError, EndpointError, ReasonerError
from guardagent.reasoners.embeddings import EndpointEmbedder
from guardagent.reasoners.endpoint import Endpoint
from tests.reasoners.conftest import KEY, MODEL, Connect
from tests.support.model_server import ModelServer, Reply, failure, garbage, hashed_vector, never, reset


def listed(*vectors: list[float], indexes: list[int] | None = None) -> Reply:
    numbers = indexes or list(range(len(vectors)))
    rows = [{"object": "embedding", "index": i, "embedding": v} for i, v in zip(numbers, vectors, strict=True)]
    return Reply(body=json.dumps({"object": "list", "data": rows}).encode())


@pytest.fixture
def embedder(connect: Connect) -> EndpointEmbedder:
    return EndpointEmbedder(connect())


def test_vectors_have_length_one_and_keep_the_order(embedder: EndpointEmbedder) -> None:
    texts = ["book a flight", "rent a car", "book a flight"]
    vectors = embedder.embed(texts)
    assert vectors[0] == vectors[2]
    for text, vector in zip(texts, vectors, strict=True):
        raw = hashed_vector(text)
        assert math.isclose(math.hypot(*vector), 1.0)
        assert vector == pytest.approx([x / math.hypot(*raw) for x in raw])


def test_plain_floats_are_asked_for(model_server: ModelServer, embedder: EndpointEmbedder) -> None:
    embedder.embed(["book a flight"])
    request = model_server.embedding_requests[0]
    assert request.body["encoding_format"] == "float"
    assert request.body["model"] == MODEL


def test_dimension_is_found_out_once(model_server: ModelServer, embedder: EndpointEmbedder) -> None:
    assert embedder.dimension == 16
    assert embedder.dimension == 16
    assert len(model_server.embedding_requests) == 1


def test_known_texts_are_not_asked_for_again(model_server: ModelServer, embedder: EndpointEmbedder) -> None:
    embedder.embed(["a", "b"])
    embedder.embed(["b", "a", "c", "c"])
    assert [request.body["input"] for request in model_server.embedding_requests] == [["a", "b"], ["c"]]


def test_many_texts_go_in_batches_of_bounded_size(model_server: ModelServer, connect: Connect) -> None:
    vectors = EndpointEmbedder(connect(), batch=4).embed([f"text {n}" for n in range(10)])
    assert len(vectors) == 10
    assert [len(request.body["input"]) for request in model_server.embedding_requests] == [4, 4, 2]


def test_cache_is_bounded(model_server: ModelServer, connect: Connect) -> None:
    embedder = EndpointEmbedder(connect(), cached=2)
    embedder.embed(["a", "b", "c"])
    embedder.embed(["c"])
    embedder.embed(["a"])
    assert [request.body["input"] for request in model_server.embedding_requests] == [["a", "b", "c"], ["a"]]


def test_text_without_content_is_all_zeros_and_not_sent(model_server: ModelServer, embedder: EndpointEmbedder) -> None:
    blank, spaces, word = embedder.embed(["", " \n", "word"])
    assert blank == spaces == (0.0,) * 16
    assert any(word)
    assert [request.body["input"] for request in model_server.embedding_requests] == [["word"]]


def test_vectors_sent_out_of_order_are_put_in_order(model_server: ModelServer, embedder: EndpointEmbedder) -> None:
    model_server.add_embedding_replies(listed([0.0, 2.0], [3.0, 0.0], indexes=[1, 0]))
    assert embedder.embed(["first", "second"]) == [(1.0, 0.0), (0.0, 1.0)]


def test_name_holds_the_model(embedder: EndpointEmbedder) -> None:
    assert embedder.name == f"openai:{MODEL}"


NOT_FINITE = b'{"data": [{"index": 0, "embedding": [NaN]}, {"index": 1, "embedding": [1]}]}'

FAULTS: dict[str, tuple[Reply, type[ReasonerError]]] = {
    "wrong key": (failure(401), EndpointError),
    "no such model": (failure(404), EndpointError),
    "bad request": (failure(400), EndpointError),
    "broken": (failure(500), EndpointError),
    "torn down": (reset(), EndpointError),
    "silent": (never(), EndpointError),
    "garbage": (garbage(), AnswerError),
    "too few": (listed([1.0, 0.0]), AnswerError),
    "none": (garbage(b'{"data": []}'), AnswerError),
    "uneven": (listed([1.0, 0.0], [1.0]), AnswerError),
    "numbered twice": (listed([1.0], [2.0], indexes=[0, 0]), AnswerError),
    "no direction": (listed([0.0, 0.0], [1.0, 0.0]), AnswerError),
    "not finite": (garbage(NOT_FINITE), AnswerError),
    "huge": (listed([1.7e308, 1.7e308], [1.0, 0.0]), AnswerError),
    "text": (garbage(b'{"data": [{"index": 0, "embedding": "AAAA"}]}'), AnswerError),
}  # fmt: skip


@pytest.mark.parametrize(("reply", "kind"), FAULTS.values(), ids=FAULTS.keys())
def test_fault_is_one_clear_line(
    model_server: ModelServer, connect: Connect, reply: Reply, kind: type[ReasonerError]
) -> None:
    model_server.add_embedding_replies(*[reply] * 3)
    embedder = EndpointEmbedder(connect(timeout=0.4 if reply.hang else 5.0))
    with pytest.raises(kind) as caught:
        embedder.embed(["private words", "more private words"])
    text = str(caught.value)
    assert "\n" not in text
    assert MODEL in text
    assert "private" not in text
    assert KEY not in text


def test_vectors_of_another_length_are_refused(model_server: ModelServer, embedder: EndpointEmbedder) -> None:
    embedder.embed(["a"])
    model_server.add_embedding_replies(listed([1.0, 0.0]))
    with pytest.raises(AnswerError, match="changed in length"):
        embedder.embed(["b"])


def test_embeddings_do_not_count_as_model_calls(model_server: ModelServer) -> None:
    endpoint = Endpoint(model_server.base_url, KEY, MODEL, timeout=5)
    EndpointEmbedder(endpoint).embed(["a"])
    assert endpoint.usage.calls == 0
