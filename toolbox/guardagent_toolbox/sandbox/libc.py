"""The doors to the kernel that Python does not open itself: prctl, raw system calls, the current processor."""

from __future__ import annotations

import ctypes
import os
from typing import Any

DUMPABLE, NO_NEW_PRIVS, CAP_AMBIENT = 4, 38, 47
CAP_AMBIENT_CLEAR_ALL = 4

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_sched_getcpu = getattr(_libc, "sched_getcpu", lambda: -1)

_malloc_trim = getattr(_libc, "malloc_trim", None)  # of glibc only


def prctl(option: int, value: int = 0) -> None:
    """Sets one attribute of this process; raises OSError when the kernel refuses."""
    zero = ctypes.c_ulong(0)
    _checked(_libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero))


def syscall(number: int, *arguments: Any) -> int:
    """What a raw system call returns; raises OSError when it fails."""
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *words))


def give_back() -> None:
    """Returns memory that the C library holds and nobody uses to the system; nothing where it cannot do so."""
    if _malloc_trim is not None:
        _malloc_trim(0)


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
    "current_cpu",
    "give_back",
    "prctl",
    "syscall",
]
