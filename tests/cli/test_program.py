"""The program itself: how fast it is there, what it loads, how it ends."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from guardagent.cli import app as application
from guardagent.errors import GuardAgentError
from tests.support.cli import guardagent

PROGRAM = [sys.executable, "-c", "from guardagent.cli import main; main()"]
HEAVY = ("langgraph", "openai", "faiss", "numpy", "pydantic", "sqlglot", "RestrictedPython", "fastapi", "yaml", "rich")


def test_help_is_there_at_once() -> None:
    seconds = []
    for _ in range(5):
        before = _seconds_of_children()
        subprocess.run([*PROGRAM, "--help"], check=True, capture_output=True)
        seconds.append(_seconds_of_children() - before)
    assert min(seconds) < 0.3


def _seconds_of_children() -> float:
    """Processor time, which a busy machine does not stretch as it does the time on the clock."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, guardagent.cli.app; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not set(HEAVY) & set(loaded)


@pytest.mark.parametrize(
    "command", [[], ["init"], ["compile"], ["test"], ["check"], ["eval"], ["doctor"], ["demo"], ["schema"], ["memory"],
                ["tools"]],
)  # fmt: skip
def test_every_command_explains_itself(command: list[str]) -> None:
    ended = guardagent(*command, "--help")
    assert ended.code == 0
    assert "Usage: guardagent" in ended.out


def test_version() -> None:
    assert guardagent("--version").out.startswith("guardagent 0.")


def test_an_interrupt_ends_with_130(policy: Path) -> None:
    waiting = subprocess.Popen(
        [*PROGRAM, "check", str(policy), "--event", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # What runs in the background of a shell inherits that interrupts are ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    time.sleep(1.0)
    waiting.send_signal(signal.SIGINT)
    _, err = waiting.communicate(timeout=10)
    assert waiting.returncode == 130, err
    assert b"Traceback" not in err


@pytest.mark.parametrize(("debug", "traceback"), [("0", False), ("1", True)])
def test_an_unforeseen_error_is_one_line_with_an_id(
    monkeypatch: pytest.MonkeyPatch, debug: str, traceback: bool
) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise ZeroDivisionError("the patient's name")

    monkeypatch.setattr(application, "app", fail)
    monkeypatch.setenv("GUARDAGENT_DEBUG", debug)
    ended = guardagent("doctor")
    assert ended.code == 3
    assert ("Traceback" in ended.err) == traceback
    line = ended.err.splitlines()[-1]
    assert line.startswith("guardagent: unexpected ZeroDivisionError (id ")
    assert "patient" not in line


def test_an_error_for_people_stays_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise GuardAgentError("two\nlines")

    monkeypatch.setattr(application, "app", fail)
    ended = guardagent("doctor")
    assert (ended.code, ended.error_line) == (3, "guardagent: two lines")


def test_a_closed_pipe_is_no_traceback() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run([*PROGRAM, "schema", "decision"], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert b"Traceback" not in ended.stderr
