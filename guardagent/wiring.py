"""The only place that builds real objects; everything else is handed what it needs. `engines` builds the runner.

Heavy packages are imported by the function that needs them, so that a command pays for what it uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from guardagent.engines import boot_check, build_runner, notes_of, require_confinement, unsafe_notes
from guardagent.errors import SettingsError
from guardagent.ports import CheckRunner, DecisionLog, DemonstrationStore, Embedder, FactResolver, Reasoner
from guardagent.settings import Settings, load_settings
from guardagent.types import Policy

if TYPE_CHECKING:
    from guardagent.facts import Judge
    from guardagent.guard import Guard
    from guardagent.reasoners.endpoint import Endpoint
    from guardagent.translation.second import Second
    from guardagent.translation.translator import Translator


def build_embedder(settings: Settings) -> Embedder:
    """The embedder of the endpoint if an embedding model is set, else the built-in one, which needs no download."""
    if settings.embedding_model:
        from guardagent.reasoners.embeddings import EndpointEmbedder

        return EndpointEmbedder(_endpoint(settings, settings.embedding_model, "embedding_model"))
    from guardagent_memory.embed import HashingEmbedder

    return HashingEmbedder()


def build_demonstrations(settings: Settings, embedder: Embedder | None = None) -> DemonstrationStore:
    """The demonstrations in the file of the settings, with the shipped ones."""
    from guardagent_memory.store import SqliteDemonstrations

    return SqliteDemonstrations(settings.memory_path, embedder or build_embedder(settings))


def build_reasoner(settings: Settings) -> Reasoner:
    """The reasoner that the settings choose.

    Raises:
        SettingsError: `openai` is chosen without a model or base_url.
    """
    if settings.chosen_reasoner == "offline":
        from guardagent.reasoners.offline import OfflineReasoner
        from guardagent_toolbox.registry import functions

        return OfflineReasoner(tools=functions())
    from guardagent.reasoners.openai import OpenAIReasoner

    return OpenAIReasoner(_endpoint(settings, settings.model, "model"))


def build_facts(settings: Settings, embedder: Embedder | None = None) -> FactResolver:
    """The resolver of facts; judgement facts are asked of the configured model, if there is one."""
    from guardagent.facts import Resolver
    from guardagent_toolbox.tools.text import fold

    return Resolver(embedder or build_embedder(settings), _judge(settings), fold=fold)


def build_translator(settings: Settings, runner: CheckRunner, *, leave_nothing: bool = False) -> Translator:
    """The compile graph with the reasoner, toolbox and memory of the settings.

    With `leave_nothing` no file is written: the memory holds what is shipped, and a compile cannot be resumed.
    """
    from guardagent.translation.translator import Translator
    from guardagent_toolbox.docs import tool_docs
    from guardagent_toolbox.registry import TOOLBOX_VERSION

    second = build_second(settings, runner)
    embedder = build_embedder(settings)
    return Translator(
        reasoner=build_reasoner(settings),
        runner=runner,
        facts=build_facts(settings, embedder),
        demonstrations=_shipped_only(embedder) if leave_nothing else build_demonstrations(settings, embedder),
        tools=tool_docs(),
        toolbox_version=TOOLBOX_VERSION,
        checkpoint=None if leave_nothing else settings.checkpoint_path,
        second=second,
    )


def build_second(settings: Settings, runner: CheckRunner) -> Second | None:
    """The engine that a compile asks for a second opinion; None when there is none, or the settings want none.

    Raises:
        SettingsError: a second opinion is required and cannot be had.
    """
    from guardagent.translation.second import Second
    from guardagent_toolbox import monty

    if settings.second_opinion == "off":
        return None
    required = settings.second_opinion == "require"
    reason = ""
    if not monty.is_installed():
        reason = "the package `pydantic-monty` is missing: `pip install 'guardagent[monty]'`"
    elif monty.is_one(runner):
        reason = "programs run in Monty already, and there is no third engine"
    if reason and required:
        raise SettingsError(f"`GUARDAGENT_SECOND_OPINION` is `require`, but {reason}, or set it to `auto`")
    return None if reason else Second("monty", monty.second_engine, required)


def _shipped_only(embedder: Embedder) -> DemonstrationStore:
    from guardagent_memory.fake import InMemoryDemonstrations
    from guardagent_memory.shipped import package_shipment

    return InMemoryDemonstrations(package_shipment().load(), embedder=embedder)


def load_policies(folders: Iterable[Path], runner: CheckRunner) -> tuple[Policy, ...]:
    """The compiled policies of folders, for the toolbox of this installation.

    Raises:
        PolicyError: one is not compiled, stale, edited by hand, or may not be published.
    """
    from guardagent.policyfile import load_policy
    from guardagent_toolbox.registry import TOOLBOX_VERSION

    return tuple(load_policy(folder, runner, toolbox_version=TOOLBOX_VERSION) for folder in folders)


def build_guard(
    settings: Settings,
    policies: Iterable[Policy],
    runner: CheckRunner,
    *,
    log: DecisionLog | None = None,
    translator: Translator | None = None,
) -> Guard:
    """A guard over these policies.

    Raises:
        UnconfinedError: one of them is in mode `enforce`, and the runner may not enforce it on this machine.
        PolicyError: two share a name, or one would allow everything.
    """
    from guardagent.guard import Guard

    held = tuple(policies)
    require_confinement(settings, held, runner)
    return Guard(
        policies=held,
        runner=runner,
        facts=build_facts(settings),
        log=log,
        notes=unsafe_notes(settings),
        translator=translator,
    )


@contextmanager
def open_guard(
    *folders: Path | str, settings: Settings | None = None, log: DecisionLog | None = None
) -> Iterator[Guard]:
    """A guard over compiled policy folders, with workers that end when the block does."""
    settings = settings or load_settings()
    with build_runner(settings) as runner:
        yield build_guard(settings, load_policies(map(Path, folders), runner), runner, log=log)


def _judge(settings: Settings) -> Judge | None:
    if not (settings.base_url and settings.model):
        return None
    from guardagent.facts import Judge

    return Judge(_endpoint(settings, settings.model, "model"))


def _endpoint(settings: Settings, model: str, needed: str) -> Endpoint:
    missing = [name for name, value in (("base_url", settings.base_url), (needed, model)) if not value]
    if missing:
        names = " and ".join(f"`GUARDAGENT_{name.upper()}`" for name in missing)
        raise SettingsError(f"no model endpoint: set {names}, or use `--reasoner offline`, which needs no model")
    from guardagent.reasoners.endpoint import Endpoint

    return Endpoint(
        settings.base_url,
        settings.api_key.get_secret_value(),
        model,
        timeout=settings.request_timeout_s,
        max_retries=settings.max_retries,
    )


__all__ = [
    "boot_check",
    "build_demonstrations",
    "build_embedder",
    "build_facts",
    "build_guard",
    "build_reasoner",
    "build_runner",
    "build_second",
    "build_translator",
    "load_policies",
    "notes_of",
    "open_guard",
]
