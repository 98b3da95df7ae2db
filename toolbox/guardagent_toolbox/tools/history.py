"""What happened earlier in a session, from the list `history` of the event.

Each tool takes the event, or a list of entries that another of them gave: `earlier(since(event, "edit"), "test")`.
"""

from __future__ import annotations

from guardagent_toolbox.reading.entries import Filter, entries_of, is_marked_untrusted, time_of
from guardagent_toolbox.reading.moments import read_moment
from guardagent_toolbox.reading.patterns import normalised, searchable, stands_in
from guardagent_toolbox.reading.plain import as_text, text_of, texts_in
from guardagent_toolbox.reading.quantities import read_decimal
from guardagent_toolbox.spec import tool


@tool(group="history")
def earlier(
    event: dict[str, object] | list[dict[str, object]],
    tool: str | list[str] | None = None,
    status: str | list[str] | None = None,
    where: dict[str, object] | None = None,
) -> list[dict[str, object]] | None:
    """The entries of `event["history"]` that used this tool, oldest first; None when the history cannot be read.

    An entry names its tool in "tool" (a text, or an object with "name"), else in "name", "action", "function", "type",
    "kind" or "event"; its status in "status", else in "result" or "outcome". `where` asks for further fields, by key or
    JSON pointer: {"environment": "staging", "/by/id": ["u1", "u2"], "error": None}: a list is one of its values, None a
    field that is missing. Texts are compared without regard to case. No history is no entries.

    >>> EVENT = {"history": [{"tool": "send", "status": "sent"}, {"tool": {"name": "send"}, "status": "failed"}]}
    >>> earlier(EVENT, "send", "sent")
    [{'tool': 'send', 'status': 'sent'}]
    >>> earlier({"history": [{"type": "deploy", "to": "staging"}, {"type": "edit"}]}, where={"to": "staging"})
    [{'type': 'deploy', 'to': 'staging'}]
    """
    entries, wanted = entries_of(event), Filter.of(tool, status, where)
    return None if entries is None or wanted is None else wanted.of_entries(entries)


@tool(group="history")
def count_before(
    event: dict[str, object] | list[dict[str, object]],
    tool: str | list[str] | None = None,
    status: str | list[str] | None = None,
    where: dict[str, object] | None = None,
) -> int | None:
    """How many entries of `event["history"]` used this tool; None when the history cannot be read. See `earlier`.

    >>> count_before({"history": [{"tool": "search"}, {"tool": "send"}, {"tool": "search"}]}, "search")
    2
    """
    found = earlier(event, tool, status, where)
    return None if found is None else len(found)


@tool(group="history")
def happened_before(
    event: dict[str, object] | list[dict[str, object]],
    tool: str | list[str] | None = None,
    status: str | list[str] | None = None,
    where: dict[str, object] | None = None,
) -> bool | None:
    """Whether an entry of `event["history"]` used this tool; None when the history cannot be read. See `earlier`.

    >>> happened_before({"history": [{"tool": "confirm", "status": "ok"}]}, "confirm")
    True
    """
    found = earlier(event, tool, status, where)
    return None if found is None else bool(found)


@tool(group="history")
def last_before(
    event: dict[str, object] | list[dict[str, object]],
    tool: str | list[str] | None = None,
    status: str | list[str] | None = None,
    where: dict[str, object] | None = None,
) -> dict[str, object] | None:
    """The latest entry that used this tool, {} when there is none; None when the history cannot be read. See `earlier`.

    >>> last_before({"history": [{"type": "test", "result": "failed"}, {"type": "test", "result": "passed"}]}, "test")
    {'type': 'test', 'result': 'passed'}
    """
    found = earlier(event, tool, status, where)
    return None if found is None else dict(found[-1]) if found else {}


@tool(group="history")
def since(
    event: dict[str, object] | list[dict[str, object]],
    tool: str | list[str] | None = None,
    status: str | list[str] | None = None,
    where: dict[str, object] | None = None,
) -> list[dict[str, object]] | None:
    """The entries after the latest one that used this tool; all of them when none did. See `earlier`.

    None when the history cannot be read.

    >>> EVENT = {"history": [{"type": "approval"}, {"type": "edit"}, {"type": "test"}]}
    >>> since(EVENT, "edit")
    [{'type': 'test'}]
    """
    entries, wanted = entries_of(event), Filter.of(tool, status, where)
    if entries is None or wanted is None:
        return None
    places = [place for place, entry in enumerate(entries) if wanted.takes(entry)]
    return entries[places[-1] + 1 :] if places else entries


@tool(group="history")
def recent(
    event: dict[str, object] | list[dict[str, object]],
    now: str,
    seconds: int | float,
    tool: str | list[str] | None = None,
    status: str | list[str] | None = None,
    where: dict[str, object] | None = None,
) -> list[dict[str, object]] | None:
    """The entries that used this tool less than so many seconds before `now`; exactly as many is no longer recent.

    An entry says its moment in "at", "time", "timestamp", "when", "now" or "date". None when `now`, the history, or the
    moment of an entry that used the tool cannot be read. See `earlier`.

    >>> EVENT = {"history": [{"tool": "send", "at": "2025-03-04T10:00:00Z"}]}
    >>> recent(EVENT, "2025-03-04T10:09:59Z", 600, "send")
    [{'tool': 'send', 'at': '2025-03-04T10:00:00Z'}]
    >>> recent(EVENT, "2025-03-04T10:10:00Z", 600, "send")
    []
    """
    found, moment, limit = earlier(event, tool, status, where), read_moment(now), read_decimal(seconds)
    if found is None or moment is None or limit is None:
        return None
    kept: list[dict[str, object]] = []
    for entry in found:
        at = time_of(entry)
        if at is None:
            return None
        if (moment - at).total_seconds() < limit:
            kept.append(entry)
    return kept


@tool(group="history")
def tainted(event: dict[str, object] | list[dict[str, object]], sources: str | list[str]) -> bool | None:
    """Whether content that is not to be trusted was read earlier in the session; None when that cannot be told.

    An entry counts when its tool (see `earlier`), or its "source", "origin" or "from", is in `sources`, and when it
    says "untrusted": true or "trusted": false. For rules such as "never send mail after reading a web page".

    >>> tainted({"history": [{"tool": "read_page"}, {"tool": "search"}]}, ["read_page", "inbox"])
    True
    >>> tainted({"history": [{"tool": "search", "source": "inbox"}]}, "read_page")
    False
    """
    entries, names = entries_of(event), texts_in(sources)
    if entries is None or names is None:
        return None
    wanted = frozenset(map(normalised, names))
    return any(is_marked_untrusted(entry, wanted) for entry in entries)


@tool(group="history")
def seen_before(
    event: dict[str, object] | list[dict[str, object]],
    text: str,
    tool: str | list[str] | None = None,
    status: str | list[str] | None = None,
    where: dict[str, object] | None = None,
) -> list[dict[str, object]] | None:
    """The earlier entries that hold this text as whole words, e.g. an address that a web page gave; see `earlier`.

    None when the history or the text cannot be read; an empty text is nowhere.

    >>> EVENT = {"history": [{"tool": "read_page", "result": "Write to EVE@x.example."}, {"tool": "search"}]}
    >>> [entry["tool"] for entry in seen_before(EVENT, "eve@x.example")]
    ['read_page']
    """
    found, wanted = earlier(event, tool, status, where), as_text(text)
    if found is None or wanted is None:
        return None
    phrase = searchable(wanted)
    return [entry for entry in found if stands_in(searchable(text_of(entry)), phrase)]
