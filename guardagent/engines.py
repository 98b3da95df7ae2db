"""Which engine runs guard programs on this machine, and whether policies may be enforced by it.

Confined workers run them wherever the kernel can hold them. Where it lacks a layer, the extra `monty` has an engine
that is held by its language only: good enough to compile, to test and to shadow. Policies in mode `enforce` are
refused there unless `unsafe_no_os_sandbox` accepts it, and then every decision says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from guardagent.errors import SandboxError, UnconfinedError
from guardagent.guard import confinement_notes

if TYPE_CHECKING:
    from guardagent.ports import CheckRunner
    from guardagent.settings import Settings
    from guardagent.types import Policy
    from guardagent_toolbox.monty import MontyRunner
    from guardagent_toolbox.sandbox import Sandbox
    from guardagent_toolbox.sandbox.selftest import SelfTest

    Runner = Sandbox | MontyRunner

UNSAFE = "`unsafe_no_os_sandbox` is set: programs may run without the kernel's confinement"

_LINUX = "use Linux 5.13 or later with Landlock and seccomp"
_ACCEPT = "accept the risk with `--unsafe-no-os-sandbox`, which every decision then mentions"
_EXTRA = "`pip install 'guardagent[monty]'` for an engine that is held by its language only"
_NO_MONTY = "the engine `monty` needs a package that is not installed: `pip install 'guardagent[monty]'`"


def build_runner(settings: Settings) -> Runner:
    """The engine that the settings come to; workers are started with the first program.

    Raises:
        UnconfinedError: the kernel lacks a layer, Monty is no way out, and the settings do not accept that.
        SandboxError: the engine cannot be started.
    """
    if settings.engine == "monty":
        return _monty(settings)
    try:
        return _workers(settings)
    except UnconfinedError as error:
        if _falls_back(settings):
            return _monty(settings)
        if not settings.unsafe_no_os_sandbox:
            raise UnconfinedError(_no_engine(error.missing), missing=error.missing) from None
    return _workers(settings, unsafe=True)


def require_confinement(settings: Settings, policies: Iterable[Policy], runner: CheckRunner) -> None:
    """Passes when the runner may enforce these policies.

    Raises:
        UnconfinedError: one is in mode `enforce`, no kernel holds its program, and the settings do not accept that.
    """
    if runner.confinement == "kernel" or settings.unsafe_no_os_sandbox:
        return
    enforced = next((policy.name for policy in policies if policy.mode == "enforce"), None)
    if enforced is not None:
        raise UnconfinedError(
            f"policy `{enforced}` is in mode `enforce`, but no kernel confines programs here (`{runner.confinement}`): "
            f"{_LINUX}, set `mode: shadow`, or {_ACCEPT}"
        )


def notes_of(settings: Settings, runner: CheckRunner) -> tuple[str, ...]:
    """What everything that comes of this runner must say about its confinement."""
    return (*unsafe_notes(settings), *confinement_notes(runner.confinement))


def unsafe_notes(settings: Settings) -> tuple[str, ...]:
    """The part of `notes_of` that the settings alone decide, whatever the kernel does."""
    return (UNSAFE,) if settings.unsafe_no_os_sandbox else ()


def boot_check(settings: Settings) -> SelfTest:
    """The self-test of the engine that the settings come to, for a service that is about to enforce policies.

    Raises:
        UnconfinedError: workers cannot be started; or a layer is missing or an escape was not stopped, and the
            settings do not accept that.
    """
    found = try_out(settings)
    problem = refusal(settings, found)
    if problem:
        raise UnconfinedError(problem, missing=found.layers.missing)
    return found


def try_out(settings: Settings) -> SelfTest:
    """What the self-test finds about the engine that the settings come to; the verdict is `refusal`'s."""
    from guardagent_toolbox.sandbox.selftest import self_test

    found = self_test()
    lacks_a_layer = found.system != "Linux" or (not found.problem and bool(found.layers.missing))
    if settings.engine == "monty" or (lacks_a_layer and _falls_back(settings)):
        return replace(found, engine="monty", problem="" if _has_monty() else _NO_MONTY)
    return found


def refusal(settings: Settings, found: SelfTest) -> str:
    """Why policies may not be enforced after this self-test, in one line; empty when they may."""
    if found.confined:
        return ""
    if found.problem:
        return found.problem
    if settings.unsafe_no_os_sandbox:
        return ""
    if found.engine == "monty":
        return f"the engine `monty` is held by its language only: {_LINUX}, or {_ACCEPT}"
    if found.layers.missing:
        return _no_engine(found.layers.missing)
    first = found.escapes[0]
    return f"the escape `{first.name}` was not stopped ({first.outcome}): {_LINUX}, or {_ACCEPT}"


def _no_engine(missing: Iterable[str]) -> str:
    layers = ", ".join(missing)
    return f"this machine cannot confine guard programs by the kernel (no {layers}): {_LINUX}, {_EXTRA}, or {_ACCEPT}"


def _falls_back(settings: Settings) -> bool:
    return settings.engine == "auto" and _has_monty()


def _has_monty() -> bool:
    from guardagent_toolbox import monty

    return monty.is_installed()


def _workers(settings: Settings, *, unsafe: bool = False) -> Sandbox:
    from guardagent_toolbox.sandbox import Sandbox
    from guardagent_toolbox.sandbox.limits import Limits

    limits = Limits() if settings.deadline_ms is None else Limits(wall_ms=settings.deadline_ms)
    return Sandbox(limits=limits, unsafe_no_os_sandbox=unsafe)


def _monty(settings: Settings) -> MontyRunner:
    if not _has_monty():
        raise SandboxError(_NO_MONTY)
    from guardagent_toolbox.monty import MontyLimits, MontyRunner

    limits = MontyLimits() if settings.deadline_ms is None else MontyLimits(wall_ms=settings.deadline_ms)
    return MontyRunner(limits)
