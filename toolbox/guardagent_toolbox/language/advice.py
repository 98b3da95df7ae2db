"""What to write instead of a word that the language does not have."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Final

from guardagent_toolbox.vocabulary import (
    BUILTINS,
    INSTEAD_OF_BUILTIN,
    INSTEAD_OF_METHOD,
    INSTEAD_OF_NAME,
    MAX_NAME,
    METHOD_NAMES,
)

_MOST_COMPARED: Final = 200


def unknown_name(name: str, tools: Collection[str], known: Collection[str] = ()) -> str:
    """The message for a name that nothing defines; `known` are the names of the program itself."""
    return f"unknown name `{name}`{_instead(name, tools) or _similar(name, [*known, *tools, *BUILTINS])}"


def unknown_function(name: str, tools: Collection[str], helpers: Collection[str], instead: str = "") -> str:
    """The message for a call of something that is no function; `instead` is what to write, where that is known."""
    if instead:
        return f"unknown function `{name}`; write {instead}"
    hint = _instead(name, tools) or _similar(name, [*helpers, *tools, *BUILTINS])
    return f"unknown function `{name}`{hint or '; define it with `def`, or use a tool'}"


def unknown_import(modules: Collection[str], tools: Collection[str]) -> str:
    """The message for an import of `modules`."""
    hints = [hint for module in modules if (hint := _instead(module.partition(".")[0], tools))]
    return "`import` is not available" + (hints[0] if hints else "; call the tools by their names, without import")


def unknown_method(name: str) -> str:
    """The message for a method that no value has."""
    hint = INSTEAD_OF_METHOD.get(name)
    return f"unknown method `.{name}(...)`" + (f"; {hint}" if hint else _similar(name, METHOD_NAMES))


def _instead(name: str, tools: Collection[str]) -> str:
    if name in INSTEAD_OF_BUILTIN:
        return f"; {INSTEAD_OF_BUILTIN[name]}"
    offered = [f"`{tool}`" for tool in INSTEAD_OF_NAME.get(name, ()) if tool in tools]
    return f"; use the tool {' or '.join(offered)}" if offered else ""


def _similar(name: str, known: Collection[str]) -> str:
    # Comparing takes longer the more names there are, and nobody mistypes one that long.
    if len(name) > MAX_NAME or len(known) > _MOST_COMPARED:
        return ""
    close = difflib.get_close_matches(name, sorted(set(known)), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(f'`{one}`' for one in close)}?" if close else ""
