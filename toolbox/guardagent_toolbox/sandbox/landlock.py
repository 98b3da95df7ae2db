"""Landlock: an empty ruleset that handles every right the kernel knows, so that nothing is granted."""

from __future__ import annotations

import ctypes
import os

from guardagent_toolbox.sandbox.libc import NO_NEW_PRIVS, prctl, syscall
from guardagent_toolbox.sandbox.syscalls import LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF

_VERSION_FLAG = 1

# First ABI that knows the right: file rights 0-12, refer, truncate, device ioctl; TCP bind and connect; IPC scopes.
_FILE_RIGHTS = ((1, 13), (2, 14), (3, 15), (5, 16))
_TCP_SINCE, _TCP_RIGHTS = 4, 0b11
_SCOPES_SINCE, _SCOPES = 6, 0b11


class _RulesetAttributes(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


def abi() -> int:
    """The Landlock version of this kernel; 0 where it is missing or switched off."""
    try:
        return syscall(LANDLOCK_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def restrict(version: int) -> None:
    """Takes every file, TCP and IPC right that ABI `version` knows from this process, for good.

    Raises:
        OSError: the kernel refused.
    """
    size = 24 if version >= _SCOPES_SINCE else 16 if version >= _TCP_SINCE else 8
    rights = _RulesetAttributes(
        files=(1 << max(bits for since, bits in _FILE_RIGHTS if version >= since)) - 1,
        network=_TCP_RIGHTS if version >= _TCP_SINCE else 0,
        scopes=_SCOPES if version >= _SCOPES_SINCE else 0,
    )
    prctl(NO_NEW_PRIVS, 1)
    ruleset = syscall(LANDLOCK_CREATE_RULESET, ctypes.byref(rights), size, 0)
    try:
        syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


__all__ = ["abi", "restrict"]
