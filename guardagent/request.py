"""Guard request → clauses, each with the verbatim span of the author's text.

Deterministic and local: the same text always gives the same clauses. Blocks are recognised first (headings, list items
with what is nested in them, tables, named sections of lists, paragraphs); paragraphs are then cut into sentences.
A list item stays whole, with its further sentences and sub-items, because authors put exceptions there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from guardagent.types import Clause, ClauseKind

MARKER = re.compile(r"(?:[-*•]|\(?[A-Za-z]{0,2}\d{1,3}(?:\.\d{1,3})*[.):]|\([a-z]\)|[A-Za-z][.)])\s+")
ENTRY = re.compile(r"^\s*(?:[-*•]\s+)?[\w .'’/-]{1,60}:\s+\S")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]?[A-Z0-9À-Þ$€£])")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|approx|no|nos|vs|cf|Mr|Mrs|Ms|Dr|St|fig|incl)\.|\b[A-Z]\.)$")

# A lead-in that ends like this hands its modal to every item below it.
_MODAL_LEAD = re.compile(
    r"\b(?:must(?: not| never| always)?|may(?: not| never)?|can ?not|never|always|shall(?: not)?|should(?: not)?"
    r"|(?:is|are) (?:not )?(?:allowed|permitted|required) to|do not|don't)\s*:\s*$",
    re.IGNORECASE,
)
_DEONTIC = re.compile(
    r"\b(?:must|may|shall|should|can ?not|can't|mustn't|never|only|not|no|nobody|nothing|none|den(?:y|ied|ies)"
    r"|refuse[ds]?|reject(?:ed|s)?|block(?:ed|s)?|forbidden|prohibited|banned|allow(?:ed|s)?|permitted|required?s?"
    r"|needs?|at most|at least|unless|except|without|have to|has to|redact(?:ed)?|mask(?:ed)?|escalate[ds]?"
    r"|limit(?:ed)?|exceeds?|always|action)\b|n't\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"\b(?:means?(?! of)|(?:is|are) (?:called|defined as|considered)|counts? as|refers? to|stands? for"
    r"|(?:here|below|above),? .{1,60} (?:is|are) (?:a|an|the)\b|we call)\b",
    re.IGNORECASE,
)
_OBLIGES = re.compile(r"\bmust\b", re.IGNORECASE)
_MODAL = re.compile(r"\b(?:must|may|can ?not|never|denied|deny|forbidden|only|action)\b", re.IGNORECASE)
_CONTEXT = re.compile(
    r"(?:\b(?:(?:these|the following|here) (?:are|is) .{0,40}(?:rules?|limits?)|as follows"
    r"|(?:the )?rules? (?:below|for)"
    r"|(?:report|name|list|give|tell us) (?:every|each|all|any)|if several of these|dear [a-z]+|this policy"
    r"|(?:every|each|all) (?:rules?|points?) .{0,40}(?:listed|reported|named))\b)",
    re.IGNORECASE,
)


class Block(NamedTuple):
    """A run of lines that belong together: [start, end) in the request."""

    kind: str  # heading | lead | item | section | table | paragraph
    start: int
    end: int
    heading: str


class _Line(NamedTuple):
    start: int
    end: int
    text: str
    indent: int
    marker: bool


def segment(text: str) -> tuple[Clause, ...]:
    """The clauses of `text` in order, ids `c1`…; for each, `text[start:end]` is its verbatim text."""
    spans: list[tuple[int, int, ClauseKind, str]] = []
    for block in blocks(text):
        if block.kind == "heading":
            continue
        pieces = sentences(text, block.start, block.end) if block.kind in ("paragraph", "lead") else [block[1:3]]
        for start, end in pieces:
            spans.append((start, end, _kind_of(text[start:end], block), block.heading))
    return tuple(
        Clause(id=f"c{number}", text=text[start:end], start=start, end=end, kind=kind, heading=heading)
        for number, (start, end, kind, heading) in enumerate(spans, 1)
    )


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans of the sentences in `text[start:end]`, without surrounding space."""
    stop = len(text) if end is None else end
    found: list[tuple[int, int]] = []
    begin = start
    for match in _SENTENCE_END.finditer(text, start, stop):
        if _ABBREVIATION.search(text[begin : match.start()]):
            continue
        found.append(_trim(text, begin, match.start() + _closing(match)))
        begin = match.end()
    found.append(_trim(text, begin, stop))
    return [span for span in found if span[0] < span[1]]


def without_marker(text: str) -> str:
    """`text` without a list marker such as `1.`, `T3.` or `-` at its start."""
    return MARKER.sub("", text.lstrip(), count=1) if MARKER.match(text.lstrip()) else text.strip()


def blocks(text: str) -> list[Block]:
    """The blocks of `text` in order."""
    found: list[Block] = []
    heading = ""
    for group in _groups(_lines(text)):
        for block in _split_group(text, group, heading):
            if block.kind in ("heading", "lead"):
                heading = text[block.start : block.end].strip().lstrip("#").strip()
            found.append(block)
    return found


def _lines(text: str) -> Iterator[_Line]:
    position = 0
    for raw in text.splitlines(keepends=True):
        content = raw.rstrip()
        stripped = content.lstrip()
        indent = len(content.expandtabs(4)) - len(stripped.expandtabs(4))
        yield _Line(position, position + len(content), content, indent, bool(MARKER.match(stripped)))
        position += len(raw)


def _groups(lines: Iterator[_Line]) -> Iterator[list[_Line]]:
    """Runs of lines between blank ones; a table and an indented continuation stay with their run."""
    group: list[_Line] = []
    for line in lines:
        if line.text.strip():
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _split_group(text: str, group: list[_Line], heading: str) -> Iterator[Block]:
    first = group[0]
    if _is_heading(group):
        yield Block("heading", first.start, first.end, "")
        if group[1:]:
            yield from _split_group(text, group[1:], first.text.strip().lstrip("#").strip())
        return
    if first.text.lstrip().startswith("|"):
        yield Block("table", first.start + _offset(first), group[-1].end, heading)
        return
    if _is_section(group):
        yield Block("section", first.start + _offset(first), group[-1].end, heading)
        return
    plain = next((n for n, line in enumerate(group) if line.marker), len(group))
    lead = group[:plain]
    if lead:
        yield from _lead(text, lead, group[plain:], heading)
        if plain == len(group) or _swallows(lead):
            return
        heading = _joined(lead) if lead[-1].text.rstrip().endswith(":") else heading
    yield from _items(group[plain:], heading)


def _lead(text: str, lead: list[_Line], items: list[_Line], heading: str) -> Iterator[Block]:
    """What stands before a list: its own paragraph, one clause with a list of things, or a mere lead-in."""
    start = lead[0].start + _offset(lead[0])
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


def _swallows(lead: list[_Line]) -> bool:
    """Whether the items are the things that the lead-in speaks of, rather than rules of their own."""
    words = _joined(lead)
    last = words.split(". ")[-1]
    return words.endswith(":") and not _MODAL_LEAD.search(words) and bool(_DEONTIC.search(last))


def _items(lines: list[_Line], heading: str) -> Iterator[Block]:
    level = min((line.indent for line in lines if line.marker), default=0)
    begin: _Line | None = None
    last: _Line | None = None
    for line in lines:
        if line.marker and line.indent <= level:
            if begin is not None and last is not None:
                yield Block("item", begin.start + _offset(begin), last.end, heading)
            begin = line
        last = line
    if begin is not None and last is not None:
        yield Block("item", begin.start + _offset(begin), last.end, heading)


def _is_heading(group: list[_Line]) -> bool:
    line = group[0].text.strip()
    if line.startswith("#"):
        return True
    if group[0].marker or len(line) > 80 or line.endswith((".", "!", "?", ";", ",")):
        return False
    shouting = line.upper() == line and any(c.isalpha() for c in line)
    alone = len(group) == 1 and not ENTRY.match(line) and not _DEONTIC.search(line.rstrip(":"))
    return shouting or (alone and len(line.split()) <= 8)


def _is_section(group: list[_Line]) -> bool:
    """A named section of entries: `Nursing:` or `(2) Nursing`, then lines like `lab: labname, labresult`."""
    head = group[0].text.strip()
    entries = [line for line in group[1:] if ENTRY.match(line.text) and not _DEONTIC.search(line.text.split(":")[0])]
    announcing = len(without_marker(head).split()) <= 4 and not head.endswith(".")
    others = [line for line in group[1:] if line not in entries]
    return announcing and len(entries) >= 2 and all(line.text.rstrip().endswith(":") for line in others)


def _kind_of(text: str, block: Block) -> ClauseKind:
    """A sentence counts as a rule unless it plainly is none: a rule taken for context would be dropped in silence."""
    if block.kind in ("section", "table"):
        return "definition"
    modal = bool(_MODAL.search(text))
    if not modal and _DEFINITION.search(text):
        return "definition"
    if block.kind == "item":
        return "rule"
    if _CONTEXT.search(text) and not _OBLIGES.search(text):
        return "context"
    short = len(text.split()) <= 5 and not _DEONTIC.search(text) and not _MODAL_LEAD.search(block.heading)
    return "context" if short else "rule"


def _joined(lines: list[_Line]) -> str:
    return " ".join(line.text.strip() for line in lines)


def _offset(line: _Line) -> int:
    return len(line.text) - len(line.text.lstrip())


def _closing(match: re.Match[str]) -> int:
    return len(match.group().rstrip())


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
