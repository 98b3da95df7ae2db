"""`guardagent diff`: what two revisions of a policy answer otherwise, before anybody relies on the newer one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guardagent.cli import output
from guardagent.cli.compiling import JsonOption
from guardagent.cli.console import ALLOWED, DENIED
from guardagent.cli.options import UnsafeOption
from guardagent.errors import PolicyError

if TYPE_CHECKING:
    from guardagent.comparing import Behaviour, Flip, Revision, Said, StatusChange
    from guardagent.settings import Settings

OldArgument = Annotated[
    Path, typer.Argument(metavar="OLD", help="A policy folder; alone: its published revision.", show_default=False)
]
NewArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[NEW]", help="The folder to compare with; without it: what OLD is compiled to now."),
]

_STYLES = {"widening": "red", "narrowing": "yellow", "other": ""}
_EVENT = 240
_SENTENCE = 100


def diff(old: OldArgument, new: NewArgument = None, as_json: JsonOption = False, unsafe: UnsafeOption = None) -> None:
    """Compare two compiled policies: by what they answer, by their sentences, by their text.

    Both are asked about the examples of both and about made-up events. Exit code 0: every answer is the same; 1: not.
    """
    from guardagent.comparing import status_changes
    from guardagent.settings import load_settings

    settings = load_settings(unsafe_no_os_sandbox=unsafe)
    before, after = sides(old, new)
    behaviour = compared(settings, before, after)
    changes = status_changes(before.draft, after.draft)
    text = _text_changes(before.draft.request.text, after.draft.request.text)
    if as_json:
        output.say_json(summary(behaviour) | {"statuses": [c._asdict() for c in changes], "request": text})
    else:
        _show_flips(behaviour)
        _show_statuses(changes)
        for line in text:
            output.say(line, style={"+": "green", "-": "red"}.get(line[:1], "dim"))
        output.say(said_in_short(behaviour))
    raise typer.Exit(DENIED if behaviour.flips else ALLOWED)


def sides(old: Path, new: Path | None) -> tuple[Revision, Revision]:
    """The two revisions that the arguments mean.

    Raises:
        PolicyError: one of them is not compiled, not published or has no program.
    """
    from guardagent.policyfile import published

    return (revision(old), revision(new)) if new is not None else (revision(published(old)), revision(old))


def revision(folder: Path) -> Revision:
    """What a folder was compiled to.

    Raises:
        PolicyError: it is not compiled, or nothing of it could be translated.
    """
    from guardagent.comparing import Revision
    from guardagent.policyfile import load_revision

    draft, waivers = load_revision(folder)
    if draft.program is None:
        raise PolicyError(f"policy `{folder}`: no sentence of it could be translated, so there is nothing to compare")
    return Revision(draft, waivers)


def compared(settings: Settings, before: Revision, after: Revision) -> Behaviour:
    """Where the two differ, by the engine and the facts of the settings; no model is asked."""
    from guardagent.comparing import compare
    from guardagent.wiring import build_facts, build_runner

    with build_runner(settings) as runner, output.console(stderr=True).status("comparing"):
        return compare(before, after, runner=runner, facts=build_facts(settings))


def summary(behaviour: Behaviour) -> dict[str, Any]:
    """The flips and their numbers, for machines."""
    return {
        "widening": behaviour.number_of("widening"),
        "narrowing": behaviour.number_of("narrowing"),
        "other": behaviour.number_of("other"),
        "asked": {"examples": behaviour.examples, "generated": behaviour.generated},
        "flips": [_flip(flip) for flip in behaviour.flips],
    }


def said_in_short(behaviour: Behaviour) -> str:
    """The numbers of flips in one line."""
    asked = f"{behaviour.examples} examples and {behaviour.generated} made-up events"
    if not behaviour.flips:
        return f"No answer changes on {asked}."
    parts = [
        f"{behaviour.number_of('widening')} allow more (widening)",
        f"{behaviour.number_of('narrowing')} allow less (narrowing)",
        f"{behaviour.number_of('other')} change in another way",
    ]
    return f"Of {asked}, {', '.join(parts)}."


def _flip(flip: Flip) -> dict[str, Any]:
    return {
        "kind": flip.kind,
        "example": flip.asked.example,
        "made": flip.asked.made,
        "events": flip.events,
        "event": flip.asked.event.payload,
        "before": _said(flip.before),
        "after": _said(flip.after),
    }


def _said(said: Said) -> dict[str, Any]:
    found = [{"clause": c, "sentence": s} for c, s in zip(said.clauses, said.sentences, strict=True)]
    return {"effect": said.effect, "failed": said.failed, "violated": found}


def _show_flips(behaviour: Behaviour) -> None:
    if not behaviour.flips:
        return
    made = output.table("change", "event", "was", "is now")
    for flip in behaviour.flips:
        number = f" (×{flip.events})" if flip.events > 1 else ""
        what = f"example {flip.asked.example}" if flip.asked.example else flip.asked.made
        event = _cut(flip.asked.event.canonical, _EVENT)
        cells = (flip.kind, f"{what}{number}\n{event}", _in_words(flip.before), _in_words(flip.after))
        output.add_row(made, cells, style=_STYLES[flip.kind])
    output.show(made)


def _in_words(said: Said) -> str:
    effect = f"{said.effect} (failed)" if said.failed else said.effect
    found = zip(said.clauses, said.sentences, strict=True)
    return "\n".join([effect, *(f"{clause}: {_cut(output.one_line(text), _SENTENCE)}" for clause, text in found)])


def _show_statuses(changes: tuple[StatusChange, ...]) -> None:
    if not changes:
        return
    made = output.table("sentence", "was", "is now")
    for change in changes:
        cells = (_cut(change.sentence, _SENTENCE), change.before or "not there", change.after or "not there")
        output.add_row(made, cells)
    output.show(made)


def _text_changes(before: str, after: str) -> list[str]:
    """The unified diff of the two requests, without its head."""
    from difflib import unified_diff

    return list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))[2:]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
