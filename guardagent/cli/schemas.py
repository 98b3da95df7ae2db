"""`guardagent schema`: the JSON Schemas of what goes in and comes out."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from guardagent.cli import output


class Which(StrEnum):
    """The nouns that cross the border."""

    event = "event"
    decision = "decision"


def schema(
    which: Annotated[Which, typer.Argument(metavar="event|decision", help="Which schema.", show_default=False)],
) -> None:
    """Print the JSON Schema of a noun."""
    output.say_json(json_schema(which))


def json_schema(which: Which) -> dict[str, Any]:
    """The schema of a noun as it is written and read in JSON."""
    from guardagent.types import Decision, Event

    model = Event if which is Which.event else Decision
    made = model.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | made
