"""Which engine runs programs, and where policies are enforced: by the kernel, or where somebody accepted less."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from guardagent.engines import (
    UNSAFE,
    boot_check,
    build_runner,
    notes_of,
    refusal,
    require_confinement,
    try_out,
)
from guardagent.errors import GuardAgentError, SandboxError, UnconfinedError
from guardagent.settings import Settings, load_settings
from guardagent.types import Mode
from guardagent.wiring import build_guard
from guardagent_toolbox import monty
from guardagent_toolbox.sandbox.confine import Layers
from guardagent_toolbox.sandbox.selftest import Probe, SelfTest
from tests.core.test_guard import EVENT, policy
from tests.support.lesser_machine import answer_without
from tests.support.runners import ScriptedRunner

HELD = Layers(landlock_abi=7, seccomp=True, rlimits=True, privileges=True, uid=65_534)
NO_LANDLOCK = Layers(seccomp=True, rlimits=True, privileges=True)
STOPPED, GOT_OUT = Probe("fork", True, "killed"), Probe("fork", False, "got child 12")
UNCONFINED = "programs run without kernel confinement (`language`)"

needs_monty = pytest.mark.skipif(not monty.is_installed(), reason="the extra `monty` is not installed")


def found(layers: Layers = HELD, *probes: Probe, problem: str = "", engine: Any = "kernel") -> SelfTest:
    return SelfTest("Linux", "x86_64", "6.1", layers, probes or (STOPPED,), problem, engine)


@pytest.mark.parametrize("unsafe", [False, True])
@pytest.mark.parametrize("confinement", ["kernel", "language", "none"])
@pytest.mark.parametrize("mode", ["enforce", "shadow", "off"])
def test_only_mode_enforce_needs_the_kernel_or_the_flag(mode: Mode, confinement: str, unsafe: bool) -> None:
    settings, runner = load_settings(unsafe_no_os_sandbox=unsafe), ScriptedRunner(confinement=confinement)
    if mode == "enforce" and confinement != "kernel" and not unsafe:
        with pytest.raises(UnconfinedError, match=r"^policy `p1` is in mode `enforce`, but [^\n]+ `--unsafe-no-os-san"):
            build_guard(settings, [policy("off", mode="off"), policy("p1", mode=mode)], runner)
    else:
        require_confinement(settings, [policy(mode=mode)], runner)
        build_guard(settings, [policy(mode=mode)], runner)


def test_every_decision_says_what_does_not_hold() -> None:
    runner = ScriptedRunner(confinement="language")
    assert build_guard(load_settings(), [policy(mode="shadow")], runner).check(EVENT).notes == (UNCONFINED,)
    accepted = load_settings(unsafe_no_os_sandbox=True)
    assert build_guard(accepted, [policy()], runner).check(EVENT).notes == (UNSAFE, UNCONFINED)
    assert notes_of(accepted, runner) == (UNSAFE, UNCONFINED)
    assert notes_of(load_settings(), ScriptedRunner()) == ()


REFUSED: dict[str, tuple[SelfTest, dict[str, Any], str]] = {
    "no layer": (found(NO_LANDLOCK), {}, "(no Landlock): use Linux"),
    "an escape": (found(HELD, STOPPED, GOT_OUT), {}, "escape `fork` was not stopped (got child 12)"),
    "no workers": (found(Layers(), problem="no zygote"), {}, "no zygote"),
    "no workers, accepted": (found(Layers(), problem="no zygote"), {"unsafe_no_os_sandbox": True}, "no zygote"),
    "second engine": (found(NO_LANDLOCK, engine="monty"), {}, "`monty` is held by its language only"),
    "chosen second engine": (found(engine="monty"), {"engine": "monty"}, "`monty` is held by its language only"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_self_test_that_forbids_enforcement_says_why_in_one_line(case: str) -> None:
    seen, changes, reason = REFUSED[case]
    line = refusal(load_settings(**changes), seen)
    assert reason in line
    assert "\n" not in line
    assert not seen.confined


@pytest.mark.parametrize(
    ("seen", "unsafe"),
    [(found(), False), (found(NO_LANDLOCK), True), (found(HELD, GOT_OUT), True), (found(engine="monty"), True)],
)
def test_enforcement_needs_every_layer_and_every_escape_stopped_unless_accepted(seen: SelfTest, unsafe: bool) -> None:
    assert refusal(load_settings(unsafe_no_os_sandbox=unsafe), seen) == ""


def test_a_service_may_enforce_on_this_machine_and_gets_what_its_health_page_shows() -> None:
    seen = boot_check(load_settings())
    shown = json.loads(json.dumps(seen.as_json()))
    assert (shown["confined"], shown["engine"], shown["seccomp"], shown["problem"]) == (True, "kernel", "filter", "")
    assert shown["landlock_abi"] >= 1
    assert len(shown["probes"]) >= 20
    assert all(probe["stopped"] for probe in shown["probes"])


@needs_monty
def test_the_second_engine_can_be_chosen_where_the_kernel_would_confine() -> None:
    with pytest.raises(UnconfinedError, match="`monty` is held by its language only"):
        boot_check(load_settings(engine="monty"))
    with build_runner(load_settings(engine="monty")) as runner:
        assert runner.confinement == "language"


def made(settings: Settings) -> str:
    """The engine that is built, or the line of the error."""
    try:
        with build_runner(settings) as runner:
            return f"{type(runner).__name__} {runner.confinement}"
    except GuardAgentError as error:
        return f"{type(error).__name__}: {error}"


def booted(settings: Settings) -> str:
    """The engine that may enforce, or the line of the error."""
    try:
        return boot_check(settings).engine
    except GuardAgentError as error:
        return f"{type(error).__name__}: {error}"


def outcomes(*engines: str) -> dict[str, str]:
    """What each setting of these engines comes to in this process, on whatever machine it runs."""
    results: dict[str, str] = {}
    for engine in engines:
        for unsafe in (False, True):
            settings = load_settings(engine=engine, unsafe_no_os_sandbox=unsafe)
            name = engine + " unsafe" * unsafe
            results[name] = made(settings)
            if engine == "auto":
                results[f"boot {name}"] = booted(settings)
    return results


def outcomes_without(lacking: str, *engines: str, monty: bool) -> dict[str, str]:
    """The outcomes on a machine that lacks something."""
    code = f"import json; from tests.wiring.test_engines import outcomes; print(json.dumps(outcomes(*{engines})))"
    found: dict[str, str] = answer_without(lacking, code, monty=monty)
    return found


@pytest.mark.parametrize(("layer", "engines"), [("Landlock", ("auto", "kernel", "monty")), ("seccomp", ("auto",))])
def test_without_a_layer_and_without_monty_only_the_flag_runs_programs(layer: str, engines: tuple[str, ...]) -> None:
    results = outcomes_without(layer, *engines, monty=False)
    assert results["boot auto unsafe"] == "kernel"
    for refused in (results["auto"], results["boot auto"], results.get("kernel", results["auto"])):
        assert refused.startswith("UnconfinedError: this machine cannot confine guard programs")
        for choice in (f"(no {layer})", "Linux 5.13", "guardagent[monty]", "--unsafe-no-os-sandbox"):
            assert choice in refused
    for accepted in (results["auto unsafe"], results.get("kernel unsafe", "Sandbox language")):
        assert accepted == "Sandbox language"
    for unknown in (results[name] for name in results if name.startswith("monty")):
        assert unknown.startswith("SandboxError: the engine `monty` needs a package")


@needs_monty
def test_without_a_layer_monty_is_the_fallback_and_enforces_with_the_flag_only() -> None:
    results = outcomes_without("Landlock", "auto", "kernel", monty=True)
    assert results["auto"] == results["auto unsafe"] == "MontyRunner language"
    assert results["boot auto"].startswith("UnconfinedError: the engine `monty` is held by its language only")
    assert results["boot auto unsafe"] == "monty"
    assert results["kernel"].startswith("UnconfinedError: this machine cannot confine")
    assert results["kernel unsafe"] == "Sandbox language"


def test_an_engine_that_is_not_installed_is_refused_whatever_was_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydantic_monty", None)
    chosen = load_settings(engine="monty", unsafe_no_os_sandbox=True)
    for step in (boot_check, build_runner):
        with pytest.raises(SandboxError, match="needs a package that is not installed: `pip install"):
            step(chosen)


def test_another_system_than_linux_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    monkeypatch.setitem(sys.modules, "pydantic_monty", None)
    with pytest.raises(UnconfinedError, match=r"\(no Landlock, seccomp\)"):
        build_runner(load_settings())
    with pytest.raises(UnconfinedError, match="need Linux, and this is `Darwin`"):
        build_runner(load_settings(unsafe_no_os_sandbox=True))
    assert "need Linux" in try_out(load_settings()).problem


@needs_monty
def test_on_another_system_than_linux_monty_is_the_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    with build_runner(load_settings()) as runner:
        assert runner.confinement == "language"
    with pytest.raises(UnconfinedError, match="`monty` is held by its language only"):
        boot_check(load_settings())
    seen = boot_check(load_settings(unsafe_no_os_sandbox=True))
    assert (seen.system, seen.engine, seen.problem, seen.confined) == ("Darwin", "monty", "", False)


def test_nothing_but_a_missing_layer_is_a_reason_to_fall_back() -> None:
    """Whatever else stops the workers has to be mended."""
    results = outcomes_without("socket pairs", "auto", "kernel", monty=True)
    for name in ("auto", "auto unsafe", "kernel", "boot auto unsafe"):
        assert "Error: " in results[name]
        assert "no sequenced unix sockets" in results[name]
