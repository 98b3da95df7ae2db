"""The only place that builds real objects: everything else is handed what it needs.

Heavy packages are imported by the function that needs them, so that a command pays for what it uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from guardagent.errors import SettingsError
from guardagent.ports import CheckRunner, DecisionLog, DemonstrationStore, Embedder, FactResolver, Reasoner
from guardagent.settings import Settings, load_settings
from guardagent.types import Policy

if TYPE_CHECKING:
    from guardagent.facts import Ask
    from guardagent.guard import Guard
    from guardagent.reasoners.endpoint import Endpoint
    from guardagent.translation.translator import Translator
    from guardagent_toolbox.sandbox import Sandbox

UNSAFE = "the kernel sandbox was switched off (`unsafe_no_os_sandbox`)"


def build_runner(settings: Settings) -> Sandbox:
    """The confined workers; they are started with the first program.

    Raises:
        SandboxError: this machine cannot confine them and the settings do not waive it.
    """
    from guardagent_toolbox.sandbox import Sandbox
    from guardagent_toolbox.sandbox.limits import Limits

    limits = Limits() if settings.deadline_ms is None else Limits(wall_ms=settings.deadline_ms)
    return Sandbox(limits=limits, unsafe_no_os_sandbox=settings.unsafe_no_os_sandbox)


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

        return OfflineReasoner()
    from guardagent.reasoners.openai import OpenAIReasoner

    return OpenAIReasoner(_endpoint(settings, settings.model, "model"))


def build_facts(settings: Settings, embedder: Embedder | None = None) -> FactResolver:
    """The resolver of facts; judgement facts are asked of the configured model, if there is one."""
    from guardagent.facts import Resolver

    return Resolver(embedder or build_embedder(settings), _ask(settings))


def build_translator(settings: Settings, runner: CheckRunner, *, leave_nothing: bool = False) -> Translator:
    """The compile graph with the reasoner, toolbox and memory of the settings.

    With `leave_nothing` no file is written: the memory holds what is shipped, and a compile cannot be resumed.
    """
    from guardagent.translation.translator import Translator
    from guardagent_toolbox.docs import tool_docs
    from guardagent_toolbox.registry import TOOLBOX_VERSION

    embedder = build_embedder(settings)
    return Translator(
        reasoner=build_reasoner(settings),
        runner=runner,
        facts=build_facts(settings, embedder),
        demonstrations=_shipped_only(embedder) if leave_nothing else build_demonstrations(settings, embedder),
        tools=tool_docs(),
        toolbox_version=TOOLBOX_VERSION,
        checkpoint=None if leave_nothing else settings.checkpoint_path,
    )


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
    """A guard over these policies."""
    from guardagent.guard import Guard

    notes: Sequence[str] = (UNSAFE,) if settings.unsafe_no_os_sandbox else ()
    return Guard(
        policies=policies, runner=runner, facts=build_facts(settings), log=log, notes=notes, translator=translator
    )


@contextmanager
def open_guard(
    *folders: Path | str, settings: Settings | None = None, log: DecisionLog | None = None
) -> Iterator[Guard]:
    """A guard over compiled policy folders, with workers that end when the block does."""
    settings = settings or load_settings()
    with build_runner(settings) as runner:
        yield build_guard(settings, load_policies(map(Path, folders), runner), runner, log=log)


def _ask(settings: Settings) -> Ask | None:
    if not (settings.base_url and settings.model):
        return None
    return _endpoint(settings, settings.model, "model").ask


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
