"""How the commands speak to people: exit codes and one-line errors."""

from __future__ import annotations

import sys

from guardagent.errors import (
    DataError,
    EventError,
    GuardAgentError,
    MemoryStoreError,
    PolicyError,
    SettingsError,
    UnknownToolError,
)

ALLOWED = 0
DENIED = 1
USAGE = 2
GUARD_FAILED = 3

# Errors of what the caller handed in; every other one means that the guard could not do its work.
_USAGE_ERRORS = (EventError, SettingsError, PolicyError, DataError, MemoryStoreError, UnknownToolError)


def exit_code_of(error: GuardAgentError) -> int:
    """2 for bad input, 3 where the guard itself could not do its work."""
    return USAGE if isinstance(error, _USAGE_ERRORS) else GUARD_FAILED


def say_error(error: GuardAgentError) -> None:
    """Prints the one line of an error to stderr."""
    line = " ".join(str(error).split())
    sys.stderr.write(f"guardagent: {line}\n")
