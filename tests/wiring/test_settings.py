"""Settings: read from the environment, wrong ones named in one line, secrets kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from guardagent.errors import SettingsError
from guardagent.settings import Settings, load_settings, unknown_settings


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"GUARDAGENT_{name.upper()}", raising=False)
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def test_without_an_environment_everything_is_offline(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.chosen_reasoner == "offline"
    assert not settings.unsafe_no_os_sandbox
    assert settings.memory_path == tmp_path / ".local/share/guardagent/memory.sqlite"
    assert settings.checkpoint_path == tmp_path / ".cache/guardagent/compiles.sqlite"


def test_files_go_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative counts as none")
    assert load_settings().memory_path == Path("/data/guardagent/memory.sqlite")
    assert load_settings().checkpoint_path.parts[-3:] == (".cache", "guardagent", "compiles.sqlite")
    monkeypatch.setenv("GUARDAGENT_MEMORY_PATH", "mine.sqlite")
    assert load_settings().memory_path == Path("mine.sqlite")


@pytest.mark.parametrize(
    ("environment", "chosen"),
    [
        ({"BASE_URL": "http://x/v1", "MODEL": "m"}, "openai"),
        ({"BASE_URL": "http://x/v1"}, "offline"),
        ({"BASE_URL": "http://x/v1", "MODEL": "m", "REASONER": "offline"}, "offline"),
        ({"REASONER": "openai"}, "openai"),
        ({"REASONER": ""}, "offline"),
    ],
)
def test_auto_is_openai_exactly_when_an_endpoint_is_set(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], chosen: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(f"GUARDAGENT_{name}", value)
    assert load_settings().chosen_reasoner == chosen


def test_what_the_command_line_says_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUARDAGENT_REASONER", "openai")
    assert load_settings(reasoner="offline").reasoner == "offline"
    assert load_settings(reasoner=None).reasoner == "openai"


def test_the_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUARDAGENT_API_KEY", "sk-hush")
    settings = load_settings()
    assert settings.api_key.get_secret_value() == "sk-hush"
    assert "sk-hush" not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REASONER", "sk-hush"),
        ("MAX_RETRIES", "sk-hush"),
        ("REQUEST_TIMEOUT_S", "0"),
        ("UNSAFE_NO_OS_SANDBOX", "sk-hush"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable_only(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(f"GUARDAGENT_{variable}", value)
    with pytest.raises(SettingsError, match=rf"^setting `GUARDAGENT_{variable}`: [^\n]+$") as caught:
        load_settings()
    assert "sk-hush" not in str(caught.value)


def test_variables_that_nothing_reads_are_noticed() -> None:
    found = unknown_settings({"GUARDAGENT_MODLE": "m", "GUARDAGENT_MODEL": "m", "GUARDAGENT_DEBUG": "1", "HOME": "/"})
    assert found == ("`GUARDAGENT_MODLE` is not a setting; did you mean `GUARDAGENT_MODEL`?",)
