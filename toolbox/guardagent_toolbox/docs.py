"""What a coder is shown of the toolbox."""

from __future__ import annotations

from guardagent.errors import ToolError
from guardagent.types import ToolDoc
from guardagent_toolbox.registry import catalogue
from guardagent_toolbox.spec import ToolboxError


def tool_docs() -> tuple[ToolDoc, ...]:
    """Signature and docstring of every tool, by name.

    Raises:
        ToolError: an installed package of tools is broken, or two tools share a name.
    """
    try:
        specs = catalogue().values()
    except ToolboxError as error:
        raise ToolError(str(error)) from error
    return tuple(ToolDoc(name=s.name, signature=s.signature, doc=s.doc, group=s.group) for s in specs)
