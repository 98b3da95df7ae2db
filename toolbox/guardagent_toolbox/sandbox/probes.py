"""Assumed escape: what native code in a worker would try, run in a throw-away worker to see that it is stopped.

A probe ends in one of three ways: the kernel kills the worker, the attempt fails, or it works and returns what it got.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import socket
import struct
from collections.abc import Callable
from typing import NoReturn

from guardagent_toolbox.sandbox.confine import confine
from guardagent_toolbox.sandbox.leash import LEASH
from guardagent_toolbox.sandbox.libc import syscall
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.syscalls import number_of
from guardagent_toolbox.sandbox.wire import CHANNEL
from guardagent_toolbox.sandbox.worker import announce

_GIGABYTE = 1 << 30
_PTRACE_TRACEME = 0
_CLONE_NEWUSER = 0x1000_0000
_SOME_ADDRESS = 0x1000
_X32 = 0x4000_0000
_X32_GETPID = _X32 + 39


class Stopped(Exception):
    """The attempt did not give anything."""


def _read_file() -> str:
    with open("/etc/passwd") as file:
        return file.read(20)


def _write_file() -> str:
    path = f"/tmp/guardagent-probe-{os.getpid()}"
    with open(path, "x") as file:
        written = file.write("x")
    os.unlink(path)
    return f"wrote {written}"


def _stat_file() -> str:
    return f"{os.stat('/etc/passwd').st_size} bytes"


def _list_directory() -> str:
    return f"{len(os.listdir('/'))} names"


def _tcp_socket() -> str:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect(("127.0.0.1", 9))
    return "connected"


def _udp_socket() -> str:
    return f"sent {socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))}"


def _unix_socket() -> str:
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).bind("\0guardagent-probe")
    return "bound"


def _fork() -> str:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return f"child {pid}"


def _exec() -> str:
    os.execv("/bin/true", ["true"])


def _ptrace() -> str:
    return f"{_call('ptrace', _PTRACE_TRACEME, 0, 0, 0)}"


def _read_parent_memory(parent: int) -> str:
    here = ctypes.create_string_buffer(8)
    ours, theirs = struct.pack("PN", ctypes.addressof(here), 8), struct.pack("PN", _SOME_ADDRESS, 8)
    try:
        return f"{_call('process_vm_readv', parent, ctypes.c_char_p(ours), 1, ctypes.c_char_p(theirs), 1, 0)} bytes"
    except OSError as error:
        if error.errno == errno.EFAULT:  # it may read, only not there
            return "the right to read"
        raise


def _signal_parent(parent: int) -> str:
    os.kill(parent, 0)
    return "signalled"


def _signal_another() -> str:
    return f"{_call('tgkill', 1, 1, 0)}"


def _map_executable() -> str:
    return f"{mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)}"


def _make_executable() -> str:
    page = mmap.mmap(-1, 4096)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return f"{_call('mprotect', address, 4096, mmap.PROT_READ | mmap.PROT_EXEC)}"


def _map_channel() -> str:
    return f"{_call('mmap', 0, 4096, mmap.PROT_READ, mmap.MAP_PRIVATE, CHANNEL, 0)}"


def _io_uring() -> str:
    return f"{_call('io_uring_setup', 1, ctypes.create_string_buffer(120))}"


def _bpf() -> str:
    array_of_one = struct.pack("5I", 2, 4, 4, 1, 0)
    return f"{_call('bpf', 0, ctypes.c_char_p(array_of_one), len(array_of_one))}"


def _unshare() -> str:
    return f"{_call('unshare', _CLONE_NEWUSER)}"


def _x32() -> str:
    return f"pid {syscall(_X32_GETPID)}"


def _process_files() -> str:
    with open("/proc/self/maps") as file:
        return file.read(20)


def _inherited_descriptors() -> str:
    for number in (n for n in range(1024) if n not in (CHANNEL, LEASH)):
        try:
            _call("sendto", number, None, 0, 0, None, 0)
        except OSError as error:
            if error.errno == errno.EBADF:
                continue
        return f"descriptor {number}"
    raise Stopped("no descriptor but the channel and the leash")


def _environment() -> str:
    first = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.pythonapi, "environ")
    if os.environ or first[0] is not None:
        return "a variable"
    raise Stopped("the environment is empty")


def _memory() -> str:
    return f"{len(bytearray(_GIGABYTE))} bytes"


_ATTEMPTS: dict[str, Callable[[], str]] = {
    "read a file": _read_file,
    "write a file": _write_file,
    "stat a file": _stat_file,
    "list a directory": _list_directory,
    "TCP socket": _tcp_socket,
    "UDP socket": _udp_socket,
    "abstract unix socket": _unix_socket,
    "fork": _fork,
    "exec": _exec,
    "ptrace": _ptrace,
    "signal another process": _signal_another,
    "map executable memory": _map_executable,
    "make memory executable": _make_executable,
    "map a descriptor": _map_channel,
    "io_uring": _io_uring,
    "bpf": _bpf,
    "new user namespace": _unshare,
    "x32 system call": _x32,
    "read /proc": _process_files,
    "inherited descriptors": _inherited_descriptors,
    "environment": _environment,
    "1 GiB of memory": _memory,
}
_ATTEMPTS_ON_PARENT: dict[str, Callable[[int], str]] = {
    "read another process": _read_parent_memory,
    "signal the parent": _signal_parent,
}
PROBES = (*_ATTEMPTS, *_ATTEMPTS_ON_PARENT)
"""The names of all attempts."""


def attempt(name: str, *, parent: int) -> str:
    """What the attempt got; raises OSError, MemoryError or Stopped when it got nothing."""
    if name in _ATTEMPTS_ON_PARENT:
        return _ATTEMPTS_ON_PARENT[name](parent)
    return _ATTEMPTS[name]()


def become_probe(name: str, limits: Limits, *, parent: int) -> NoReturn:
    """Confines this process, tries one thing, and says what came of it if it still can."""
    channel = socket.socket(fileno=CHANNEL)
    announce(channel, confine(limits))
    try:
        outcome = f"got {attempt(name, parent=parent)}"
    except (OSError, MemoryError, Stopped) as error:
        outcome = f"stopped {type(error).__name__}: {error}".removesuffix(": ")
    channel.send(outcome.encode())
    os._exit(0)


def _call(name: str, *arguments: object) -> int:
    return syscall(number_of(name), *arguments)


__all__ = ["PROBES", "Stopped", "attempt", "become_probe"]
