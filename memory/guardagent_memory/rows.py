"""The rows of the memory in SQLite: opening, checking whose file it is, transactions, errors for people."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from guardagent.errors import MemoryStoreError

# Stands in the header of our files, so that we never write into somebody else's database.
APPLICATION_ID = 0x47416D64
_BUSY_SECONDS = 15.0

# Step n brings a file from schema version n to n + 1; steps are only ever appended.
_MIGRATIONS = (
    """
    CREATE TABLE demonstrations (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id     TEXT NOT NULL UNIQUE,
        origin TEXT NOT NULL CHECK (origin IN ('shipped', 'learned', 'imported')),
        digest TEXT NOT NULL,
        body   TEXT NOT NULL
    );
    CREATE TABLE removed (id TEXT PRIMARY KEY);
    CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    """,
)
SCHEMA_VERSION = len(_MIGRATIONS)


def prepare(path: Path) -> None:
    """Makes the file at `path` a memory of this version, or finds that it is one.

    Raises:
        MemoryStoreError: it is no memory, a damaged one, a newer one, or it cannot be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MemoryStoreError(f"memory `{path}`: no folder for it ({error.strerror}); name another file") from error
    with _plain_errors(path), contextlib.closing(_connect(path, "rwc")) as db:
        if _is_ready(db, path):
            return
        _use_wal(db)
        with _transaction(db, "IMMEDIATE"):
            _migrate(db)


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that sees one state of the file throughout."""
    with _plain_errors(path), contextlib.closing(_connect(path)) as db, _transaction(db, "DEFERRED"):
        yield db


@contextlib.contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection whose changes all happen at its end, or not at all; writers wait for each other."""
    with _plain_errors(path), contextlib.closing(_connect(path)) as db, _transaction(db, "IMMEDIATE"):
        yield db


def note(db: sqlite3.Connection, name: str) -> str:
    """The note of that name; empty when there is none."""
    row = db.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
    return "" if row is None else str(row[0])


def set_note(db: sqlite3.Connection, name: str, value: str) -> None:
    """Writes or replaces a note."""
    db.execute("INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)", (name, value))


def _connect(path: Path, access: Literal["rw", "rwc"] = "rw") -> sqlite3.Connection:
    # One short connection per operation: nothing to share between threads or to inherit by a fork.
    # "rw" and not the default, so that a file that was taken away is an error and not an empty memory.
    address = f"{path.resolve().as_uri()}?mode={access}"
    return sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)


def _is_ready(db: sqlite3.Connection, path: Path) -> bool:
    owner = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if owner != APPLICATION_ID and (owner or version or tables):
        raise MemoryStoreError(f"memory `{path}`: an SQLite file of another program; name another file")
    if version > SCHEMA_VERSION:
        raise MemoryStoreError(f"memory `{path}`: written by a newer GuardAgent (schema {version}); upgrade this one")
    return bool(version == SCHEMA_VERSION)


def _use_wal(db: sqlite3.Connection) -> None:
    # SQLite does not wait for its turn when it changes the journal mode, so this does.
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _migrate(db: sqlite3.Connection) -> None:
    # Asked again: another process may have done it while this one waited for its turn.
    version = db.execute("PRAGMA user_version").fetchone()[0]
    for step in _MIGRATIONS[version:]:
        # Statement by statement: executescript would commit first.
        for statement in filter(str.strip, step.split(";")):
            db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection, kind: str) -> Iterator[None]:
    db.execute(f"BEGIN {kind}")
    try:
        yield
    except BaseException:
        db.rollback()
        raise
    db.commit()


@contextlib.contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise MemoryStoreError(f"memory `{path}`: {_what_failed(error)}") from error


def _what_failed(error: sqlite3.Error) -> str:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_NOTADB:
            return "not an SQLite file; name another file, or move this one away"
        case sqlite3.SQLITE_CORRUPT:
            return "damaged; move it away and import your last export"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return "may not be written; check the permissions of the file and its folder"
        case sqlite3.SQLITE_CANTOPEN:
            return "cannot be opened; check that its folder exists and may be written"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "in use by another process; try again"
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            return "the disk is full or failing"
        case _:
            return f"SQLite failed ({error})"
