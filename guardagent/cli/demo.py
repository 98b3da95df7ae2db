"""`guardagent demo`: two guard requests of a paper, translated here and now, judge made-up actions of two agents."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from guardagent.cli import output, verdict
from guardagent.cli.compiling import JsonOption, show_report
from guardagent.cli.console import ALLOWED, GUARD_FAILED
from guardagent.cli.options import UnsafeOption

if TYPE_CHECKING:
    from pathlib import Path

    from guardagent.ports import CheckRunner
    from guardagent.settings import Settings
    from guardagent.types import Decision, Draft, Event

# Who asked, and the log of what the agent then did.
_RUNS = (
    ("nursing", "ehragent-magnesium.txt"),
    ("nursing", "ehragent-bill.txt"),
    ("general administration", "ehragent-bill.txt"),
    ("general administration", "ehragent-organisms.txt"),
)


class _Scene(NamedTuple):
    """A policy and the actions that it is to judge, each with a line that tells of it."""

    title: str
    policy: Path
    actions: tuple[tuple[str, Event], ...]


class _Played(NamedTuple):
    """What came of a scene."""

    scene: _Scene
    draft: Draft
    decisions: tuple[Decision, ...]


def demo(as_json: JsonOption = False, unsafe: UnsafeOption = None) -> None:
    """Watch two policies translated and enforced.

    Translates the two guard requests of the GuardAgent paper and judges actions of its two agents. Needs no key, no
    network and no configuration, and leaves nothing behind. Exit code 0: judged; 3: the guard failed.
    """
    from guardagent.settings import load_settings
    from guardagent.wiring import build_runner

    # Neither a configured model nor a busy machine must change what everybody sees.
    settings = load_settings(
        reasoner="offline", base_url="", model="", embedding_model="", deadline_ms=2_000, unsafe_no_os_sandbox=unsafe
    )
    played = []
    with build_runner(settings) as runner:
        for scene in (_hospital(), _web()):
            with output.console(stderr=True).status("translating and judging …"):
                played.append(_play(settings, runner, scene))
            if not as_json:
                _show(played[-1])
    if as_json:
        output.say_json([_as_json(one) for one in played])
    else:
        output.say("Now yours: guardagent init my-policy")
    failed = any(decision.failed for one in played for decision in one.decisions)
    raise typer.Exit(GUARD_FAILED if failed else ALLOWED)


def _hospital() -> _Scene:
    from guardagent.agents import ehragent
    from guardagent_benchmarks.suites import eicu_ac

    actions = []
    for role, name in _RUNS:
        run = ehragent.read_log(_data(name))
        actions.append((f"{role} asks EHRAgent: {run.question}", ehragent.event_of(run, role)))
    return _Scene("A hospital's database, asked through EHRAgent", eicu_ac.SUITE.policy, tuple(actions))


def _web() -> _Scene:
    from guardagent.agents import seeact
    from guardagent_benchmarks.suites import mind2web_sc

    records = json.loads(_data("seeact.json"))
    actions = tuple(
        (f"SeeAct for {_person(r['user_info'])}: {r['confirmed_task']}", seeact.event_of(r)) for r in records
    )
    return _Scene("The web, used through SeeAct", mind2web_sc.SUITE.policy, actions)


def _person(profile: dict[str, Any]) -> str:
    lacks = [name for name, value in profile.items() if value is False]
    return f"a user of {profile['age']}" + (f" without {', '.join(lacks)}" if lacks else "")


def _data(name: str) -> str:
    return (files("guardagent.cli") / "demo_data" / name).read_text(encoding="utf-8")


def _play(settings: Settings, runner: CheckRunner, scene: _Scene) -> _Played:
    import asyncio

    from guardagent.policyfile import load_request, policy_of
    from guardagent.wiring import build_guard, build_translator

    translator = build_translator(settings, runner, leave_nothing=True)
    draft = asyncio.run(translator.compile(load_request(scene.policy)))
    guard = build_guard(settings, [policy_of(draft)], runner)
    return _Played(scene, draft, tuple(guard.check(event) for _, event in scene.actions))


def _show(played: _Played) -> None:
    output.say(f"\n{played.scene.title}", style="bold")
    output.say("The request, translated sentence by sentence:")
    show_report(played.draft.report)
    for (told, _), decision in zip(played.scene.actions, played.decisions, strict=True):
        output.say(told, style="bold")
        verdict.show(decision)
        output.say()


def _as_json(played: _Played) -> dict[str, Any]:
    told = (about for about, _ in played.scene.actions)
    return {
        "policy": played.draft.request.name,
        "report": played.draft.report.model_dump(mode="json"),
        "decisions": [
            {"action": about, "decision": decision.model_dump(mode="json")}
            for about, decision in zip(told, played.decisions, strict=True)
        ],
    }
