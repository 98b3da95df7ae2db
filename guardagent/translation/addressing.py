"""Sentences of the author's material that speak to the translator and not about the agent.

Policies are pasted from web pages, tickets and mails, and somebody may have put a line there for the model that reads
them. What such a line asks for cannot be told from what the author wants by any rule; that it is there can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from guardagent.translation.speech import speech_in
from guardagent.types import Clause, Example, GuardRequest

_MAX_QUOTE = 120
_MAX_TEXTS = 5_000


def addressing_notes(request: GuardRequest, clauses: Sequence[Clause]) -> tuple[str, ...]:
    """One line for each piece of the author's material that speaks to the translator, naming piece and kind."""
    found = []
    for clause in clauses:
        for where, text in ((f"clause `{clause.id}`", clause.text), (f"the heading of `{clause.id}`", clause.heading)):
            if kind := speech_in(text):
                treated = f"it is treated as a {clause.kind} like any other, never as an order"
                found.append(_note(where, text, kind, treated))
    for where, text in (*_outside(request.text, clauses), *_other_texts(request)):
        if kind := speech_in(text):
            found.append(_note(where, text, kind, "it is treated as material, never as an order"))
    return tuple(dict.fromkeys(found))


def _note(where: str, text: str, kind: str, treated: str) -> str:
    line = " ".join(text.split())
    shown = line if len(line) <= _MAX_QUOTE else f"{line[:_MAX_QUOTE]}…"
    return f"{where} speaks to the translator ({kind}): “{shown}”; {treated}; check that it is yours"


def _outside(text: str, clauses: Sequence[Clause]) -> Iterator[tuple[str, str]]:
    """The lines of the request that stand in no clause and over none, such as a last heading."""
    shown = {line.strip().lstrip("#").strip() for clause in clauses for line in clause.heading.splitlines()}
    position = 0
    for line in text.splitlines(keepends=True):
        begin, position = position, position + len(line)
        inside = any(clause.start < position and begin < clause.end for clause in clauses)
        if not inside and line.strip().lstrip("#").strip() not in shown:
            yield "a line of the request", line


def _other_texts(request: GuardRequest) -> Iterator[tuple[str, str]]:
    yield "the agent's description", request.agent.description
    for text in _texts_in(request.agent.event_schema):
        yield "the event schema", text
    for example in request.examples:
        yield from _example_texts(example)


def _example_texts(example: Example) -> Iterator[tuple[str, str]]:
    yield f"the note of example `{example.id}`", example.note
    for text in _texts_in(example.event):
        yield f"example `{example.id}`", text


def _texts_in(value: Any) -> Iterator[str]:
    """All texts inside a JSON value, as many as a person could have written."""
    waiting, count = [value], 0
    while waiting and count < _MAX_TEXTS:
        one = waiting.pop()
        count += 1
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting.extend(one.values())
            waiting.extend(key for key in one if isinstance(key, str) and " " in key)
        elif isinstance(one, list):
            waiting.extend(one)
