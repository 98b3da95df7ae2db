"""File paths as text, without a file system."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from guardagent_toolbox.reading.plain import has_controls

_MAX_PATH = 4_096
_DRIVE = re.compile(r"([A-Za-z]):[\\/]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Path:
    """A path with "." and ".." resolved as far as it reaches."""

    root: str
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The path in one canonical spelling."""
        return self.root + "/".join(self.parts) or "."


def read_path(text: str) -> Path | None:
    """The resolved path; None for an empty one, or one that readers would take for different files."""
    if not text or len(text) > _MAX_PATH or has_controls(text) or text.startswith("~") or text != text.strip():
        return None
    drive = _DRIVE.match(text)
    if drive is not None:
        return Path(f"{drive[1].lower()}:/", _resolved(re.split(r"[\\/]", text[drive.end() :].lower()), rooted=True))
    if "\\" in text:
        return None
    rooted = text.startswith("/")
    return Path("/" if rooted else "", _resolved(unicodedata.normalize("NFC", text).split("/"), rooted=rooted))


def _resolved(steps: list[str], *, rooted: bool) -> tuple[str, ...]:
    parts: list[str] = []
    for step in steps:
        if step == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif step not in ("", ".") and not (step == ".." and rooted):
            parts.append(step)
    return tuple(parts)


def below(path: Path | None, folder: Path | None) -> bool | None:
    """Whether the path is the folder or below it; None when that cannot be told."""
    if path is None or folder is None or ".." in folder.parts:
        return None
    if path.root != folder.root:
        return False if path.root and folder.root else None
    return path.parts[:1] != ("..",) and path.parts[: len(folder.parts)] == folder.parts
