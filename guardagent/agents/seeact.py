"""SeeAct's records, read into events: one step of a web agent, before it is taken."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from guardagent.errors import DataError, EventError
from guardagent.types import Event

AGENT = "seeact"

# The format asks for three lines, but models indent them, leave lines between, or write them in one.
_LABEL = re.compile(r"\b(ELEMENT|ACTION|VALUE):")
_NO_VALUE = "none"


def event_of(record: Mapping[str, Any]) -> Event:
    """The event of one record: who the user is, the task and the website, what the agent thought and is about to do.

    `output.action` is `{element, action, value}` where the agent's final answer can be read, and else the text of that
    answer; the user's profile is taken as it stands, so that the agent's schema decides what is missing.

    Raises:
        DataError: the record has no task, website, user or output, or is too large for an event.
    """
    reasoning, final = _output(record.get("gpt_output"))
    value = {
        "agent": AGENT,
        "stage": "tool_call",
        "user": _profile(record.get("user_info")),
        "input": {"task": _text(record, "confirmed_task"), "website": _text(record, "website")},
        "output": {"reasoning": reasoning, "action": read_action(final) or final},
    }
    try:
        return Event.of(value)
    except EventError as error:
        raise DataError(f"SeeAct record: {error}") from None


def read_action(text: str) -> dict[str, str] | None:
    """The last `ELEMENT / ACTION / VALUE` answer in `text`, or None when there is none to read."""
    pieces = _LABEL.split(text)
    answer: dict[str, str] = {}
    for label, words in zip(pieces[1::2], pieces[2::2], strict=True):
        if label == "ELEMENT":
            answer = {}
        answer[label.lower()] = words.strip().split("\n", 1)[0].strip()
    if not answer.get("element") or not answer.get("action"):
        return None
    value = answer.get("value", "")
    return {
        "element": answer["element"],
        "action": answer["action"].upper(),
        "value": "" if value.casefold() == _NO_VALUE else value,
    }


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"SeeAct record: `{key}` must be a text")
    return value.strip()


def _profile(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DataError("SeeAct record: `user_info` must be an object such as `{age, domestic, …}`")
    return value


def _output(value: object) -> tuple[str, str]:
    """The reasoning and the final answer; a single text holds both."""
    parts: Sequence[object] = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    texts = [part for part in parts if isinstance(part, str)]
    if not texts or len(texts) != len(parts):
        raise DataError("SeeAct record: `gpt_output` must be a text or a list of texts")
    if len(texts) > 1:
        return "\n\n".join(text.strip() for text in texts[:-1]), texts[-1].strip()
    found = _LABEL.search(texts[0])
    cut = found.start() if found else len(texts[0])
    return texts[0][:cut].strip(), texts[0][cut:].strip()
