"""`guardagent doctor`: what works on this machine, what is missing, and how to get it."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from time import perf_counter
from typing import TYPE_CHECKING, Literal, NamedTuple

import typer

import guardagent
from guardagent.cli import output
from guardagent.cli.compiling import JsonOption
from guardagent.cli.console import ALLOWED, GUARD_FAILED
from guardagent.cli.options import UnsafeOption
from guardagent.errors import GuardAgentError

if TYPE_CHECKING:
    from guardagent.ports import CheckRunner
    from guardagent.settings import Settings
    from guardagent_toolbox.sandbox.selftest import Probe, SelfTest

_STYLES = {"ok": "", "missing": "yellow", "broken": "bold red"}
_PROBE = "def clause_c1(event, facts):\n    if event['stage'] != 'input':\n        return violation('no')\n"
_RUNS = 200
_KERNEL = "use Linux 5.13 or newer on x86-64 or arm64, outside of containers that forbid seccomp or Landlock"


class Line(NamedTuple):
    """One thing that was looked at."""

    what: str
    state: Literal["ok", "missing", "broken"]
    found: str
    advice: str = ""


class _Seen(NamedTuple):
    """What every look is given."""

    settings: Settings
    self_test: SelfTest


def doctor(as_json: JsonOption = False, unsafe: UnsafeOption = None) -> None:
    """Say what works here and what is missing.

    Tries assumed escapes in throw-away workers. Exit code 0: policies can be enforced; 3: something that is needed for
    it is broken.
    """
    from guardagent.engines import try_out
    from guardagent.settings import load_settings

    settings = load_settings(unsafe_no_os_sandbox=unsafe)
    seen = _Seen(settings, try_out(settings))
    lines = [line for look in _LOOKS for line in _look(look, seen)]
    broken = [line for line in lines if line.state == "broken"]
    if as_json:
        shown = [line._asdict() for line in lines]
        output.say_json({"ok": not broken, "lines": shown, "self_test": seen.self_test.as_json()})
    else:
        _show_probes(seen.self_test.probes)
        made = output.table("", "state", "found", "what to do")
        for line in lines:
            output.add_row(made, (line.what, line.state, line.found, line.advice), style=_STYLES[line.state])
        output.show(made)
    raise typer.Exit(GUARD_FAILED if broken else ALLOWED)


def _show_probes(probes: Iterable[Probe]) -> None:
    made = output.table("assumed escape", "stopped", "by")
    for probe in probes:
        cells = (probe.name, "yes" if probe.stopped else "NO", output.one_line(probe.outcome))
        output.add_row(made, cells, style="" if probe.stopped else "bold red")
    if made.rows:
        output.show(made)


def _look(look: Callable[[_Seen], Iterator[Line]], seen: _Seen) -> Iterator[Line]:
    """The lines of one look; an error of it is a line, too."""
    try:
        yield from look(seen)
    except GuardAgentError as error:
        yield Line(look.__name__.strip("_"), "broken", output.one_line(str(error)))


def _program(_seen: _Seen) -> Iterator[Line]:
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    yield Line("guardagent", "ok", f"{guardagent.__version__}, Python {platform.python_version()}, {system}")


def _engine(seen: _Seen) -> Iterator[Line]:
    from guardagent.engines import refusal

    found = seen.self_test
    problem = refusal(seen.settings, found)
    if problem:
        yield Line("engine", "broken", f"{found.engine}, and policies cannot be enforced", problem)
    elif found.engine == "monty":
        yield Line("engine", "missing", "monty, held by its language only, which was accepted", _KERNEL)
    elif not found.confined:
        yield Line("engine", "missing", "kernel, but workers are not confined, which was accepted", _KERNEL)
    else:
        yield Line("engine", "ok", "kernel: workers that the kernel confines")


def _sandbox(seen: _Seen) -> Iterator[Line]:
    found = seen.self_test
    lacks: Literal["broken", "missing"] = "missing" if seen.settings.unsafe_no_os_sandbox else "broken"
    if found.problem:
        yield Line("sandbox", lacks, found.problem, _KERNEL)
        return
    layers = found.layers
    missing = ", ".join(layers.missing)
    if missing:
        yield Line("sandbox", lacks, f"workers run without {missing}: only the language holds them", _KERNEL)
    else:
        held = f"Landlock (ABI {layers.landlock_abi}), seccomp (filter for {found.machine}), rlimits, no privileges"
        yield Line("sandbox", "ok", f"{held}, user {layers.uid}")
    stopped = f"{len(found.probes) - len(found.escapes)} of {len(found.probes)} escapes stopped"
    yield Line("self-test", lacks if found.escapes else "ok", stopped, _KERNEL if found.escapes else "")


def _second_engine(seen: _Seen) -> Iterator[Line]:
    from guardagent_toolbox import monty

    choice = seen.settings.second_opinion
    if not monty.is_installed():
        state: Literal["broken", "missing"] = "broken" if choice == "require" else "missing"
        advice = (
            "pip install 'guardagent[monty]'. For second opinions, and machines whose kernel cannot confine workers"
        )
        yield Line("second engine", state, "package pydantic-monty", advice)
        return
    with monty.second_engine() as runner:
        tried = _timed_check(runner)
    used = "not asked for second opinions" if choice == "off" else "asked for a second opinion by every compile"
    found = f"monty {version('pydantic-monty')}, {used}: {tried.found}"
    yield tried._replace(what="second engine", found=found)


def _check(seen: _Seen) -> Iterator[Line]:
    from guardagent.wiring import build_runner

    with build_runner(seen.settings) as runner:
        yield _timed_check(runner)


def _timed_check(runner: CheckRunner) -> Line:
    """A program, compiled and run by the engine."""
    from guardagent.ports import RunCase
    from guardagent.types import Program

    program = Program.of(runner.inspect(_PROBE), toolbox_version="")
    case = RunCase('{"agent":"doctor","stage":"output"}')
    seconds: list[float] = []
    for _ in range(_RUNS):
        started = perf_counter()
        (result,) = runner.run(program, [case])
        seconds.append(perf_counter() - started)
        if [answer.outcome for answer in result.answers] != ["violation"]:
            return Line("check", "broken", "the engine does not answer as it should", "report this")
    return Line("check", "ok", f"{sorted(seconds)[_RUNS // 2] * 1e6:.0f} µs (p50) for one event")


def _reasoner(seen: _Seen) -> Iterator[Line]:
    from guardagent.wiring import build_reasoner

    name = build_reasoner(seen.settings).name
    if seen.settings.chosen_reasoner == "offline":
        advice = "set GUARDAGENT_BASE_URL, GUARDAGENT_MODEL (and GUARDAGENT_API_KEY) to translate with a model"
        yield Line("reasoner", "ok", f"{name}: structured English, no model", advice)
    else:
        key = "with a key" if seen.settings.api_key.get_secret_value() else "without a key"
        yield Line("reasoner", "ok", f"{name} at {seen.settings.base_url}, {key}")


def _embedder(seen: _Seen) -> Iterator[Line]:
    from guardagent.wiring import build_embedder

    yield Line("embedder", "ok", build_embedder(seen.settings).name)


def _memory(seen: _Seen) -> Iterator[Line]:
    from guardagent.wiring import build_demonstrations

    count = len(build_demonstrations(seen.settings).list())
    yield Line("memory", "ok", f"{count} demonstrations in {seen.settings.memory_path}")


def _toolbox(_seen: _Seen) -> Iterator[Line]:
    from guardagent_toolbox.registry import TOOLBOX_VERSION, catalogue

    tools = catalogue().values()
    foreign = sorted({tool.origin for tool in tools} - {"guardagent"})
    yield Line(
        "toolbox", "ok", f"{len(tools)} tools, version {TOOLBOX_VERSION}, also from: {', '.join(foreign) or '-'}"
    )


def _extras(_seen: _Seen) -> Iterator[Line]:
    extras = (
        ("inspect-evals", "Mind2Web-SC", "eval", "`guardagent eval` can also read a folder: --data DIR"),
        ("matplotlib", "plots", "plots", ""),
    )
    for package, what, extra, otherwise in extras:
        if find_spec(package.replace("-", "_")):
            yield Line(what, "ok", f"package {package} {version(package)} is installed")
        else:
            yield Line(what, "missing", f"package {package}", f"pip install 'guardagent[{extra}]'. {otherwise}".strip())


def _environment(_seen: _Seen) -> Iterator[Line]:
    from guardagent.settings import unknown_settings

    for line in unknown_settings(os.environ):
        yield Line("setting", "missing", line, "see README, section Settings")


_LOOKS = (
    _program,
    _engine,
    _sandbox,
    _check,
    _reasoner,
    _embedder,
    _memory,
    _toolbox,
    _second_engine,
    _extras,
    _environment,
)
