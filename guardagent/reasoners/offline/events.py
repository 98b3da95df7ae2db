"""Reading and changing events as plain data."""

from __future__ import annotations

import re
from typing import Any

Event = dict[str, Any]

_DATE_NAME = re.compile(r"(?:^|_)(?:date|day|today|on|dob|birthday|birthdate|birth|expires|expiry|due|deadline)$")
_TIME_NAME = re.compile(r"(?:^|_)(?:local_time|clock|time_of_day|wall_time)$")
_URL_NAME = re.compile(r"(?:^|_)(?:url|uri|link|href)$|url$")
_MAIL_NAME = re.compile(r"e?mail(?:_address)?$|^recipient$")
_MOMENT_NAME = re.compile(
    r"(?:^|_)(?:now|at|time|timestamp|when|departure|arrival|start|end|starts|ends|moment|datetime)$"
)


def value_at(event: Any, pointer: str) -> Any:
    """The value at a JSON pointer, None when there is none."""
    value = event
    for part in pointer.split("/")[1:]:
        if not isinstance(value, dict):
            return None
        value = value.get(part.replace("~1", "/").replace("~0", "~"))
    return value


def with_value(event: Event, pointer: str, value: Any) -> Event:
    """`event` with `value` at the pointer, None to take the field away; what stands elsewhere is shared by both."""
    changed = dict(event)
    parts = [p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")[1:]]
    node = changed
    for part in parts[:-1]:
        below = node.get(part)
        node[part] = dict(below) if isinstance(below, dict) else {}
        node = node[part]
    if value is None:
        node.pop(parts[-1], None)
    else:
        node[parts[-1]] = value
    return changed


def fold(value: Any) -> str:
    """Text as the toolbox's `normalise` compares it."""
    return " ".join(str(value).split()).casefold() if isinstance(value, str) else ""


def sample_moment(name: str, form: str = "") -> str:
    """A date or time that a text field of this name or JSON Schema format may hold; empty where it tells of none."""
    lower = name.lower()
    if form == "date" or (not form and _DATE_NAME.search(lower)):
        return "2025-06-04"
    if form == "time" or (not form and _TIME_NAME.search(lower)):
        return "12:00"
    return "2025-06-04T12:00:00Z" if form == "date-time" or _MOMENT_NAME.search(lower) else ""


def sample_address(name: str, form: str = "") -> str:
    """A web or mail address that a text field of this name or JSON Schema format may hold; empty where it has none."""
    if form in ("uri", "url") or (not form and _URL_NAME.search(name.lower())):
        return "https://www.example.com/page"
    return "kim@example.com" if form == "email" or (not form and _MAIL_NAME.search(name.lower())) else ""
