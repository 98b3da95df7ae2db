"""`guardagent publish`: puts a compiled policy in force, or says which sentence stands in the way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from guardagent.cli import output
from guardagent.cli.compiling import FolderArgument, JsonOption
from guardagent.cli.options import UnsafeOption

if TYPE_CHECKING:
    from guardagent.comparing import Behaviour
    from guardagent.settings import Settings
    from guardagent.types import Draft, Policy, Waiver

WaiveOption = Annotated[
    list[str] | None,
    typer.Option(
        "--waive",
        metavar="CLAUSE REASON",
        help="Publish without enforcing this clause, and say why; every decision of the policy then says so.",
        show_default=False,
    ),
]
LearnOption = Annotated[
    bool, typer.Option("--learn/--no-learn", help="Show this translation to later compiles as a demonstration.")
]


class WaivingCommand(TyperCommand):
    """Takes `--waive CLAUSE REASON`, as often as wanted; Typer knows no option of two words that repeats."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The rest of the arguments, once the two words of each waiver are one."""
        joined: list[str] = []
        rest = iter(args)
        for arg in rest:
            joined.append(arg)
            if arg == "--waive":
                clause, reason = next(rest, ""), next(rest, "")
                joined.append(f"{clause}={reason}")
        return super().parse_args(ctx, joined)


def publish(
    folder: FolderArgument,
    waive: WaiveOption = None,
    learn: LearnOption = True,
    as_json: JsonOption = False,
    unsafe: UnsafeOption = None,
) -> None:
    """Put a compiled policy in force.

    Refuses a draft with a rule that is not enforced or an example that is wrong; what was in force then stays so.
    """
    from guardagent.policyfile import publish as put_in_force
    from guardagent.settings import load_settings
    from guardagent.wiring import build_runner
    from guardagent_toolbox.registry import TOOLBOX_VERSION

    settings = load_settings(unsafe_no_os_sandbox=unsafe)
    waivers = _waivers(waive or [])
    flips = _flips(settings, folder, waivers)
    with build_runner(settings) as runner:
        policy, draft = put_in_force(folder, runner, waivers=waivers, toolbox_version=TOOLBOX_VERSION)
    learned = _learn(settings, draft, policy) if learn and not waivers else ""
    _say(folder, policy, learned, flips, as_json=as_json)


def _flips(settings: Settings, folder: Path, waivers: tuple[Waiver, ...]) -> Behaviour | None:
    """What the revision to publish answers otherwise than the one in force; None when there is none, or not to compare.

    A draft that may not be published is refused by `publish`, with the reason.
    """
    from guardagent.cli.diffing import compared, revision
    from guardagent.errors import PolicyError
    from guardagent.policyfile import published

    try:
        before, after = revision(published(folder)), revision(folder)
    except PolicyError:
        return None
    return compared(settings, before, after._replace(waivers=waivers))


def _waivers(given: list[str]) -> tuple[Waiver, ...]:
    from guardagent.types import Waiver

    waivers = []
    for text in given:
        clause, _, reason = text.partition("=")
        if not reason.strip():
            raise typer.BadParameter(f"`--waive {clause}`: say why this clause is not enforced")
        waivers.append(Waiver(clause=clause, reason=reason.strip()))
    return tuple(waivers)


def _learn(settings: Settings, draft: Draft, policy: Policy) -> str:
    """The id of the demonstration that the published translation becomes."""
    from guardagent.translation.learning import demonstration_of
    from guardagent.wiring import build_demonstrations

    learned = demonstration_of(draft, policy)
    build_demonstrations(settings).add(learned)
    return learned.id


def _say(folder: Path, policy: Policy, learned: str, flips: Behaviour | None, *, as_json: bool) -> None:
    from guardagent.cli.diffing import said_in_short, summary

    waivers = [waiver.model_dump(mode="json") for waiver in policy.waivers]
    if as_json:
        found = {"name": policy.name, "revision": policy.revision, "waivers": waivers, "learned": learned}
        output.say_json(found | {"changes": None if flips is None else summary(flips)})
        return
    output.say(f"Published {policy.name}@{policy.revision[:12]} in {folder}/published; commit it with the request.")
    if flips is not None:
        output.say(f"Beside what was in force: {said_in_short(flips)}", style="yellow" if flips.flips else "")
    for waiver in policy.waivers:
        output.say(f"waived: {waiver.clause} is not enforced: {output.one_line(waiver.reason)}", style="yellow")
    if learned:
        output.say(f"learned as demonstration {learned}", style="dim")
