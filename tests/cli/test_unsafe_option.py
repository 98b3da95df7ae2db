"""`--unsafe-no-os-sandbox`: where it may stand, that every answer shows it, and that the next command knows nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from guardagent.engines import UNSAFE
from tests.cli.test_eval import ROWS
from tests.cli.test_policy_commands import ALLOWED, DENIED, edit
from tests.support.cli import Ended, guardagent
from tests.support.lesser_machine import guardagent_without
from tests.support.paper_data import write_web

FLAG = "--unsafe-no-os-sandbox"
UNCONFINED = "programs run without kernel confinement (`language`)"


def notes(ended: Ended) -> list[str]:
    result: list[str] = ended.json["notes"]
    return result


@pytest.mark.parametrize("before", [True, False])
def test_it_stands_in_every_decision_wherever_it_was_given(policy: Path, before: bool) -> None:
    environment = dict(os.environ)
    command = ("check", policy, "--event", "-")

    def check(*more: str) -> Ended:
        words = (FLAG, *command, *more) if before else (*command, *more, FLAG)
        return guardagent(*words, stdin=ALLOWED)

    assert notes(check("--json")) == [UNSAFE]
    assert f"note: {UNSAFE}" in check().out
    decided = [json.loads(line)["notes"] for line in check("--jsonl", "--json").out.splitlines()]
    assert decided == [[UNSAFE]]
    assert dict(os.environ) == environment
    assert notes(guardagent(*command, "--json", stdin=ALLOWED)) == []


def test_the_environment_can_give_it_too(policy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUARDAGENT_UNSAFE_NO_OS_SANDBOX", "true")
    assert notes(guardagent("check", policy, "--event", "-", "--json", stdin=DENIED)) == [UNSAFE]


def test_the_examples_of_a_policy_show_it(policy: Path) -> None:
    assert notes(guardagent("test", policy, "--json", FLAG)) == [UNSAFE]
    assert f"note: {UNSAFE}" in guardagent("test", policy, FLAG).out
    assert notes(guardagent("test", policy, "--json")) == []


def test_an_evaluation_shows_it(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    data = write_web(tmp_path / "web", ROWS)
    ended = guardagent(FLAG, "eval", "mind2web-sc", "--data", data, "--reasoner", "offline", "--json", result)
    assert ended.code == 0, ended.err
    assert f"note: {UNSAFE}" in ended.out
    assert json.loads(result.read_text("utf-8"))["extra"]["notes"] == [UNSAFE]


@pytest.mark.slow
def test_the_demo_shows_it() -> None:
    shown = guardagent("demo", FLAG, "--json").json
    decided = [one["decision"]["notes"] for scene in shown for one in scene["decisions"]]
    assert decided
    assert all(found == [UNSAFE] for found in decided)


def test_every_command_that_starts_workers_has_it() -> None:
    commands: tuple[tuple[str, ...], ...] = (
        (), ("compile",), ("test",), ("publish",), ("check",), ("eval",), ("demo",), ("doctor",), ("memory", "add"),
        ("memory", "import"),
    )  # fmt: skip
    for command in commands:
        assert FLAG in guardagent(*command, "--help").out, command


def test_a_kernel_without_a_layer_is_refused_in_one_line_that_names_the_choices(policy: Path) -> None:
    refused = guardagent_without("Landlock", "check", policy, "--event", "-", stdin=ALLOWED)
    assert (refused.code, refused.out) == (3, "")
    for choice in ("(no Landlock)", "Linux 5.13", "guardagent[monty]", FLAG):
        assert choice in refused.error_line


def test_a_kernel_without_a_layer_decides_with_the_flag_and_says_so(policy: Path) -> None:
    command = ("check", policy, "--event", "-", FLAG)
    decided = guardagent_without("Landlock", *command, "--json", stdin=DENIED)
    assert (decided.code, decided.json["effect"], notes(decided)) == (1, "deny", [UNSAFE, UNCONFINED])
    shown = guardagent_without("Landlock", *command, stdin=ALLOWED)
    assert shown.code == 0
    assert f"note: {UNCONFINED}" in shown.out


@pytest.mark.slow
def test_doctor_refuses_or_accepts_such_a_kernel() -> None:
    refused = guardagent_without("seccomp", "doctor", "--json")
    lines: dict[str, dict[str, Any]] = {line["what"]: line for line in refused.json["lines"]}
    assert (refused.code, lines["engine"]["state"]) == (3, "broken")
    assert "(no seccomp)" in lines["engine"]["advice"]
    assert "without seccomp" in lines["sandbox"]["found"]
    seen = refused.json["self_test"]
    assert (seen["confined"], seen["seccomp"], seen["missing"]) == (False, "off", ["seccomp"])
    assert not all(probe["stopped"] for probe in seen["probes"])
    accepted = guardagent_without("seccomp", "doctor", "--json", FLAG)
    states = {line["what"]: line["state"] for line in accepted.json["lines"]}
    assert (accepted.code, states["engine"], states["check"]) == (0, "missing", "ok")


def test_shadow_policies_need_workers_too(policy: Path) -> None:
    """Shadowing runs programs as enforcing does, so without any engine it is refused as well."""
    edit(policy / "request.md", "---\n", "---\nmode: shadow\n")
    assert guardagent_without("Landlock", "check", policy, "--event", "-", stdin=ALLOWED).code == 3
