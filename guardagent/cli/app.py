"""The application: which commands there are, and what happens when one ends badly.

Commands import what is heavy when they run, so that `guardagent --help` is there at once.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

import guardagent
from guardagent.cli import (
    checking,
    compiling,
    demo,
    diffing,
    doctor,
    evaluate,
    memory,
    publishing,
    scaffold,
    schemas,
    testing,
    tools,
)
from guardagent.cli.console import GUARD_FAILED, exit_code_of, say_error
from guardagent.cli.options import UnsafeOption
from guardagent.errors import GuardAgentError

app = typer.Typer(
    name="guardagent",
    help="A guardrail for LLM agents: policies in plain language, compiled once, enforced without a model.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Plain help: drawing frames would take longer than all the rest of `--help`.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"guardagent {guardagent.__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
    unsafe_no_os_sandbox: UnsafeOption = None,
) -> None:
    """Options of the whole program."""


app.command("init")(scaffold.init)
app.command("compile")(compiling.compile_policy)
app.command("test")(testing.run_examples)
app.command("diff")(diffing.diff)
app.command("publish", cls=publishing.WaivingCommand)(publishing.publish)
app.command("check")(checking.check)
app.command("eval")(evaluate.evaluate)
app.add_typer(memory.app, name="memory")
app.add_typer(tools.app, name="tools")
app.command("schema")(schemas.schema)
app.command("doctor")(doctor.doctor)
app.command("demo")(demo.demo)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line; every error is one line, every end has its exit code."""
    try:
        app(arguments, prog_name="guardagent")
    except GuardAgentError as error:
        say_error(error)
        sys.exit(exit_code_of(error))
    except Exception as error:
        sys.exit(_unexpected(error))
    sys.exit(0)


def _unexpected(error: Exception) -> int:
    """The exit code of an error that nobody foresaw; its text may quote an event, so only its type is shown."""
    from guardagent.clock import SystemClock, new_id

    if os.environ.get("GUARDAGENT_DEBUG") == "1":
        traceback.print_exc()
    number = new_id(SystemClock().now())
    sys.stderr.write(
        f"guardagent: unexpected {type(error).__name__} (id {number}); set GUARDAGENT_DEBUG=1 to see where\n"
    )
    return GUARD_FAILED
