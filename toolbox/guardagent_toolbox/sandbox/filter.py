"""The seccomp filter: what a confined worker may ask of the kernel, as a classic BPF program.

Everything that is not on the list kills the whole process. A worker only receives, computes in memory, sends, and
ends; it opens nothing, starts nothing and maps neither files nor executable memory.
"""

from __future__ import annotations

import errno
import struct

from guardagent_toolbox.sandbox.syscalls import Architecture

# What the hot path needs stands first: the kernel walks the program from the top.
ALLOWED = (
    "recvfrom", "sendto", "setitimer", "futex", "munmap", "mremap", "madvise", "brk",
    "rt_sigprocmask", "rt_sigreturn", "restart_syscall", "sched_yield", "clock_gettime", "gettimeofday",
    "getpid", "gettid", "exit", "exit_group",
)  # fmt: skip

_KILL = 0x8000_0000
_ALLOW = 0x7FFF_0000
_ERRNO = 0x0005_0000

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = 0, 4, 16

_PROT_EXEC = 0x4
_MAP_ANONYMOUS = 0x20
_STDERR = 2


def build(architecture: Architecture, pid: int) -> bytes:
    """The filter for process `pid`, as an array of `struct sock_filter`."""
    calls = architecture.calls
    program = _load(_ARCH_AT) + _equal(architecture.audit, skip=1) + _return(_KILL) + _load(_NUMBER_AT)
    if architecture.foreign_from is not None:
        program += _op(_JUMP_AT_LEAST, architecture.foreign_from, no=1) + _return(_KILL)
    for name in ALLOWED:
        program += _when(calls[name], _return(_ALLOW))
    program += _when(calls["mmap"], _never(2, _PROT_EXEC) + _always(3, _MAP_ANONYMOUS) + _return(_ALLOW))
    program += _when(calls["mprotect"], _never(2, _PROT_EXEC) + _return(_ALLOW))
    # abort() signals its own process; to end as a crash it must not look like an attempt to escape.
    program += _when(calls["tgkill"], _only(0, pid) + _return(_ALLOW))
    # C libraries log to stderr, which is closed; the call fails instead of ending the worker.
    for name in ("write", "writev"):
        program += _when(calls[name], _only(0, _STDERR) + _return(_ERRNO | errno.EBADF))
    return program + _return(_KILL)


def _op(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)


def _load(offset: int) -> bytes:
    return _op(_LOAD, offset)


def _return(action: int) -> bytes:
    return _op(_RETURN, action)


def _equal(value: int, *, skip: int) -> bytes:
    """Jumps over `skip` instructions when the loaded word is `value`."""
    return _op(_JUMP_EQUAL, value, yes=skip)


def _when(number: int, block: bytes) -> bytes:
    """Runs `block`, which must return on every path, for one system call."""
    return _op(_JUMP_EQUAL, number, no=len(block) // 8) + block


def _argument(index: int) -> bytes:
    # The low half of the argument; both architectures are little-endian, and the checked flags live there.
    return _load(_ARGUMENTS_AT + 8 * index)


def _only(index: int, value: int) -> bytes:
    return _argument(index) + _equal(value, skip=1) + _return(_KILL)


def _never(index: int, bits: int) -> bytes:
    return _argument(index) + _op(_JUMP_BITS, bits, no=1) + _return(_KILL)


def _always(index: int, bits: int) -> bytes:
    return _argument(index) + _op(_JUMP_BITS, bits, yes=1) + _return(_KILL)


__all__ = ["ALLOWED", "build"]
