"""Nothing of an author's text leaves because of an environment variable."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Sink(ThreadingHTTPServer):
    """Notes the path of every request and says that all is well."""

    daemon_threads = True

    def __init__(self) -> None:
        self.paths: list[str] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Sink

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_GET
    do_PATCH = do_GET

    def log_message(self, *_args: object) -> None:
        """Quiet."""


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_a_compile_sends_no_trace_where_langsmith_is_switched_on(sink: Sink, tmp_path: Path) -> None:
    traced = {"LANGSMITH_TRACING": "true", "LANGSMITH_ENDPOINT": sink.url, "LANGSMITH_API_KEY": "secret-key"}
    # Also under the strict reading of checkpoints, which must neither fail nor complain.
    env = os.environ | traced | {"LANGGRAPH_STRICT_MSGPACK": "true", "PYTHONWARNINGS": "error"}
    command = [sys.executable, "-m", "tests.translation.traced", sink.url, str(tmp_path)]
    done = subprocess.run(command, check=False, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    compiled = sink.paths.index("/compiled")
    assert sink.paths[:compiled] == []
    assert len(sink.paths) > compiled + 1, "the control was traced, so the sink and the variables work"
    assert "Serializer" not in done.stderr
