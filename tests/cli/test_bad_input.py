"""Bad input: one clear line, the right exit code, and nothing half-written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.cli import guardagent
from tests.support.model_server import ModelServer, Reply, failure, garbage, never


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def change(file: str, old: str, new: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1))

    return apply


def remove(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


MALFORMED = [
    (change("request.md", "stages:", "stage:"), "request.md:3: unknown key `stage`; did you mean `stages`?"),
    (change("agent.yaml", "name:", "nmae:"), "agent.yaml:1: unknown key `nmae`; did you mean `name`?"),
    (change("agent.yaml", "enum:", "enum"), "agent.yaml:"),
    (change("examples.yaml", "expect: allow", "expect: perhaps"), "examples.yaml:6: `0.expect`"),
    (remove("request.md"), "request.md: there is no such file"),
    (remove("agent.yaml"), "agent.yaml"),
]


@pytest.mark.parametrize(("broken", "said"), MALFORMED)
def test_a_malformed_folder(policy: Path, broken: Callable[[Path], None], said: str) -> None:
    broken(policy)
    before = snapshot(policy)
    ended = guardagent("compile", policy)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.error_line
    assert snapshot(policy) == before


def test_every_command_says_the_same_of_a_malformed_folder(policy: Path) -> None:
    MALFORMED[0][0](policy)
    said = {
        guardagent(*command, stdin="{}")
        for command in (["compile", policy], ["test", policy], ["check", policy, "--event", "-"])
    }
    assert len(said) == 1


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (change("request.md", "exceed 100", "exceed 900"), "request.md was changed after the last compile"),
        (change("compiled/check.py", "> limit", "> limit + 900"), "check.py: was edited after the last compile"),
        (change("compiled/lock.json", "{", ""), "lock.json: not valid JSON"),
        (remove("compiled/report.json"), "report.json: there is no such file"),
        (remove("compiled/lock.json"), "not compiled yet"),
    ],
)
def test_a_stale_or_edited_compile(policy: Path, broken: Callable[[Path], None], said: str) -> None:
    broken(policy)
    for command in (["check", policy, "--event", "-"], ["test", policy]):
        ended = guardagent(*command, stdin="{}")
        assert (ended.code, ended.out) == (2, "")
        assert said in ended.error_line


def test_places_that_are_not_there(policy: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    for arguments in (
        ["compile", nowhere],
        ["test", nowhere],
        ["check", nowhere, "--event", "-"],
        ["check", policy, "--event", nowhere],
        ["check", policy, "--event", tmp_path],
        ["init", policy],
        ["eval", "eicu-ac", "--data", nowhere],
    ):
        ended = guardagent(*arguments)
        assert (ended.code, ended.out) == (2, ""), arguments
        assert "`" in ended.error_line or ":" in ended.error_line


def test_a_folder_that_cannot_be_written(policy: Path) -> None:
    (policy / "compiled").rename(policy / "aside")
    (policy / "compiled").write_text("a file in the way")
    ended = guardagent("compile", policy)
    assert ended.code == 2
    assert "cannot be written" in ended.err.splitlines()[-1]
    assert sorted(path.name for path in policy.iterdir()) == [
        "agent.yaml", "aside", "compiled", "examples.yaml", "request.md",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "value"),
    [("REASONER", "gpt"), ("REQUEST_TIMEOUT_S", "soon"), ("MAX_RETRIES", "-1"), ("DEADLINE_MS", "0")],
)
def test_a_wrong_setting(policy: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(f"GUARDAGENT_{variable}", value)
    for arguments in (["compile", policy], ["check", policy, "--event", "-"], ["doctor"]):
        ended = guardagent(*arguments, stdin="{}")
        assert (ended.code, ended.out) == (2, "")
        assert f"setting `GUARDAGENT_{variable}`" in ended.error_line


@pytest.mark.parametrize(
    ("set_", "missing"),
    [
        ({}, "`GUARDAGENT_BASE_URL` and `GUARDAGENT_MODEL`"),
        ({"MODEL": "m"}, "`GUARDAGENT_BASE_URL`"),
        ({"BASE_URL": "http://127.0.0.1:9/v1"}, "`GUARDAGENT_MODEL`"),
    ],
)
def test_no_endpoint(policy: Path, monkeypatch: pytest.MonkeyPatch, set_: dict[str, str], missing: str) -> None:
    for name, value in set_.items():
        monkeypatch.setenv(f"GUARDAGENT_{name}", value)
    before = snapshot(policy)
    ended = guardagent("compile", policy, "--reasoner", "openai")
    assert (ended.code, ended.out) == (2, "")
    assert f"no model endpoint: set {missing}" in ended.err.splitlines()[-1]
    assert snapshot(policy) == before


@pytest.mark.parametrize("reply", [failure(500), garbage(), never()], ids=["500", "garbage", "never"])
def test_an_endpoint_that_does_not_do_its_part(policy: Path, monkeypatch: pytest.MonkeyPatch, reply: Reply) -> None:
    with ModelServer(script=lambda _request: reply) as server:
        monkeypatch.setenv("GUARDAGENT_BASE_URL", server.base_url)
        monkeypatch.setenv("GUARDAGENT_MODEL", "scripted")
        monkeypatch.setenv("GUARDAGENT_REQUEST_TIMEOUT_S", "1.5")
        monkeypatch.setenv("GUARDAGENT_MAX_RETRIES", "1")
        before = snapshot(policy)
        ended = guardagent("compile", policy)
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.splitlines()[-1].startswith("guardagent: ")
    assert sum(line.startswith("guardagent: ") for line in ended.err.splitlines()) == 1
    assert "Traceback" not in ended.err
    assert snapshot(policy) == before


def test_usage_errors_have_exit_code_two() -> None:
    assert guardagent("no-such-command").code == 2
    assert guardagent("check").code == 2
    assert guardagent("compile", "x", "--reasoner").code == 2
