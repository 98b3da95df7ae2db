"""MontyRunner: a CheckRunner whose programs run in Monty."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from guardagent.errors import SandboxError
from guardagent.ports import RunCase, RunResult
from guardagent.types import Failure, FailureCode, Inspection, Program, digest_of
from guardagent_toolbox.inspecting import accepted, rejected
from guardagent_toolbox.language.outline import Errors
from guardagent_toolbox.monty.limits import MontyLimits
from guardagent_toolbox.monty.patience import Patience
from guardagent_toolbox.monty.program import MontyProgram, compile_for_monty
from guardagent_toolbox.monty.reading import ReaderLost, SourceReader
from guardagent_toolbox.monty.session import Broken, Ended, plain_object
from guardagent_toolbox.monty.sessions import Sessions
from guardagent_toolbox.registry import functions
from guardagent_toolbox.replies import result_of

Tools = Mapping[str, Callable[..., object]]

_READ = 64


class MontyRunner:
    """Compiles and runs programs in Monty, one event after the other. Safe to share between threads."""

    def __init__(
        self,
        limits: MontyLimits | None = None,
        *,
        tools: Tools | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Starts the worker process.

        Args:
            limits: Bounds of every event.
            tools: Other functions than those of the catalogue; sources are then read in this very process.
            clock: The time by which quarantines pass.

        Raises:
            SandboxError: Monty cannot be started.
        """
        self._limits = limits or MontyLimits()
        self._tools = functions() if tools is None else dict(tools)
        self._reader = SourceReader(self._limits) if tools is None else None
        self._read: dict[str, MontyProgram | Errors] = {}
        self._patience = Patience(clock)
        self._lock = threading.Lock()
        self._closed = False
        self._sessions = Sessions(self._limits, self._tools)

    @property
    def confinement(self) -> str:
        """Only the language holds the program, not the kernel."""
        return "language"

    def worker_pid(self, tenant: str = "") -> int | None:
        """The process that runs the tenant's programs, for monitoring; None when there is none now."""
        return self._sessions.pid(tenant)

    def inspect(self, source: str, *, tenant: str = "") -> Inspection:
        """What the compiler reads in `source`, or the errors that it found.

        Raises:
            SandboxError: no worker can be had.
        """
        with self._lock:
            if self._closed:
                raise SandboxError("the runner is closed")
            program = self._program_of(source)
            if isinstance(program, MontyProgram):
                program = self._tried(program, tenant)
        if not isinstance(program, MontyProgram):
            return rejected(program)
        return accepted(program)

    def run(self, program: Program, cases: Sequence[RunCase], *, tenant: str = "") -> tuple[RunResult, ...]:
        """One result per case, in order; whatever goes wrong is a failure in the result."""
        with self._lock:
            if self._closed:
                return (_failed("unavailable", "the runner is closed"),) * len(cases)
            if not _is_as_compiled(program):
                forged = _failed("rejected_program", "the program is not as it was compiled; compile it again")
                return (forged,) * len(cases)
            made = self._program_of(program.source)
            if not isinstance(made, MontyProgram):
                line, message = made[0]
                return (_failed("rejected_program", f"line {line}: {message}"),) * len(cases)
            if made.clauses != program.clauses:
                other = _failed("rejected_program", "the program's clauses are not those of its source")
                return (other,) * len(cases)
            return tuple([self._answer(made, case, tenant) for case in cases])

    def close(self) -> None:
        """Ends the worker processes; closing twice is harmless."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._sessions.close()
            if self._reader is not None:
                self._reader.close()

    def __enter__(self) -> MontyRunner:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _program_of(self, source: str) -> MontyProgram | Errors:
        """The source as it was read, from memory if it was read before."""
        if source not in self._read:
            if len(self._read) >= _READ:
                self._read.clear()
            try:
                found = compile_for_monty(source, self._tools) if self._reader is None else self._reader.read(source)
            except ReaderLost as lost:
                return [(1, str(lost))]
            self._read[source] = found
        return self._read[source]

    def _tried(self, program: MontyProgram, tenant: str) -> MontyProgram | Errors:
        """The program, once Monty has loaded it; or why it cannot be loaded."""
        if self._patience.is_over((tenant, program.source)):
            return [(1, "this source ended too many workers and is held back for now; write it anew")]
        try:
            self._sessions.of(tenant).load(program)
        except Broken as broken:
            return [(broken.line, broken.message)]
        except Ended as ended:
            self._vacate(program, tenant, ended)
            if ended.failure.code == "unavailable":
                raise SandboxError(ended.failure.message) from None
            return [(1, f"the constants cannot be calculated: {ended.failure.message}")]
        return program

    def _answer(self, program: MontyProgram, case: RunCase, tenant: str) -> RunResult:
        """The result of one event, which is never run again on another worker."""
        if self._patience.is_over((tenant, program.source)):
            return _failed("quarantined", "this program ended too many workers and is held back for now")
        event, facts = plain_object(case.event), plain_object(case.facts)
        if event is None or facts is None:
            return _failed("invalid_event", "event and facts are JSON objects")
        try:
            session = self._sessions.of(tenant)
            session.load(program)
            return result_of(session.run(program, event, facts), program.clauses)
        except Broken as broken:
            return _failed("rejected_program", f"line {broken.line}: {broken.message}")
        except Ended as ended:
            self._vacate(program, tenant, ended)
            return RunResult(failure=ended.failure)

    def _vacate(self, program: MontyProgram, tenant: str, ended: Ended) -> None:
        """Gives up the session, and holds the program to account."""
        self._sessions.drop(tenant)
        if ended.blame:
            self._patience.count((tenant, program.source))


def _is_as_compiled(program: Program) -> bool:
    try:
        return program.digest == digest_of(f"{program.toolbox_version}\n{program.source}")
    except UnicodeEncodeError:
        return False


def _failed(code: FailureCode, message: str) -> RunResult:
    return RunResult(failure=Failure(code=code, message=message))


__all__ = ["MontyRunner"]
