"""Guard request → clauses, each with the verbatim span of the author's text.

Deterministic and local: the same text always gives the same clauses. Blocks are recognised first (headings, list items
with what is nested in them, tables, named sections of lists, paragraphs); paragraphs are then cut into sentences.
A list item stays whole, with its further sentences and sub-items, because authors put exceptions there.
"""

from __future__ import annotations

from guardagent.request.blocks import Block, blocks
from guardagent.request.spans import sentences, without_marker
from guardagent.request.words import CONTEXT, DEFINITION, DEONTIC, GLOSSARY, MARKER, MODAL, MODAL_LEAD, OBLIGES
from guardagent.types import Clause, ClauseKind

__all__ = ["MARKER", "Block", "blocks", "segment", "sentences", "without_marker"]


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


def _kind_of(text: str, block: Block) -> ClauseKind:
    """A sentence counts as a rule unless it plainly is none: a rule taken for context would be dropped in silence."""
    if block.kind in ("section", "table"):
        return "definition"
    modal = bool(MODAL.search(text))
    if not modal and (DEFINITION.search(text) or GLOSSARY.match(block.heading)):
        return "definition"
    if block.kind == "item":
        return "rule"
    if CONTEXT.search(text) and not OBLIGES.search(text):
        return "context"
    short = len(text.split()) <= 5 and not DEONTIC.search(text) and not MODAL_LEAD.search(block.heading)
    return "context" if short else "rule"
