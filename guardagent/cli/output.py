"""What commands write: tables for people, JSON for machines, and no control characters from foreign text."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

JSON_HELP = "Print JSON for machines."


def console(*, stderr: bool = False) -> Console:
    """A console on standard output; wide when it is no terminal, so that a pipe gets whole lines."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else 160
    return Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=not stream.isatty(), width=width)


def say(line: str = "", *, style: str = "") -> None:
    """Writes one line for people."""
    console().print(printable(line), style=style or None)


def say_json(value: Any) -> None:
    """Writes `value` as indented JSON."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def table(*columns: str, title: str = "") -> Table:
    """An empty table for people."""
    from rich import box
    from rich.table import Table

    made = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def add_row(to: Table, cells: Sequence[str], *, style: str = "") -> None:
    """Adds a row of foreign text, shown as it is."""
    from rich.text import Text

    to.add_row(*(Text(printable(cell)) for cell in cells), style=style or None)


def show(made: Table) -> None:
    """Writes a table."""
    console().print(made)


def printable(text: str) -> str:
    """`text` without what could steer a terminal: control and direction characters are shown as escapes."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def one_line(text: str) -> str:
    """`text` on one line."""
    return " ".join(text.split())


def listed(names: Iterable[str]) -> str:
    """Names in backticks, with commas."""
    return ", ".join(f"`{name}`" for name in names)
