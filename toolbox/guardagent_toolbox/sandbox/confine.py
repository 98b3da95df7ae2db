"""Confinement of this process by the kernel, without root, for good.

Order matters: identity first (the leash is held in its name), then Landlock (it needs a descriptor), then the limit on
descriptors, and seccomp last, because it forbids all of the others.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass

from guardagent_toolbox.sandbox import filter as seccomp_filter
from guardagent_toolbox.sandbox import landlock
from guardagent_toolbox.sandbox.leash import tie_to_host
from guardagent_toolbox.sandbox.libc import (
    CAP_AMBIENT,
    CAP_AMBIENT_CLEAR_ALL,
    DUMPABLE,
    NO_NEW_PRIVS,
    prctl,
    syscall,
)
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.syscalls import THIS_MACHINE, number_of

NOBODY = 65_534
_MEGABYTE = 1 << 20
_SET_MODE_FILTER = 1
_CAPABILITY_VERSION_3 = 0x2008_0522


@dataclass(frozen=True, slots=True)
class Layers:
    """Which kernel layers hold a process."""

    landlock_abi: int = 0
    """0: no Landlock."""
    seccomp: bool = False
    rlimits: bool = False
    privileges: bool = False
    """No capabilities, none to gain, not dumpable, dies with the host."""
    uid: int = -1

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the layers that are not in force; empty: confined by the kernel."""
        held = {
            "Landlock": self.landlock_abi > 0,
            "seccomp": self.seccomp,
            "rlimits": self.rlimits,
            "dropped privileges": self.privileges,
        }
        return tuple(name for name, holds in held.items() if not holds)

    def as_json(self) -> dict[str, int]:
        """Plain values for a message."""
        return asdict(self)


def confine(limits: Limits) -> Layers:
    """Confines this process as far as the kernel can, and tells what is in force.

    A layer that cannot be set up is left out of the answer; whether that is enough is for the host to judge.
    """
    privileges = _done(_drop_privileges) and _done(_gain_nothing) and _done(tie_to_host)
    rlimits = _done(lambda: _limit_resources(limits))
    version = landlock.abi()
    if version and not _done(lambda: landlock.restrict(version)):
        version = 0
    rlimits = rlimits and _done(_limit_descriptors)
    # Python reads the user id by a system call, and that is over once the filter is in force.
    uid = os.getuid()
    return Layers(version, seccomp=_done(_filter_system_calls), rlimits=rlimits, privileges=privileges, uid=uid)


def _done(step: Callable[[], None]) -> bool:
    try:
        step()
    except (OSError, ValueError):
        return False
    return True


def _drop_privileges() -> None:
    if os.geteuid() == 0:
        # A container may map no other user; its root then stays, without capabilities.
        _done(_become_nobody)
    prctl(CAP_AMBIENT, CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    syscall(number_of("capset"), ctypes.c_char_p(header), ctypes.c_char_p(bytes(24)))


def _become_nobody() -> None:
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def _gain_nothing() -> None:
    prctl(NO_NEW_PRIVS, 1)
    prctl(DUMPABLE, 0)


def _limit_resources(limits: Limits) -> None:
    _lower(resource.RLIMIT_AS, _address_space() + limits.memory_mb * _MEGABYTE)
    _lower(resource.RLIMIT_CPU, limits.worker_cpu_s)
    for kind in (resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK):
        _lower(kind, 0)


def _limit_descriptors() -> None:
    _lower(resource.RLIMIT_NOFILE, 0)


def _lower(kind: int, value: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))


def _address_space() -> int:
    """Bytes of address space in use."""
    with open("/proc/self/statm", "rb") as pages:
        return int(pages.read().split()[0]) * resource.getpagesize()


def _filter_system_calls() -> None:
    if THIS_MACHINE is None:
        raise OSError("no system call table for this machine")
    program = seccomp_filter.build(THIS_MACHINE, os.getpid())
    instructions = ctypes.create_string_buffer(program, len(program))
    handle = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(instructions))
    syscall(number_of("seccomp"), _SET_MODE_FILTER, 0, ctypes.c_char_p(handle))


__all__ = ["NOBODY", "Layers", "confine"]
