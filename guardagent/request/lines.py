"""Lines of a request, and the runs of them that belong together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from guardagent.request.words import BOLD, DEONTIC, ENTRY, FENCE, MARKER


class Line(NamedTuple):
    """One line of a request: [start, end) without its end of line, and whether a list marker begins it."""

    start: int
    end: int
    text: str
    indent: int
    marker: bool


def lines_of(text: str) -> Iterator[Line]:
    """The lines of `text`, blank ones too."""
    position = 0
    for raw in text.splitlines(keepends=True):
        content = raw.rstrip()
        stripped = content.lstrip()
        indent = len(content.expandtabs(4)) - len(stripped.expandtabs(4))
        yield Line(position, position + len(content), content, indent, bool(MARKER.match(stripped)))
        position += len(raw)


def runs(lines: Iterator[Line]) -> Iterator[list[Line]]:
    """Runs of lines between blank ones; the blank lines of a fenced block end none."""
    group: list[Line] = []
    fenced = False
    for line in lines:
        fenced ^= line.text.lstrip().startswith(FENCE)
        if line.text.strip() or (fenced and group):
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def joined_runs(groups: Iterator[list[Line]]) -> Iterator[list[Line]]:
    """The runs, with those that belong together although a blank line stands between them."""
    waiting: list[Line] = []
    for group in groups:
        if waiting and _goes_on(waiting, group):
            waiting = [*waiting, *group]
            continue
        if waiting:
            yield waiting
        waiting = group
    if waiting:
        yield waiting


def _goes_on(before: list[Line], group: list[Line]) -> bool:
    """Whether a run carries on the one before: a list after its lead-in, or what is indented under a list item."""
    last, first = before[-1].text.rstrip(), group[0]
    if last.endswith(":") and not is_heading(before[-1:]) and not before[-1].marker:
        return first.marker or first.text.lstrip().startswith(FENCE)
    items = [line.indent for line in before if line.marker]
    return bool(items) and first.indent > min(items)


def is_heading(group: list[Line]) -> bool:
    """Whether the first line of a run stands over what follows and says nothing by itself."""
    line = group[0].text.strip()
    if line.startswith("#") or BOLD.match(line):
        return True
    if group[0].marker or len(line) > 80 or line.endswith((".", "!", "?", ";", ",")):
        return False
    shouting = line.upper() == line and any(c.isalpha() for c in line)
    alone = len(group) == 1 and not ENTRY.match(line) and not DEONTIC.search(line.rstrip(":"))
    return shouting or (alone and len(line.split()) <= 8)


def title(text: str) -> str:
    """A heading without its marks."""
    return text.strip().lstrip("#").strip().strip("*_").strip()


def joined(lines: list[Line]) -> str:
    """The words of some lines in one."""
    return " ".join(line.text.strip() for line in lines)


def offset(line: Line) -> int:
    """How many characters a line is indented by."""
    return len(line.text) - len(line.text.lstrip())
