"""A scripted model endpoint: real HTTP on loopback in the shape of the OpenAI API, with the faults of real ones.

    with ModelServer(say("first answer"), failure(500), say("second answer")) as server:
        ...                       # point a client at server.base_url, any key
        server.requests           # what was asked, in order

Replies are taken in turn; a function `(ChatRequest) -> Reply` may stand instead of them. Nothing here knows GuardAgent.
"""

from __future__ import annotations

import hashlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.model_replies import (
    ChatRequest,
    Reply,
    answer,
    cut_off,
    dripping,
    failure,
    garbage,
    never,
    refuse,
    reset,
    say,
)

__all__ = [
    "ChatRequest",
    "ModelServer",
    "Reply",
    "Script",
    "answer",
    "cut_off",
    "dripping",
    "failure",
    "garbage",
    "hashed_vector",
    "never",
    "refuse",
    "reset",
    "say",
]

FORMATS = ("json_schema", "json_object")
# A status that no client retries and no fallback explains away.
SCRIPT_EXHAUSTED = 410


Script = Callable[[ChatRequest], Reply]


class ModelServer:
    """The server: a context manager that listens between enter and exit.

    `formats` are the response formats it knows; another one is answered with 400 and takes no reply from the script.
    `key`, when set, is the only accepted bearer key. `embed` makes the vectors of `/embeddings`.
    """

    def __init__(
        self,
        *replies: Reply,
        script: Script | None = None,
        formats: tuple[str, ...] = FORMATS,
        key: str | None = None,
        embed: Callable[[str], list[float]] | None = None,
    ) -> None:
        self.formats, self.key = formats, key
        self.embed = embed or hashed_vector
        self.requests: list[ChatRequest] = []
        self.embedding_requests: list[ChatRequest] = []
        self.unexpected = 0
        self._script = script
        self._replies = list(replies)
        self._embedding_replies: list[Reply] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._http = _Listener(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def base_url(self) -> str:
        """What a client is pointed at, with `/v1`."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    @property
    def left(self) -> int:
        """Scripted chat replies that were not asked for yet."""
        return len(self._replies)

    def add(self, *replies: Reply) -> None:
        """Puts more chat replies at the end of the script."""
        with self._lock:
            self._replies.extend(replies)

    def add_embedding_replies(self, *replies: Reply) -> None:
        """Replies (faults, mostly) that `/embeddings` gives before it works again."""
        with self._lock:
            self._embedding_replies.extend(replies)

    def __enter__(self) -> ModelServer:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    def _next_reply(self, request: ChatRequest) -> Reply:
        with self._lock:
            self.requests.append(request)
            wanted = request.format
            if wanted != "text" and wanted not in self.formats:
                return failure(400, f"unknown response_format type '{wanted}'")
            if self._script is None and self._replies:
                return self._replies.pop(0)
        if self._script is not None:
            return self._script(request)
        self.unexpected += 1
        return failure(SCRIPT_EXHAUSTED, "the script has no more replies")

    def _embeddings(self, request: ChatRequest) -> Reply:
        with self._lock:
            self.embedding_requests.append(request)
            if self._embedding_replies:
                return self._embedding_replies.pop(0)
        given = request.body.get("input", [])
        texts = [given] if isinstance(given, str) else list(given)
        rows = [{"object": "embedding", "index": i, "embedding": self.embed(t)} for i, t in enumerate(texts)]
        usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
        return Reply(body=json.dumps({"object": "list", "data": rows, "model": "scripted", "usage": usage}).encode())


def hashed_vector(text: str, dimension: int = 16) -> list[float]:
    """A vector that depends on the words of `text`; not of length 1, as some endpoints don't normalise."""
    vector = [0.0] * dimension
    for word in text.casefold().split():
        digest = hashlib.sha256(word.encode()).digest()
        vector[digest[0] % dimension] += 1.0 if digest[1] % 2 else -1.0
    return vector if any(vector) else [1.0, *vector[1:]]


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    owner: ModelServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that give up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener

    def do_GET(self) -> None:
        if self.path.rstrip("/") == "/v1/models":
            models = [{"id": "scripted", "object": "model", "created": 0, "owned_by": "tests"}]
            self._send(200, json.dumps({"object": "list", "data": models}).encode())
        else:
            self._send(404, _error_body("no such page", None))

    def do_POST(self) -> None:
        owner, path = self.server.owner, self.path.rstrip("/")
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if owner.key is not None and self.headers.get("Authorization") != f"Bearer {owner.key}":
            self._send(401, _error_body(f"Incorrect API key provided: {self.headers.get('Authorization')}", None))
            return
        request = ChatRequest(path, json.loads(raw or b"{}"), {k.lower(): v for k, v in self.headers.items()})
        if path == "/v1/chat/completions":
            self._give(owner._next_reply(request), owner)
        elif path == "/v1/embeddings":
            self._give(owner._embeddings(request), owner)
        else:
            self._send(404, _error_body(f"no {path} here", None))

    def _give(self, reply: Reply, owner: ModelServer) -> None:
        if reply.hang or reply.delay:
            owner._closing.wait(None if reply.hang else reply.delay)
        if reply.hang:
            self.close_connection = True
        elif reply.reset:
            # Linger 0 makes close send a RST, as a crashed server or a middlebox does.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        elif reply.body is not None:
            self._send(reply.status, reply.body, reply.headers)
        elif reply.status != 200:
            self._send(reply.status, _error_body(reply.error, reply.code), reply.headers)
        else:
            body = json.dumps(_completion(reply)).encode()
            if reply.drip:
                self._drip(body, reply.drip, owner)
            else:
                self._send(200, body, reply.headers)

    def _drip(self, body: bytes, every: float, owner: ModelServer) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for position in range(len(body)):
            if owner._closing.wait(every):
                break
            self.wfile.write(body[position : position + 1])
        self.close_connection = True

    def _send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Quiet: pytest shows what matters."""


def _error_body(message: str, code: str | None) -> bytes:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return json.dumps({"error": error}).encode()


def _completion(reply: Reply) -> dict[str, Any]:
    message = {"role": "assistant", "content": reply.content, "refusal": reply.refusal}
    choice = {"index": 0, "finish_reason": reply.finish_reason, "logprobs": None, "message": message}
    whole: dict[str, Any] = {
        "id": "chatcmpl-scripted", "object": "chat.completion", "created": 0, "model": "scripted", "choices": [choice],
    }  # fmt: skip
    if reply.tokens is not None:
        prompt, completion = reply.tokens
        whole["usage"] = {
            "prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion,
        }  # fmt: skip
    return whole
