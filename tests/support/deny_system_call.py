"""Makes one system call fail as on a kernel that does not have it, then runs a command: `number python script ...`."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

from guardagent_toolbox.sandbox.libc import NO_NEW_PRIVS, prctl, syscall
from guardagent_toolbox.sandbox.syscalls import number_of

_LOAD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF_0000, 0x0005_0000


def deny(number: int) -> None:
    """From now on, and in every child, the call fails with ENOSYS."""
    steps = (
        (_LOAD, 0, 0, 0),
        (_JUMP_EQUAL, 0, 1, number),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
        (_RETURN, 0, 0, _ALLOW),
    )
    program = b"".join(struct.pack("=HBBI", *step) for step in steps)
    instructions = ctypes.create_string_buffer(program, len(program))
    handle = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(instructions))
    prctl(NO_NEW_PRIVS, 1)
    syscall(number_of("seccomp"), 1, 0, ctypes.c_char_p(handle))


if __name__ == "__main__":
    deny(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
