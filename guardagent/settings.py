"""Settings: what differs from machine to machine, read from GUARDAGENT_* in the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from guardagent.errors import SettingsError

PREFIX = "GUARDAGENT_"
# Read elsewhere: by the command line and by the tests.
_OTHERS = ("GUARDAGENT_DEBUG", "GUARDAGENT_DATA")

ReasonerChoice = Literal["auto", "offline", "openai"]
EngineChoice = Literal["auto", "kernel", "monty"]
SecondOpinionChoice = Literal["auto", "off", "require"]


def _below(variable: str, usual: str, name: str) -> Path:
    base = os.environ.get(variable, "")
    # The XDG rules: a relative path counts as none.
    return (Path(base) if base.startswith("/") else Path.home() / usual) / "guardagent" / name


class Settings(BaseSettings):
    """Every setting; each is read from the environment variable of its name with `GUARDAGENT_` before it."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, protected_namespaces=()
    )

    reasoner: ReasonerChoice = Field(
        default="auto",
        description="Who translates: `auto` is `openai` when base_url and model are set, else `offline`.",
    )
    base_url: str = Field(default="", description="An OpenAI-compatible endpoint, e.g. http://localhost:8000/v1.")
    api_key: SecretStr = Field(default=SecretStr(""), description="Its key; empty for an endpoint that wants none.")
    model: str = Field(default="", description="The model that translates, and that answers judgement facts.")
    embedding_model: str = Field(default="", description="The model for vectors; empty: the built-in embedder.")
    request_timeout_s: float = Field(default=180.0, gt=0, le=3600, description="Limit of one model call, all told.")
    max_retries: int = Field(default=3, ge=0, le=10, description="Repeats of a refused or broken model call.")
    memory_path: Path = Field(
        default_factory=lambda: _below("XDG_DATA_HOME", ".local/share", "memory.sqlite"),
        description="The file of the demonstrations.",
    )
    checkpoint_path: Path = Field(
        default_factory=lambda: _below("XDG_CACHE_HOME", ".cache", "compiles.sqlite"),
        description="The file from which an interrupted compile resumes.",
    )
    deadline_ms: int | None = Field(
        default=None, ge=1, le=60_000, description="Wall-clock limit of one program run; empty: the sandbox's own."
    )
    engine: EngineChoice = Field(
        default="auto",
        description="What runs programs: `kernel` is workers that the kernel confines, `monty` an interpreter that "
        "only its language holds, `auto` is `kernel` where the kernel can, else `monty` if it is installed.",
    )
    second_opinion: SecondOpinionChoice = Field(
        default="auto",
        description="Whether a compile also tries each program in Monty and refuses one on which the two engines "
        "differ: `auto` where Monty is installed, `require` fails without it, `off` never.",
    )
    unsafe_no_os_sandbox: bool = Field(
        default=False,
        description="Run programs and enforce policies where the kernel cannot confine them. Every decision then says "
        "so.",
    )

    @property
    def chosen_reasoner(self) -> Literal["offline", "openai"]:
        """The reasoner that is meant, with `auto` resolved."""
        if self.reasoner == "auto":
            return "openai" if self.base_url and self.model else "offline"
        return self.reasoner


def load_settings(**changes: Any) -> Settings:
    """The settings of this environment; `changes` that are not None win.

    Raises:
        SettingsError: a value is wrong; one line that names the variable, never its value.
    """
    try:
        return Settings(**{name: value for name, value in changes.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        raise SettingsError(f"setting `{PREFIX}{name.upper()}`: {first['msg'].lower()}") from None


def unknown_settings(environment: Mapping[str, str]) -> tuple[str, ...]:
    """One line for each GUARDAGENT_* variable that nothing reads."""
    known = [*_OTHERS, *(PREFIX + name.upper() for name in Settings.model_fields)]
    lines = []
    for name in sorted(environment):
        if name.startswith(PREFIX) and name.upper() not in known:
            near = get_close_matches(name, known, n=1)
            lines.append(f"`{name}` is not a setting" + (f"; did you mean `{near[0]}`?" if near else ""))
    return tuple(lines)
