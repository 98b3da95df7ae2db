"""Folders that are there whole or not at all, also when the process is killed while it writes."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from guardagent.errors import PolicyError

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def write_folder(target: Path, files: Mapping[str, str]) -> None:
    """Puts a folder with exactly these files at `target`, in place of the one that is there.

    Raises:
        PolicyError: the place cannot be written; what was there is still there.
    """
    draft = target.parent / f".{target.name}.{os.getpid()}"
    try:
        _remove_leftovers(target)
        draft.mkdir(parents=True)
        for name, text in files.items():
            _write(draft / name, text)
        _sync(draft)
        _put(draft, target)
        _sync(target.parent)
    except OSError as error:
        raise PolicyError(f"{error.filename or target}: cannot be written ({error.strerror})") from None
    except UnicodeEncodeError:
        raise PolicyError(f"{target}: holds half a character (lone surrogate), which no file can hold") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _put(draft: Path, target: Path) -> None:
    """Moves the finished folder to its place; the old one, if any, ends where the draft was."""
    if not target.exists():
        draft.rename(target)
    elif not target.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(target))
    elif not _exchange(draft, target):
        # Without an exchange in one step there is a moment without the folder, never one with half of it.
        old = target.parent / f".{target.name}.old.{os.getpid()}"
        target.rename(old)
        draft.rename(target)
        shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Whether the two folders changed places in one step; False where the system cannot."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL):
        return False
    raise OSError(code, os.strerror(code), str(other))


def _remove_leftovers(target: Path) -> None:
    """Removes the drafts of writers that were killed."""
    for left in target.parent.glob(f".{target.name}.*"):
        pid = left.name.rpartition(".")[2]
        if pid.isdecimal() and (int(pid) == os.getpid() or not Path(f"/proc/{pid}").exists()):
            shutil.rmtree(left, ignore_errors=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
