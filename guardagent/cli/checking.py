"""`guardagent check`: what compiled policies say to an event."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guardagent.cli import output, verdict
from guardagent.cli.compiling import JsonOption
from guardagent.cli.options import UnsafeOption
from guardagent.errors import EventError

if TYPE_CHECKING:
    from guardagent.settings import Settings
    from guardagent.types import Decision

PoliciesArgument = Annotated[
    list[Path], typer.Argument(metavar="POLICY", help="Compiled policy folders.", show_default=False)
]
EventOption = Annotated[str, typer.Option("--event", metavar="FILE", help="JSON file with the event; - for stdin.")]
LinesOption = Annotated[bool, typer.Option("--jsonl", help="The file holds one event per line.")]


def check(
    policies: PoliciesArgument,
    event: EventOption,
    jsonl: LinesOption = False,
    as_json: JsonOption = False,
    unsafe: UnsafeOption = None,
) -> None:
    """Judge an event by compiled policies.

    Exit code 0: allowed; 1: denied or escalated; 2: bad usage; 3: the guard failed, and so did not allow unless a
    policy says `on_error: allow`.
    """
    from guardagent.settings import load_settings

    raw = _read(event)
    events = [line for line in raw.splitlines() if line.strip()] if jsonl else [raw]
    if not events:
        raise EventError(f"event `{event}`: holds no event")
    decisions = _judge(policies, events, load_settings(unsafe_no_os_sandbox=unsafe))
    for decision in decisions:
        if not as_json:
            verdict.show(decision)
        elif jsonl:
            sys.stdout.write(decision.model_dump_json() + "\n")
        else:
            output.say_json(decision.model_dump(mode="json"))
    raise typer.Exit(verdict.exit_code(decisions))


def _judge(folders: list[Path], events: list[bytes], settings: Settings) -> tuple[Decision, ...]:
    from guardagent.wiring import open_guard

    with open_guard(*folders, settings=settings) as guard:
        return guard.check_many(events)


def _read(place: str) -> bytes:
    """The bytes of a file or of standard input."""
    try:
        return sys.stdin.buffer.read() if place == "-" else Path(place).read_bytes()
    except FileNotFoundError:
        raise EventError(f"event `{place}`: there is no such file") from None
    except OSError as error:
        raise EventError(f"event `{place}`: cannot be read ({error.strerror})") from None
