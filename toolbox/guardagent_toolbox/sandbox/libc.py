"""The doors to the kernel that Python does not open itself: prctl, raw system calls, the current processor."""

from __future__ import annotations

import ctypes
import os
from typing import Any

PDEATHSIG, DUMPABLE, NO_NEW_PRIVS, CAP_AMBIENT = 1, 4, 38, 47
CAP_AMBIENT_CLEAR_ALL = 4

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_sched_getcpu = getattr(_libc, "sched_getcpu", lambda: -1)


def prctl(option: int, value: int = 0) -> None:
    """Sets one attribute of this process; raises OSError when the kernel refuses."""
    zero = ctypes.c_ulong(0)
    _checked(_libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero))


def syscall(number: int, *arguments: Any) -> int:
    """What a raw system call returns; raises OSError when it fails."""
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *words))


def current_cpu() -> int:
    """The processor that this thread runs on; -1 where the C library cannot tell."""
    return int(_sched_getcpu())


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


__all__ = [
    "CAP_AMBIENT",
    "CAP_AMBIENT_CLEAR_ALL",
    "DUMPABLE",
    "NO_NEW_PRIVS",
    "PDEATHSIG",
    "current_cpu",
    "prctl",
    "syscall",
]
