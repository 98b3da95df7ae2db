"""What happened earlier in a session, from the list `history` of the event."""

from __future__ import annotations

from guardagent_toolbox.reading.patterns import normalised
from guardagent_toolbox.reading.plain import as_dict, as_list, as_text
from guardagent_toolbox.spec import tool


@tool(group="history")
def earlier(event: dict[str, object], tool: str, status: str | None = None) -> list[dict[str, object]] | None:
    """The entries of `event["history"]` that used this tool, oldest first; None when the history cannot be read.

    An entry names its tool in "tool" (as a text, or an object with "name") or "name"; with `status`, only entries whose
    "status" is the same count. Texts are compared without regard to case. An event without history has no entries.

    >>> EVENT = {"history": [{"tool": "send", "status": "sent"}, {"tool": {"name": "send"}, "status": "failed"}]}
    >>> earlier(EVENT, "send", "sent")
    [{'tool': 'send', 'status': 'sent'}]
    """
    entries = _history(event)
    wanted = as_text(tool)
    if entries is None or wanted is None:
        return None
    used = [entry for entry in entries if _same(_tool_of(entry), wanted)]
    return used if status is None else [entry for entry in used if _same(entry.get("status"), status)]


@tool(group="history")
def count_before(event: dict[str, object], tool: str, status: str | None = None) -> int | None:
    """How many entries of `event["history"]` used this tool; None when the history cannot be read. See `earlier`.

    >>> count_before({"history": [{"tool": "search"}, {"tool": "send"}, {"tool": "search"}]}, "search")
    2
    """
    found = earlier(event, tool, status)
    return None if found is None else len(found)


@tool(group="history")
def happened_before(event: dict[str, object], tool: str, status: str | None = None) -> bool | None:
    """Whether an entry of `event["history"]` used this tool; None when the history cannot be read. See `earlier`.

    >>> happened_before({"history": [{"tool": "confirm", "status": "ok"}]}, "confirm")
    True
    """
    found = earlier(event, tool, status)
    return None if found is None else bool(found)


def _history(event: object) -> list[dict[str, object]] | None:
    """The entries, if all of them are objects; an entry that is not could hide what happened."""
    fields = as_dict(event)
    entries = None if fields is None else as_list(fields.get("history", []))
    if entries is None or not all(isinstance(entry, dict) for entry in entries):
        return None
    return [entry for entry in entries if isinstance(entry, dict)]


def _tool_of(entry: dict[str, object]) -> object:
    named = entry.get("tool", entry.get("name"))
    return named.get("name") if isinstance(named, dict) else named


def _same(value: object, wanted: object) -> bool:
    return isinstance(value, str) and isinstance(wanted, str) and normalised(value) == normalised(wanted)
