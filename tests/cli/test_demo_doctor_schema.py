"""demo, doctor and schema."""

from __future__ import annotations

import json
import platform
import socket
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from guardagent.types import Event
from guardagent_toolbox.sandbox.probes import PROBES
from tests.support.cli import guardagent


def test_demo_judges_both_agents_and_quotes_the_sentences(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise AssertionError("the demo went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setenv("GUARDAGENT_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("GUARDAGENT_MODEL", "must-not-be-asked")
    shown = guardagent("demo")
    assert (shown.code, shown.err) == (0, "")
    assert "A user may read only the tables and columns that are listed" in shown.out
    assert "Unvaccinated user cannot book a flight" in shown.out
    assert "cost" in shown.out
    assert list(home.iterdir()) == []


def test_demo_as_json_has_the_expected_effects() -> None:
    played = guardagent("demo", "--json").json
    effects = {scene["policy"]: [one["decision"]["effect"] for one in scene["decisions"]] for scene in played}
    assert effects == {
        "eicu-ac": ["allow", "deny", "allow", "deny"],
        "mind2web-sc": ["deny", "allow", "deny", "allow"],
    }
    assert not any(one["decision"]["failed"] for scene in played for one in scene["decisions"])
    assert all(scene["report"]["usage"]["calls"] == 0 for scene in played)


def test_doctor_says_what_is_confined_and_in_use_and_never_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("BASE_URL", "http://127.0.0.1:9/v1"), ("MODEL", "m"), ("API_KEY", "sk-hush"), ("MODLE", "x")):
        monkeypatch.setenv(f"GUARDAGENT_{name}", value)
    ended = guardagent("doctor", "--json")
    assert ended.code == 0
    lines = {line["what"]: line for line in ended.json["lines"]}
    assert "seccomp" in lines["sandbox"]["found"]
    assert lines["reasoner"]["found"] == "openai:m at http://127.0.0.1:9/v1, with a key"
    assert {"self-test", "check", "embedder", "memory", "toolbox", "second engine", "Mind2Web-SC"} <= set(lines)
    assert lines["engine"]["found"] == "kernel: workers that the kernel confines"
    assert platform.machine() in lines["sandbox"]["found"]
    seen = ended.json["self_test"]
    assert (seen["confined"], seen["engine"], seen["seccomp"]) == (True, "kernel", "filter")
    assert f"ABI {seen['landlock_abi']}" in lines["sandbox"]["found"]
    assert "did you mean `GUARDAGENT_MODEL`?" in lines["setting"]["found"]
    assert "sk-hush" not in ended.out + ended.err


def test_doctor_shows_what_stopped_each_escape() -> None:
    rows = [line.split() for line in guardagent("doctor").out.splitlines()]
    for name in PROBES:
        words = name.split()
        (row,) = [row for row in rows if row[: len(words)] == words and row[len(words) :][:1] in (["yes"], ["NO"])]
        assert row[len(words)] == "yes"


def test_doctor_shows_a_broken_part_and_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no database")
    monkeypatch.setenv("GUARDAGENT_MEMORY_PATH", str(tmp_path / "file"))
    ended = guardagent("doctor")
    assert (ended.code, ended.err) == (3, "")
    states = {line.split()[0]: line.split()[1] for line in ended.out.splitlines() if len(line.split()) > 2}
    assert states["memory"] == "broken"
    assert states["toolbox"] == "ok"


@pytest.mark.parametrize("which", ["event", "decision"])
def test_the_shipped_schema_is_in_step(which: str) -> None:
    printed = guardagent("schema", which)
    shipped = (files("guardagent") / "schemas" / f"{which}.json").read_text(encoding="utf-8")
    assert printed.out == shipped, f"run: guardagent schema {which} > guardagent/schemas/{which}.json"


def test_what_goes_in_and_comes_out_fits_the_schemas(policy: Path) -> None:
    event: dict[str, Any] = {"agent": "support-bot", "stage": "tool_call", "user": {"role": "agent"}}
    event["tool"] = {"name": "refund", "arguments": {"amount": 500}}
    event_schema = jsonschema_rs.validator_for(guardagent("schema", "event").json)
    assert event_schema.is_valid(Event.of(event).payload)
    assert not event_schema.is_valid({"agent": "support-bot", "stage": "somewhere"})
    decision = guardagent("check", policy, "--event", "-", "--json", stdin=json.dumps(event)).json
    jsonschema_rs.validator_for(guardagent("schema", "decision").json).validate(decision)
