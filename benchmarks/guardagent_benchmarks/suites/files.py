"""Reading benchmark files, with errors that say which file and which row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from guardagent.errors import DataError

MAX_BYTES = 64 * 1024 * 1024


def text_of(path: Path) -> str:
    """The text of a UTF-8 file.

    Raises:
        DataError: missing, unreadable, larger than any benchmark file, or not UTF-8.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(f"`{path.name}`: larger than {MAX_BYTES // 2**20} MB; is it the right file?")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"`{path.name}`: not UTF-8 text (byte {error.start}); convert it or fetch it again") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DataError(f"`{path.name}`: cannot be read ({reason.lower()})") from None


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON file that holds a list of objects; raises DataError."""
    try:
        value = json.loads(text_of(path))
    except RecursionError:
        raise DataError(f"`{path.name}`: nested too deeply for a benchmark file") from None
    except ValueError as error:
        place = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise DataError(f"`{path.name}`: not valid JSON{place}; fetch it again") from None
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise DataError(f"`{path.name}`: must be a JSON list of objects")
    if not value:
        raise DataError(f"`{path.name}`: holds no rows")
    return value


def find_file(folder: Path, name: str, *, below: str) -> Path | None:
    """The file `below/name` in a folder, or `name` when the folder is already the inner one; None if neither is."""
    return next((path for path in (folder / below / name, folder / name) if path.is_file()), None)


def text_field(row: Mapping[str, Any], key: str, *, where: str) -> str:
    """A field that must be a text with something in it; raises DataError that names the row."""
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"{where}: `{key}` must be a text")
    return value.strip()


def denied(row: Mapping[str, Any], *, where: str) -> bool:
    """Whether the row's gold label says deny; raises DataError on anything but 0 and 1."""
    value = row.get("label")
    if isinstance(value, bool) or value not in (0, 1):
        raise DataError(f"{where}: `label` must be 0 (allow) or 1 (deny)")
    return bool(value)


def unique(ids: Sequence[str]) -> tuple[str, ...]:
    """The ids in order, with `#2`, `#3` … on those that came before."""
    seen: Counter[str] = Counter()
    found = []
    for name in ids:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(found)
