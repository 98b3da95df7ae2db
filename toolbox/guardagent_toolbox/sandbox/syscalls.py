"""The system calls that the sandbox knows by name, numbered per architecture."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Architecture:
    """One architecture as seccomp sees it."""

    audit: int
    """The value that the kernel reports for calls made by this architecture's own instruction."""
    calls: dict[str, int]
    foreign_from: int | None = None
    """Numbers from here on belong to a second ABI of the same architecture (x32) and are never allowed."""


X86_64 = Architecture(
    audit=0xC000_003E,
    foreign_from=0x4000_0000,
    calls={
        "recvfrom": 45, "sendto": 44, "setitimer": 38,
        "mmap": 9, "mprotect": 10, "munmap": 11, "mremap": 25, "madvise": 28, "brk": 12,
        "futex": 202, "rt_sigprocmask": 14, "rt_sigreturn": 15, "restart_syscall": 219, "sched_yield": 24,
        "clock_gettime": 228, "gettimeofday": 96,
        "getpid": 39, "gettid": 186, "tgkill": 234, "exit": 60, "exit_group": 231,
        "write": 1, "writev": 20,
        "capset": 126, "seccomp": 317,
        "kill": 62, "ptrace": 101, "process_vm_readv": 310, "io_uring_setup": 425, "bpf": 321, "unshare": 272,
    },
)  # fmt: skip

AARCH64 = Architecture(
    audit=0xC000_00B7,
    calls={
        "recvfrom": 207, "sendto": 206, "setitimer": 103,
        "mmap": 222, "mprotect": 226, "munmap": 215, "mremap": 216, "madvise": 233, "brk": 214,
        "futex": 98, "rt_sigprocmask": 135, "rt_sigreturn": 139, "restart_syscall": 128, "sched_yield": 124,
        "clock_gettime": 113, "gettimeofday": 169,
        "getpid": 172, "gettid": 178, "tgkill": 131, "exit": 93, "exit_group": 94,
        "write": 64, "writev": 66,
        "capset": 91, "seccomp": 277,
        "kill": 129, "ptrace": 117, "process_vm_readv": 270, "io_uring_setup": 425, "bpf": 280, "unshare": 97,
    },
)  # fmt: skip

# Newer calls have the same number on every architecture.
LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF = 444, 446

ARCHITECTURES = {"x86_64": X86_64, "aarch64": AARCH64}


# Asked once: a confined process cannot.
THIS_MACHINE = ARCHITECTURES.get(os.uname().machine)
"""The architecture of this machine; None where there is no table for it."""


def number_of(call: str) -> int:
    """The number of a system call on this machine; raises OSError where there is no table for it."""
    if THIS_MACHINE is None:
        raise OSError("no system call table for this machine")
    return THIS_MACHINE.calls[call]


__all__ = [
    "AARCH64",
    "ARCHITECTURES",
    "LANDLOCK_CREATE_RULESET",
    "LANDLOCK_RESTRICT_SELF",
    "THIS_MACHINE",
    "X86_64",
    "Architecture",
    "number_of",
]
