"""`guardagent tools`: the functions that programs may call."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

import typer

from guardagent.cli.output import JSON_HELP, add_row, say, say_json, table
from guardagent.cli.output import show as show_table
from guardagent.errors import UnknownToolError

app = typer.Typer(no_args_is_help=True, help="Tools: the functions that programs may call, shipped and installed.")

JsonOption = Annotated[bool, typer.Option("--json", help=JSON_HELP)]


@app.command("list")
def list_all(as_json: JsonOption = False) -> None:
    """Lists all tools by group."""
    from guardagent_toolbox.docs import tool_docs

    found = sorted(tool_docs(), key=lambda one: (one.group, one.name))
    if as_json:
        say_json([one.model_dump() for one in found])
        return
    rows = table("group", "tool", "what it gives back")
    for one in found:
        add_row(rows, [one.group, one.name, one.doc.splitlines()[0]])
    show_table(rows)


@app.command("show")
def show_one(name: str, as_json: JsonOption = False) -> None:
    """Shows the signature of one tool, its description and its example."""
    from guardagent_toolbox.docs import tool_docs

    found = {one.name: one for one in tool_docs()}
    if name not in found:
        close = ", ".join(f"`{other}`" for other in get_close_matches(name, found, n=3, cutoff=0.4))
        raise UnknownToolError(
            f"no tool `{name}`; " + (f"did you mean {close}?" if close else "see `guardagent tools list`")
        )
    one = found[name]
    if as_json:
        say_json(one.model_dump())
        return
    say(f"{one.name}{one.signature.removeprefix(one.name)}", style="bold")
    say()
    for line in one.doc.splitlines():
        say(line)
