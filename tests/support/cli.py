"""The command line, run inside the test process: the same as the installed program, without its start."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, NamedTuple


class Ended(NamedTuple):
    """How a run of the program ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)

    @property
    def error_line(self) -> str:
        """The one line that it wrote to standard error; fails when there is another number of lines."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


def guardagent(*arguments: object, stdin: str | bytes = b"") -> Ended:
    """Runs `guardagent` with these arguments."""
    from guardagent.cli.app import main

    out, err = io.StringIO(), io.StringIO()
    code = 0
    with redirect_stdout(out), redirect_stderr(err), _stdin(stdin):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    return Ended(code, out.getvalue(), err.getvalue())


@contextmanager
def _stdin(given: str | bytes) -> Iterator[None]:
    usual = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(given.encode() if isinstance(given, str) else given))
    try:
        yield
    finally:
        sys.stdin = usual
