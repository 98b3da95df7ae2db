"""The seccomp filter, read instruction by instruction as the kernel would, for both architectures."""

from __future__ import annotations

import mmap
import re
import struct
from pathlib import Path

import pytest

from guardagent_toolbox.sandbox.filter import ALLOWED, build
from guardagent_toolbox.sandbox.syscalls import (
    AARCH64,
    ARCHITECTURES,
    LANDLOCK_CREATE_RULESET,
    LANDLOCK_RESTRICT_SELF,
    X86_64,
    Architecture,
)

KILL, ALLOW, BAD_DESCRIPTOR = 0x8000_0000, 0x7FFF_0000, 0x0005_0009
PID = 4242
HIGHEST_CALL = 600

BY_ARGUMENT = ("mmap", "mprotect", "tgkill", "write", "writev")
ANONYMOUS = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
READ_WRITE = mmap.PROT_READ | mmap.PROT_WRITE


def verdict(architecture: Architecture, number: int, *arguments: int, audit: int | None = None) -> int:
    """What the filter returns for a system call."""
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("<IIQ6Q", number, architecture.audit if audit is None else audit, 0, *padded)
    program = build(architecture, PID)
    steps = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    word = position = 0
    while True:
        code, yes, no, value = steps[position]
        position += 1
        match code:
            case 0x20:
                (word,) = struct.unpack_from("<I", data, value)
            case 0x15:
                position += yes if word == value else no
            case 0x35:
                position += yes if word >= value else no
            case 0x45:
                position += yes if word & value else no
            case 0x06:
                return int(value)
            case _:
                raise AssertionError(f"instruction {code:#x}")


@pytest.fixture(params=sorted(ARCHITECTURES))
def architecture(request: pytest.FixtureRequest) -> Architecture:
    return ARCHITECTURES[request.param]


def test_only_the_listed_calls_are_allowed(architecture: Architecture) -> None:
    allowed = {number for number in range(HIGHEST_CALL) if verdict(architecture, number) == ALLOW}
    # With all arguments zero, mprotect takes rights away; that is fine, too.
    assert allowed == {architecture.calls[name] for name in (*ALLOWED, "mprotect")}


def test_list_holds_nothing_that_opens_starts_or_reaches_anything() -> None:
    assert not set(ALLOWED) & {"openat", "socket", "connect", "execve", "clone", "kill", "prctl", "dup", "sendmsg"}
    assert len(ALLOWED) + len(BY_ARGUMENT) < 25


@pytest.mark.parametrize(
    ("rights", "flags", "want"),
    [
        (READ_WRITE, ANONYMOUS, ALLOW),
        (mmap.PROT_READ | mmap.PROT_EXEC, ANONYMOUS, KILL),
        (READ_WRITE | mmap.PROT_EXEC, ANONYMOUS, KILL),
        (mmap.PROT_READ, mmap.MAP_PRIVATE, KILL),
        (mmap.PROT_READ, mmap.MAP_SHARED, KILL),
    ],
)
def test_memory_is_anonymous_and_never_executable(
    architecture: Architecture, rights: int, flags: int, want: int
) -> None:
    assert verdict(architecture, architecture.calls["mmap"], 0, 4096, rights, flags) == want


def test_memory_never_becomes_executable(architecture: Architecture) -> None:
    number = architecture.calls["mprotect"]
    assert verdict(architecture, number, 0, 4096, READ_WRITE) == ALLOW
    assert verdict(architecture, number, 0, 4096, READ_WRITE | mmap.PROT_EXEC) == KILL


def test_process_may_signal_itself_only(architecture: Architecture) -> None:
    assert verdict(architecture, architecture.calls["tgkill"], PID, PID, 6) == ALLOW
    assert verdict(architecture, architecture.calls["tgkill"], PID + 1, PID, 6) == KILL
    assert verdict(architecture, architecture.calls["tgkill"], 1, 1, 0) == KILL


@pytest.mark.parametrize("call", ["write", "writev"])
def test_log_lines_of_libraries_are_lost_and_all_other_writes_kill(architecture: Architecture, call: str) -> None:
    assert verdict(architecture, architecture.calls[call], 2) == BAD_DESCRIPTOR
    assert [verdict(architecture, architecture.calls[call], fd) for fd in (0, 1, 3, 4)] == [KILL] * 4


def test_calls_of_another_architecture_kill(architecture: Architecture) -> None:
    i386 = 0x4000_0003
    for name in ALLOWED:
        assert verdict(architecture, architecture.calls[name], audit=i386) == KILL


def test_x32_calls_kill() -> None:
    for name in ALLOWED:
        assert verdict(X86_64, X86_64.calls[name] | 0x4000_0000) == KILL
    assert verdict(X86_64, 0xFFFF_FFFF) == KILL


def test_tables_name_the_same_calls() -> None:
    assert X86_64.calls.keys() == AARCH64.calls.keys()


def test_tables_name_every_call_of_the_filter_and_no_number_twice(architecture: Architecture) -> None:
    assert {*ALLOWED, *BY_ARGUMENT} <= architecture.calls.keys()
    assert len(set(architecture.calls.values())) == len(architecture.calls)


# From the kernel's unistd_64.h and asm-generic/unistd.h, and ELF's machine numbers 62 and 183 with the audit flags.
@pytest.mark.parametrize(
    ("call", "x86_64", "aarch64"),
    [
        ("recvfrom", 45, 207),
        ("sendto", 44, 206),
        ("mmap", 9, 222),
        ("futex", 202, 98),
        ("write", 1, 64),
        ("tgkill", 234, 131),
        ("exit_group", 231, 94),
        ("seccomp", 317, 277),
        ("ptrace", 101, 117),
        ("bpf", 321, 280),
        ("io_uring_setup", 425, 425),
    ],
)
def test_numbers_are_those_of_the_kernel(call: str, x86_64: int, aarch64: int) -> None:
    assert (X86_64.calls[call], AARCH64.calls[call]) == (x86_64, aarch64)


def test_architectures_are_told_apart_as_the_kernel_does() -> None:
    is_64_bit, is_little_endian = 0x8000_0000, 0x4000_0000
    assert X86_64.audit == is_64_bit | is_little_endian | 62
    assert AARCH64.audit == is_64_bit | is_little_endian | 183


HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


@pytest.mark.parametrize("machine", sorted(HEADERS))
def test_whole_tables_agree_with_the_headers_of_the_kernel(machine: str) -> None:
    if not HEADERS[machine].exists():
        pytest.skip("the kernel's headers are not installed")
    lines = HEADERS[machine].read_text("utf-8")
    numbers = dict(re.findall(r"^#define __NR(?:3264)?_(\w+)\s+(\d+)$", lines, re.MULTILINE))
    calls = ARCHITECTURES[machine].calls
    newer = {"landlock_create_ruleset": LANDLOCK_CREATE_RULESET, "landlock_restrict_self": LANDLOCK_RESTRICT_SELF}
    assert {name: int(numbers[name]) for name in (*calls, *newer)} == {**calls, **newer}
