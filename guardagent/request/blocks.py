"""Blocks of a request: headings, list items with what is nested in them, tables, named sections, paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from guardagent.request.lines import Line, is_heading, joined, joined_runs, lines_of, offset, runs, title
from guardagent.request.spans import sentences, without_marker
from guardagent.request.words import DEONTIC, ENTRY, FENCE, MODAL, MODAL_LEAD, RULER


class Block(NamedTuple):
    """A run of lines that belong together: [start, end) in the request."""

    kind: str  # heading | lead | item | section | table | paragraph
    start: int
    end: int
    heading: str


def blocks(text: str) -> list[Block]:
    """The blocks of `text` in order."""
    found: list[Block] = []
    heading = ""
    for group in joined_runs(runs(lines_of(text))):
        for block in _split_group(text, group, heading):
            if block.kind in ("heading", "lead"):
                heading = title(text[block.start : block.end])
            found.append(block)
    return found


def _split_group(text: str, group: list[Line], heading: str) -> Iterator[Block]:
    first = group[0]
    if is_heading(group):
        yield Block("heading", first.start, first.end, "")
        if group[1:]:
            yield from _split_group(text, group[1:], title(first.text))
        return
    if first.text.lstrip().startswith(("|", FENCE)) or _is_table(group):
        yield from _table(group, heading)
        return
    if _is_section(group):
        yield Block("section", first.start + offset(first), group[-1].end, heading)
        return
    plain = next((n for n, line in enumerate(group) if line.marker), len(group))
    lead = group[:plain]
    if lead:
        yield from _lead(text, lead, group[plain:], heading)
        if plain == len(group) or _swallows(lead):
            return
        heading = joined(lead) if lead[-1].text.rstrip().endswith(":") else heading
    yield from _items(group[plain:], heading)


def _is_table(group: list[Line]) -> bool:
    """Whether a run is a table without bars at its sides."""
    return len(group) > 2 and "|" in group[0].text and bool(RULER.match(group[1].text))


def _table(group: list[Line], heading: str) -> Iterator[Block]:
    """A table as one definition; one whose rows are sentences that oblige, row by row."""
    rows = [line for line in group[1:] if not RULER.match(line.text)]
    if group[0].text.lstrip().startswith("|") and rows and all(_obliges(line.text) for line in rows):
        for row in rows:
            yield Block("item", row.start + offset(row), row.end, title(group[0].text))
        return
    yield Block("table", group[0].start + offset(group[0]), group[-1].end, heading)


def _obliges(row: str) -> bool:
    """Whether a cell of a table's row is a sentence with a modal."""
    return any(len(cell.split()) >= 3 and MODAL.search(cell) for cell in row.split("|"))


def _lead(text: str, lead: list[Line], items: list[Line], heading: str) -> Iterator[Block]:
    """What stands before a list: its own paragraph, one clause with a list of things, or a mere lead-in."""
    start = lead[0].start + offset(lead[0])
    if items and _swallows(lead):
        # Sentences before the one that announces the list are clauses of their own.
        spans = sentences(text, start, lead[-1].end)
        for begin, end in spans[:-1]:
            yield Block("paragraph", begin, end, heading)
        yield Block("item", spans[-1][0], items[-1].end, heading)
    elif items and lead[-1].text.rstrip().endswith(":"):
        spans = sentences(text, start, lead[-1].end)
        for begin, end in spans[:-1]:
            yield Block("paragraph", begin, end, heading)
    else:
        yield Block("paragraph", start, lead[-1].end, heading)


def _swallows(lead: list[Line]) -> bool:
    """Whether the items are the things that the lead-in speaks of, rather than rules of their own."""
    words = joined(lead)
    last = words.split(". ")[-1]
    return words.endswith(":") and not MODAL_LEAD.search(words) and bool(DEONTIC.search(last))


def _items(lines: list[Line], heading: str) -> Iterator[Block]:
    level = min((line.indent for line in lines if line.marker), default=0)
    begin: Line | None = None
    last: Line | None = None
    for line in lines:
        if line.marker and line.indent <= level:
            if begin is not None and last is not None:
                yield Block("item", begin.start + offset(begin), last.end, heading)
            begin = line
        last = line
    if begin is not None and last is not None:
        yield Block("item", begin.start + offset(begin), last.end, heading)


def _is_section(group: list[Line]) -> bool:
    """A named section of entries: `Nursing:` or `(2) Nursing`, then lines like `lab: labname, labresult`."""
    head = group[0].text.strip()
    entries = [line for line in group[1:] if ENTRY.match(line.text) and not DEONTIC.search(line.text.split(":")[0])]
    announcing = len(without_marker(head).split()) <= 4 and not head.endswith(".")
    others = [line for line in group[1:] if line not in entries]
    return announcing and len(entries) >= 2 and all(line.text.rstrip().endswith(":") for line in others)
