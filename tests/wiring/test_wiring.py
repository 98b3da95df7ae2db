"""Wiring: which real parts the settings come to."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from guardagent.engines import UNSAFE
from guardagent.errors import PolicyError, SettingsError
from guardagent.settings import Settings, load_settings
from guardagent.wiring import (
    build_demonstrations,
    build_embedder,
    build_facts,
    build_guard,
    build_reasoner,
    build_runner,
    build_second,
    build_translator,
    open_guard,
)
from tests.core.test_guard import EVENT, policy
from tests.support.runners import ScriptedRunner

ENDPOINT = {"base_url": "http://127.0.0.1:9/v1", "model": "m"}


def settings(tmp_path: Path, **changes: object) -> Settings:
    return load_settings(memory_path=tmp_path / "memory.sqlite", **changes)


def test_offline_parts_need_no_endpoint(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    assert build_reasoner(chosen).name == "offline"
    assert build_embedder(chosen).name.startswith("hashing")
    assert len(build_demonstrations(chosen).list()) >= 10
    assert build_facts(chosen).judged_at == "nowhere, as no model endpoint is configured"


def test_endpoint_parts_are_built_without_asking_the_endpoint(tmp_path: Path) -> None:
    chosen = settings(tmp_path, **ENDPOINT, embedding_model="e")
    assert build_reasoner(chosen).name == "openai:m"
    assert build_embedder(chosen).name == "openai:e"


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"reasoner": "openai"}, "`GUARDAGENT_BASE_URL` and `GUARDAGENT_MODEL`"),
        ({"reasoner": "openai", "model": "m"}, "set `GUARDAGENT_BASE_URL`,"),
        ({"reasoner": "openai", "base_url": "http://x/v1"}, "set `GUARDAGENT_MODEL`,"),
    ],
)
def test_a_model_without_an_endpoint_is_one_line(tmp_path: Path, changes: dict[str, str], missing: str) -> None:
    with pytest.raises(SettingsError, match=r"^no model endpoint: set") as caught:
        build_reasoner(settings(tmp_path, **changes))
    assert missing in str(caught.value)


def test_vectors_without_an_endpoint_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="set `GUARDAGENT_BASE_URL`"):
        build_embedder(settings(tmp_path, embedding_model="e"))


def test_a_sandbox_that_was_switched_off_is_said_with_every_decision(tmp_path: Path) -> None:
    chosen = settings(tmp_path, unsafe_no_os_sandbox=True)
    decision = build_guard(chosen, [policy()], ScriptedRunner()).check(EVENT)
    assert UNSAFE in decision.notes


def test_a_real_runner_is_confined_by_the_kernel(tmp_path: Path) -> None:
    with build_runner(settings(tmp_path)) as runner:
        assert runner.confinement == "kernel"


def test_a_guard_over_folders_refuses_one_that_is_not_compiled(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no such folder"), open_guard(tmp_path / "nowhere"):
        pass


def test_a_compile_asks_the_second_engine_where_it_is_installed(tmp_path: Path) -> None:
    second = build_second(settings(tmp_path), ScriptedRunner())
    assert second is not None
    assert (second.name, second.required) == ("monty", False)
    with closing(second.open()) as engine:
        assert engine.confinement == "language"


def test_nobody_is_asked_when_the_settings_say_so_or_programs_run_in_monty_already(tmp_path: Path) -> None:
    assert build_second(settings(tmp_path, second_opinion="off"), ScriptedRunner()) is None
    with build_runner(settings(tmp_path, engine="monty")) as runner:
        assert build_second(settings(tmp_path), runner) is None
        with pytest.raises(SettingsError, match="there is no third engine, or set it to `auto`"):
            build_second(settings(tmp_path, second_opinion="require"), runner)


def test_a_required_second_opinion_that_cannot_be_had_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guardagent_toolbox.monty.is_installed", lambda: False)
    chosen = settings(tmp_path, second_opinion="require")
    with pytest.raises(SettingsError, match=r"`pydantic-monty` is missing: `pip install 'guardagent\[monty\]'`"):
        build_translator(chosen, ScriptedRunner(), leave_nothing=True)
    assert build_second(settings(tmp_path), ScriptedRunner()) is None


def test_an_unknown_choice_of_second_opinion_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="GUARDAGENT_SECOND_OPINION"):
        settings(tmp_path, second_opinion="maybe")
