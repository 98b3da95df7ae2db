"""`guardagent init`: a policy folder that works, to begin from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from guardagent.cli import output
from guardagent.errors import PolicyError

_FILES = ("request.md", "agent.yaml", "examples.yaml")


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to make.", show_default=False)],
) -> None:
    """Make a policy folder to begin from.

    It compiles and passes its tests as it is.
    """
    from guardagent.policyfile import write_folder

    if folder.exists():
        raise PolicyError(f"`{folder}`: is there already; name a new folder")
    template = files("guardagent.cli") / "template"
    write_folder(folder, {name: (template / name).read_text(encoding="utf-8") for name in _FILES})
    output.say(f"Made {folder}. Rewrite request.md, agent.yaml and examples.yaml, then:")
    output.say(f"  guardagent compile {folder}")
    output.say(f"  guardagent test {folder}")
