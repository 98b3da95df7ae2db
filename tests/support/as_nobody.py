"""Becomes an ordinary user that may still read every file, then runs a command: `python script ...`.

The one capability lets the user into an interpreter that was installed for root alone; it changes nothing else.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

from guardagent_toolbox.sandbox.confine import NOBODY
from guardagent_toolbox.sandbox.libc import CAP_AMBIENT, prctl, syscall
from guardagent_toolbox.sandbox.syscalls import number_of

_KEEP_CAPABILITIES = 8
_CAP_AMBIENT_RAISE = 2
_READ_EVERYTHING = 2
_VERSION_3 = 0x2008_0522


def become_nobody() -> None:
    """Drops everything of root but reading."""
    prctl(_KEEP_CAPABILITIES, 1)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    held = 1 << _READ_EVERYTHING
    header = struct.pack("=Ii", _VERSION_3, 0)
    sets = struct.pack("=6I", held, held, held, 0, 0, 0)
    syscall(number_of("capset"), ctypes.c_char_p(header), ctypes.c_char_p(sets))
    # A new program keeps only what is ambient.
    raised = ctypes.CDLL(None).prctl(CAP_AMBIENT, _CAP_AMBIENT_RAISE, ctypes.c_ulong(_READ_EVERYTHING), 0, 0)
    if raised != 0:
        raise OSError("cannot keep the capability to read")


if __name__ == "__main__":
    become_nobody()
    os.execv(sys.argv[1], sys.argv[1:])
