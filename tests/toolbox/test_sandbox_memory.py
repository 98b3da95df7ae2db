"""Workers share most of their memory with the zygote, and have made what they need of it their own beforehand."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from guardagent.ports import RunCase
from guardagent.types import Program
from guardagent_toolbox.registry import TOOLBOX_VERSION
from guardagent_toolbox.sandbox import Sandbox
from tests.support.sandboxes import PATIENT

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may look at the memory of a confined process")

CHECK = """ROLES = {"nurse": ["lab", "medication"]}


def clause_c1(event, facts):
    allowed = ROLES.get(event["user"]["role"], [])
    missing = [table for table in sorted(event["tables"]) if table not in allowed]
    if missing:
        return violation(f"{missing[0]} is not for this role", details=missing, evidence=["/user/role"])
    return None
"""
EVENTS = [RunCase(json.dumps({"user": {"role": "nurse"}, "tables": ["lab"], "n": n})) for n in range(1_000)]
MOST_BYTES = 6_000_000
MOST_FAULTS = 400


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(PATIENT) as sandbox:
        yield sandbox


def private_bytes(pid: int) -> int:
    """Memory that the process shares with nobody."""
    with open(f"/proc/{pid}/smaps_rollup") as rollup:
        return sum(int(line.split()[1]) * 1_024 for line in rollup if line.startswith("Private_"))


def faults(pid: int) -> int:
    """Pages that the process was given or had to copy so far."""
    with open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rpartition(")")[2].split()[7])


def seated(sandbox: Sandbox) -> int:
    pid = sandbox.worker_pid()
    assert pid is not None
    return pid


def test_worker_in_use_has_little_memory_of_its_own(sandbox: Sandbox) -> None:
    program = Program.of(sandbox.inspect(CHECK), toolbox_version=TOOLBOX_VERSION)
    assert all(result.failure is None for result in sandbox.run(program, EVENTS))
    assert private_bytes(seated(sandbox)) < MOST_BYTES


def test_worker_has_copied_its_pages_before_its_first_program(sandbox: Sandbox) -> None:
    assert sandbox.inspect("").errors  # answered once the rehearsal is over
    pid = seated(sandbox)
    before = faults(pid)
    sandbox.inspect(CHECK)
    assert seated(sandbox) == pid
    assert faults(pid) - before < MOST_FAULTS
