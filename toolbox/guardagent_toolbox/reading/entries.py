"""Entries of a history: open objects of any shape, chosen by tool, status and fields."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from guardagent_toolbox.reading.moments import read_moment
from guardagent_toolbox.reading.patterns import has_invisible, normalised, searchable
from guardagent_toolbox.reading.plain import as_dict, as_list, texts_in
from guardagent_toolbox.reading.pointers import MISSING, at_pointer

Entry = dict[str, object]

# Where an entry says what it is, how it ended, and when it was; the first key that it has counts.
_TOOL_KEYS = ("tool", "name", "action", "function", "type", "kind", "event")
_STATUS_KEYS = ("status", "result", "outcome")
_TIME_KEYS = ("at", "time", "timestamp", "when", "now", "date")
_SOURCE_KEYS = ("source", "origin", "from")


def entries_of(value: object) -> list[Entry] | None:
    """The entries of an event's history, or of a list of entries; None when one of them is no object.

    An entry that is not an object could hide what happened, and so could one that spells its tool with invisible
    letters or with look-alikes from another script: neither "it was that tool" nor "it was not" would be safe to say.
    """
    fields = as_dict(value)
    entries = as_list(value) if fields is None else as_list(fields.get("history", []))
    if entries is None or not all(isinstance(entry, dict) for entry in entries):
        return None
    found = [entry for entry in entries if isinstance(entry, dict)]
    return None if any(map(_is_disguised, found)) else found


def _is_disguised(entry: Entry) -> bool:
    name = _written_at(entry, _TOOL_KEYS)
    if name is None or name.isascii():
        return False
    return has_invisible(name) or searchable(name) != normalised(name)


class Filter:
    """What an entry must be like: one of these tools, one of these statuses, and these fields."""

    def __init__(self, tools: frozenset[str] | None, statuses: frozenset[str] | None, where: Entry) -> None:
        self._tools = tools
        self._statuses = statuses
        self._where = where

    @classmethod
    def of(cls, tool: object, status: object, where: object) -> Filter | None:
        """The filter of three arguments that may be left out; None when one of them cannot be read."""
        tools, statuses = _names(tool), _names(status)
        fields = {} if where is None else as_dict(where)
        if (tools is None and tool is not None) or (statuses is None and status is not None) or fields is None:
            return None
        if not all(isinstance(key, str) for key in fields):
            return None
        return cls(tools, statuses, {str(key): value for key, value in fields.items()})

    def takes(self, entry: Entry) -> bool:
        """Whether the entry is like that."""
        if self._tools is not None and tool_of(entry) not in self._tools:
            return False
        if self._statuses is not None and _text_at(entry, _STATUS_KEYS) not in self._statuses:
            return False
        return all(_is_like(at_pointer(entry, _pointer(key)), wanted) for key, wanted in self._where.items())

    def of_entries(self, entries: Iterable[Entry]) -> list[Entry]:
        """The entries that are like that."""
        return [entry for entry in entries if self.takes(entry)]


def tool_of(entry: Entry) -> str | None:
    """What an entry is, normalised; a tool may be a text or an object with a name."""
    return _text_at(entry, _TOOL_KEYS)


def is_marked_untrusted(entry: Entry, sources: frozenset[str]) -> bool:
    """Whether an entry comes from one of the sources, or says itself that it is not to be trusted."""
    if entry.get("untrusted") is True or entry.get("trusted") is False:
        return True
    return tool_of(entry) in sources or _text_at(entry, _SOURCE_KEYS) in sources


def time_of(entry: Entry) -> datetime | None:
    """When an entry was; None when it does not say."""
    return next((read_moment(entry[key]) for key in _TIME_KEYS if key in entry), None)


def _names(value: object) -> frozenset[str] | None:
    names = texts_in(value)
    return None if names is None else frozenset(map(normalised, names))


def _text_at(entry: Entry, keys: Iterable[str]) -> str | None:
    written = _written_at(entry, keys)
    return None if written is None else normalised(written)


def _written_at(entry: Entry, keys: Iterable[str]) -> str | None:
    value = next((entry[key] for key in keys if entry.get(key) is not None), None)
    name = value.get("name") if isinstance(value, dict) else value
    return name if isinstance(name, str) else None


def _pointer(key: str) -> str:
    return key if key.startswith("/") else "/" + key.replace("~", "~0").replace("/", "~1")


def _is_like(value: object, wanted: object) -> bool:
    """Whether a field is as wanted: the same, one of a list, or missing for None; letter case makes no difference."""
    if wanted is None:
        return value is MISSING or value is None
    if isinstance(wanted, list | tuple) and not isinstance(value, list):
        return any(_is_like(value, one) for one in wanted)
    if isinstance(value, str) and isinstance(wanted, str):
        return normalised(value) == normalised(wanted)
    return isinstance(value, bool) == isinstance(wanted, bool) and value == wanted
