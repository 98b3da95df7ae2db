"""`guardagent tools`: the functions that programs may call."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
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


@app.command("promote")
def promote_helper(
    policy: Annotated[Path, typer.Argument(help="The folder of a published policy.")],
    helper: Annotated[str, typer.Argument(help="The helper function of its program.")],
    into: Annotated[Path, typer.Option("--into", help="The folder of the package of tools; made where it is missing.")],
    name: Annotated[str, typer.Option("--name", help="What the tool is called, if not as the helper.")] = "",
    group: Annotated[str, typer.Option("--group", help="The group under which it is listed.")] = "promoted",
) -> None:
    """Turns a helper function of a published program into a tool of a package of yours, with tests to fill in."""
    from guardagent.errors import PolicyError
    from guardagent.policyfile import load_draft, published
    from guardagent_toolbox.promoting import promote
    from guardagent_toolbox.spec import ToolboxError

    draft = load_draft(published(policy))
    if draft.program is None:
        raise PolicyError(f"policy `{policy}`: its published revision has no program")
    try:
        made = promote(draft.program.source, helper, group=group, name=name, origin=draft.request.name)
        written = made.write(into)
    except ToolboxError as error:
        raise PolicyError(f"policy `{draft.request.name}`: {error}") from None
    for path in written:
        say(str(path))
    say(f"Fill in the cases of tests/test_{made.name}.py, run them, then install `{into}` where policies are compiled.")
