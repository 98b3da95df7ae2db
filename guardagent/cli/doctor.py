"""`guardagent doctor`: what works on this machine, what is missing, and how to get it."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from time import perf_counter
from typing import TYPE_CHECKING, Literal, NamedTuple

import typer

import guardagent
from guardagent.cli import output
from guardagent.cli.compiling import JsonOption
from guardagent.cli.console import ALLOWED, GUARD_FAILED
from guardagent.errors import GuardAgentError

if TYPE_CHECKING:
    from guardagent.ports import CheckRunner
    from guardagent.settings import Settings

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


def doctor(as_json: JsonOption = False) -> None:
    """Say what works here and what is missing.

    Exit code 0: policies can be enforced; 3: something that is needed for it is broken.
    """
    from guardagent.settings import load_settings

    settings = load_settings()
    lines = [line for look in _LOOKS for line in _look(look, settings)]
    broken = [line for line in lines if line.state == "broken"]
    if as_json:
        output.say_json({"ok": not broken, "lines": [line._asdict() for line in lines]})
    else:
        made = output.table("", "state", "found", "what to do")
        for line in lines:
            output.add_row(made, (line.what, line.state, line.found, line.advice), style=_STYLES[line.state])
        output.show(made)
    raise typer.Exit(GUARD_FAILED if broken else ALLOWED)


def _look(look: Callable[[Settings], Iterator[Line]], settings: Settings) -> Iterator[Line]:
    """The lines of one look; an error of it is a line, too."""
    try:
        yield from look(settings)
    except GuardAgentError as error:
        yield Line(look.__name__.strip("_"), "broken", output.one_line(str(error)))


def _program(_settings: Settings) -> Iterator[Line]:
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    yield Line("guardagent", "ok", f"{guardagent.__version__}, Python {platform.python_version()}, {system}")


def _sandbox(_settings: Settings) -> Iterator[Line]:
    from guardagent_toolbox.sandbox import selftest

    found = selftest.probe()
    if found.problem:
        yield Line("sandbox", "broken", found.problem, _KERNEL)
        return
    layers = found.layers
    missing = ", ".join(layers.missing)
    if missing:
        yield Line("sandbox", "broken", f"workers run without {missing}: only the language holds them", _KERNEL)
    else:
        yield Line("sandbox", "ok", f"Landlock (ABI {layers.landlock_abi}), seccomp, rlimits, no privileges")
    for escape in found.escapes:
        yield Line("sandbox", "broken", f"escape `{escape.name}` was not stopped: {escape.outcome}", _KERNEL)
    yield Line(
        "self-test", "ok", f"{sum(probe.stopped for probe in found.probes)} of {len(found.probes)} escapes stopped"
    )


def _check(settings: Settings) -> Iterator[Line]:
    from guardagent.wiring import build_runner

    with build_runner(settings) as sandbox:
        yield _timed_check(sandbox)


def _timed_check(sandbox: CheckRunner) -> Line:
    """A program, compiled and run in the sandbox."""
    from guardagent.ports import RunCase
    from guardagent.types import Program

    program = Program.of(sandbox.inspect(_PROBE), toolbox_version="")
    case = RunCase('{"agent":"doctor","stage":"output"}')
    seconds: list[float] = []
    for _ in range(_RUNS):
        started = perf_counter()
        (result,) = sandbox.run(program, [case])
        seconds.append(perf_counter() - started)
        if [answer.outcome for answer in result.answers] != ["violation"]:
            return Line("check", "broken", "the worker does not answer as it should", "report this")
    return Line("check", "ok", f"{sorted(seconds)[_RUNS // 2] * 1e6:.0f} µs (p50) through a worker")


def _reasoner(settings: Settings) -> Iterator[Line]:
    from guardagent.wiring import build_reasoner

    name = build_reasoner(settings).name
    if settings.chosen_reasoner == "offline":
        advice = "set GUARDAGENT_BASE_URL, GUARDAGENT_MODEL (and GUARDAGENT_API_KEY) to translate with a model"
        yield Line("reasoner", "ok", f"{name}: structured English, no model", advice)
    else:
        key = "with a key" if settings.api_key.get_secret_value() else "without a key"
        yield Line("reasoner", "ok", f"{name} at {settings.base_url}, {key}")


def _embedder(settings: Settings) -> Iterator[Line]:
    from guardagent.wiring import build_embedder

    yield Line("embedder", "ok", build_embedder(settings).name)


def _memory(settings: Settings) -> Iterator[Line]:
    from guardagent.wiring import build_demonstrations

    count = len(build_demonstrations(settings).list())
    yield Line("memory", "ok", f"{count} demonstrations in {settings.memory_path}")


def _toolbox(_settings: Settings) -> Iterator[Line]:
    from guardagent_toolbox.registry import TOOLBOX_VERSION, catalogue

    tools = catalogue().values()
    foreign = sorted({tool.origin for tool in tools} - {"guardagent"})
    yield Line(
        "toolbox", "ok", f"{len(tools)} tools, version {TOOLBOX_VERSION}, also from: {', '.join(foreign) or '-'}"
    )


def _extras(_settings: Settings) -> Iterator[Line]:
    extras = (
        ("inspect_evals", "Mind2Web-SC", "eval", "`guardagent eval` can also read a folder: --data DIR"),
        ("matplotlib", "plots", "plots", ""),
    )
    for module, what, extra, otherwise in extras:
        if find_spec(module):
            yield Line(what, "ok", f"package {module} is installed")
        else:
            yield Line(what, "missing", f"package {module}", f"pip install 'guardagent[{extra}]'. {otherwise}".strip())


def _environment(_settings: Settings) -> Iterator[Line]:
    from guardagent.settings import unknown_settings

    for line in unknown_settings(os.environ):
        yield Line("setting", "missing", line, "see README, section Settings")


_LOOKS = (_program, _sandbox, _check, _reasoner, _embedder, _memory, _toolbox, _extras, _environment)
