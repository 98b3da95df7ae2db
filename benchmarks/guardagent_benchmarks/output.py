"""Result files that are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from guardagent.errors import DataError


def require_place(path: Path) -> None:
    """Raises DataError when a file cannot be put there; asked before the work, so that none is lost."""
    if path.is_dir():
        raise DataError(f"`{path}`: is a folder; name a file in it")
    if not path.parent.is_dir():
        raise DataError(f"`{path}`: there is no folder `{path.parent}`; make it first")
    if not os.access(path.parent, os.W_OK):
        raise DataError(f"`{path}`: the folder `{path.parent}` cannot be written")


def write_whole(path: Path, content: bytes) -> None:
    """Puts the file in place in one step; raises DataError, and leaves what was there, when it cannot."""
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as draft:
            try:
                draft.write(content)
                draft.flush()
                os.fsync(draft.fileno())
                # A temporary file is its owner's alone; a result may be read by whom the folder's owner usually lets.
                os.chmod(draft.name, 0o666 & ~_umask())
                os.replace(draft.name, path)
            except BaseException:
                Path(draft.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise DataError(f"`{path}`: cannot be written ({(error.strerror or 'I/O error').lower()})") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
