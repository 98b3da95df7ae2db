"""The option that every command with workers has, and that may just as well stand before the command."""

from __future__ import annotations

from typing import Annotated

import typer

_PARAMETER = "unsafe_no_os_sandbox"


def _here_or_before_the_command(context: typer.Context, given: bool | None) -> bool | None:
    """What was said; None, which leaves it to the environment, when it was said in neither place."""
    return given or context.find_root().params.get(_PARAMETER)


UnsafeOption = Annotated[
    bool | None,
    typer.Option(
        "--unsafe-no-os-sandbox",
        callback=_here_or_before_the_command,
        show_default=False,
        help="Run programs even where the kernel cannot confine them; every decision then says so.",
    ),
]
