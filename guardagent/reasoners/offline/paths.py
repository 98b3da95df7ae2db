"""File paths: parts of them, and whether one lies below a folder once ".." is worked out."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Any

from guardagent.reasoners.offline.events import Event
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.values import UNREADABLE, Value

helper(
    "is_below",
    '''
def is_below(value, folders, itself, unclear):
    """Whether a path lies below one of the folders once ".." is worked out; `unclear` when that can't be told."""
    if value is None:
        return False
    if not isinstance(value, str):
        return unclear
    found = parse_path(value)
    if found is None:
        return unclear
    for folder in folders:
        home = parse_path(folder)
        if path_within(value, folder) is True and (itself or found["parts"] != home["parts"]):
            return True
    return False
''',
)
helper(
    "path_part",
    '''
def path_part(value, part):
    """The name or the ending of the file that a path names; None without path, UNREADABLE when readers could differ."""
    if value is None:
        return None
    found = parse_path(value) if isinstance(value, str) else None
    return UNREADABLE if found is None else found[part]
''',
)
helper(
    "is_hidden",
    '''
def is_hidden(value, unclear):
    """Whether a path names a hidden file or leads through a hidden folder: one that begins with a dot."""
    if value is None:
        return False
    found = parse_path(value) if isinstance(value, str) else None
    if found is None:
        return unclear
    return any(part.startswith(".") and part != ".." for part in found["parts"])
''',
)
helper(
    "climbs",
    '''
def climbs(value, unclear):
    """Whether ".." stands as a part of the path."""
    if value is None:
        return False
    return ".." in value.replace("\\\\", "/").split("/") if isinstance(value, str) else unclear
''',
)
helper(
    "is_absolute",
    '''
def is_absolute(value, unclear):
    """Whether a path begins at the root."""
    if value is None:
        return False
    found = parse_path(value) if isinstance(value, str) else None
    return unclear if found is None else found["absolute"]
''',
)


@dataclass(frozen=True)
class Below:
    """The path lies below one of the folders; with `itself`, or is one."""

    value: Value
    folders: tuple[str, ...]
    itself: bool = False

    def code(self, unclear: bool) -> str:
        return f"is_below({self.value.code()}, {list(self.folders)!r}, {self.itself}, {unclear})"

    def holds(self, event: Event) -> bool:
        found = self.value.of(event)
        if not isinstance(found, str) or not found.strip():
            return False
        path = posixpath.normpath(found)
        homes = [posixpath.normpath(folder) for folder in self.folders]
        return any(path.startswith(f"{home}/") or (self.itself and path == home) for home in homes)

    def make(self, event: Event, truth: bool) -> list[Event]:
        home = posixpath.normpath(self.folders[0])
        if truth:
            made = [f"{posixpath.normpath(folder)}/a/b.txt" for folder in self.folders[:3]]
            made += [f"{home}/x/../b.txt"]
        else:
            made = [f"{home}/../elsewhere/b.txt", f"{home}-other/b.txt", "/elsewhere/b.txt", home]
        return [e for path in made for e in self.value.put(event, path) if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"{self.value.says()} is below {' or '.join(f'`{f}`' for f in self.folders)}"


@dataclass(frozen=True)
class Trait:
    """Something that is so of a path: hidden, climbs, absolute."""

    value: Value
    name: str

    def code(self, unclear: bool) -> str:
        return f"{_TRAITS[self.name][0]}({self.value.code()}, {unclear})"

    def holds(self, event: Event) -> bool:
        found = self.value.of(event)
        if not isinstance(found, str):
            return False
        parts = found.split("/")
        if self.name == "climbs":
            return ".." in parts
        if self.name == "absolute":
            return found.startswith("/")
        return any(p.startswith(".") and p not in (".", "..") for p in posixpath.normpath(found).split("/"))

    def make(self, event: Event, truth: bool) -> list[Event]:
        _helper, good, bad = _TRAITS[self.name]
        found = self.value.of(event)
        near = [found] if isinstance(found, str) else []
        return [
            e
            for path in (*(good if truth else bad), *near)
            for e in self.value.put(event, path)
            if self.holds(e) is truth
        ]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"{self.value.says()} is {self.name}"


_TRAITS = {
    "hidden": ("is_hidden", ("/srv/.hidden/a.txt", "/srv/.profile"), ("/srv/open/a.txt",)),
    "climbs": ("climbs", ("/srv/../a.txt", "../a.txt"), ("/srv/a..txt",)),
    "absolute": ("is_absolute", ("/srv/a.txt",), ("srv/a.txt",)),
}


@dataclass(frozen=True)
class PathPart:
    """The name of a file (`name`) or its ending with the dot (`suffix`)."""

    value: Value
    part: str

    def code(self) -> str:
        return f"path_part({self.value.code()}, {self.part!r})"

    def of(self, event: Event) -> Any:
        found = self.value.of(event)
        if not isinstance(found, str):
            return None if found is None else UNREADABLE
        name = posixpath.basename(posixpath.normpath(found)) if found.strip() else ""
        if self.part == "name":
            return name
        stem, dot, suffix = name.rpartition(".")
        return (dot + suffix).lower() if stem else ""

    def put(self, event: Event, wanted: Any) -> list[Event]:
        found = self.value.of(event)
        folder = posixpath.dirname(found) if isinstance(found, str) and "/" in found else "files"
        text = str(wanted or "").replace(" ", "-")
        name = text if self.part == "name" else f"file{text if not text or text.startswith('.') else f'.{text}'}"
        made = self.value.put(event, f"{folder}/{name}")
        return [e for e in made if str(self.of(e)) == text or self.part == "suffix"]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"the {'file name' if self.part == 'name' else 'ending'} of {self.value.says()}"


def is_path(field: object) -> bool:
    """Whether a field may hold a file path, by its name."""
    if not isinstance(field, Field):
        return isinstance(field, PathPart) is False and hasattr(field, "of")
    words = ("path", "file", "folder", "directory", "dir", "filename", "target", "destination", "source", "key", "dest")
    named = field.owner or any(word in field.name.lower() for word in words)
    return bool(named) and (not field.types or "string" in field.types) and not field.values
