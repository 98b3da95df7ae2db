"""A scripted endpoint and clients that point at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from guardagent.reasoners.endpoint import Endpoint
from tests.support.model_server import ModelServer

KEY = "sk-secret-0123456789"
MODEL = "tiny-model"

Connect = Callable[..., Endpoint]


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def connect(model_server: ModelServer) -> Connect:
    """Makes an endpoint on the server that is quick to retry and to give up."""

    def make(**options: object) -> Endpoint:
        settings: dict[str, object] = {"timeout": 5.0, "max_retries": 2, "first_pause": 0.01} | options
        return Endpoint(model_server.base_url, KEY, MODEL, **settings)  # type: ignore[arg-type]

    return make
