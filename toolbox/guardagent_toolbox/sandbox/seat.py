"""A seat: the place of one tenant's worker, and what happens when that worker ends."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

from guardagent.errors import SandboxError
from guardagent.ports import RunCase, RunResult
from guardagent.types import Failure, FailureCode, Inspection, Program, SourceError
from guardagent_toolbox.sandbox.cases import encoded, next_chunk
from guardagent_toolbox.sandbox.handle import Ended, Undelivered, WorkerHandle
from guardagent_toolbox.sandbox.programs import Known, KnownPrograms, unsendable
from guardagent_toolbox.sandbox.quarantine import Quarantine
from guardagent_toolbox.sandbox.replies import BadReply, answers_of, inspection_of
from guardagent_toolbox.sandbox.supply import Supply

_ATTEMPTS = 3
# After these a worker may still hold what the program piled up.
_TAINTING = frozenset({"memory", "budget"})

_INVALID = RunResult(failure=Failure(code="invalid_event", message="event and facts are malformed or too large"))


class Flight(NamedTuple):
    """One event on its way."""

    worker: WorkerHandle
    known: Known


class Seat:
    """Runs programs on one tenant's worker, one message at a time."""

    def __init__(self, supply: Supply, quarantine: Quarantine) -> None:
        self.lock = threading.Lock()
        """Held by whoever calls a method of the seat."""
        self._supply = supply
        self._quarantine = quarantine
        self._worker: WorkerHandle | None = None
        self._programs = KnownPrograms()

    def run(self, program: Program, cases: Sequence[RunCase]) -> tuple[RunResult, ...]:
        """One result per case, in order; an event that was in flight when its worker ended is never run again."""
        if len(cases) == 1 and (flight := self.launch(program, cases[0])) is not None:
            return self.land(flight)
        known = self._programs.get(program)
        if known is None:
            forged = _failed("rejected_program", "the program is not as it was compiled; compile it again")
            return (forged,) * len(cases)
        payloads = [encoded(case) for case in cases]
        results: dict[int, RunResult] = {}
        waiting = list(range(len(cases)))
        while waiting:
            chunk = next_chunk(payloads, waiting)
            outcomes = self._run_chunk(known, chunk) if chunk else [_INVALID]
            results |= {n: outcome for n, outcome in zip(waiting, outcomes, strict=False) if outcome is not None}
            again = [n for n, outcome in zip(waiting, outcomes, strict=False) if outcome is None]
            waiting = again + waiting[len(outcomes) :]
        return tuple(results[n] for n in range(len(cases)))

    def launch(self, program: Program, case: RunCase) -> Flight | None:
        """Puts the event on its way if that takes no waiting; None when it has to go by `run`."""
        known, payload, worker = self._programs.get(program), encoded(case), self._worker
        if known is None or payload is None or worker is None or worker.worn:
            return None
        if self._quarantine.holds(known.source) or worker.loaded(known.source) != known.clauses:
            return None
        try:
            worker.send_events(known.source, (payload,))
        except Undelivered as ended:
            self._vacate(ended)
            return None
        return Flight(worker, known)

    def land(self, flight: Flight) -> tuple[RunResult, ...]:
        """Waits for the answer to the one event that was launched."""
        return tuple(result for result in self._collect(flight, 1) if result is not None)

    def inspect(self, source: str) -> Inspection:
        """What the compiler reads in `source`; one that ends its worker is rejected like any other.

        Raises:
            SandboxError: no worker can be had.
        """
        if problem := unsendable(source):
            return _rejected(problem)
        if self._quarantine.holds(source):
            return _rejected("this source ended too many workers and is held back for now; write it anew")
        try:
            return self._inspect(source)
        except Ended as ended:
            self._vacate(ended)
            if ended.failure.code == "unavailable":
                raise SandboxError(ended.failure.message) from None
            return _rejected(f"the compiler could not finish with this source: {ended.failure.message}")

    def close(self) -> None:
        """Ends the worker."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def abandon(self) -> None:
        """In a forked child: lets go of the parent's worker."""
        if self._worker is not None:
            self._worker.abandon()

    def _run_chunk(self, known: Known, payloads: Sequence[bytes]) -> Sequence[RunResult | None]:
        """What became of the first events, at least of one; see `_collect`."""
        if self._quarantine.holds(known.source):
            held_back = _failed("quarantined", "this program ended too many workers and is held back for now")
            return [held_back] * len(payloads)
        try:
            worker = self._deliver(known, payloads)
        except Ended as ended:
            self._vacate(ended)
            return [RunResult(failure=ended.failure)]
        if isinstance(worker, Failure):
            return [RunResult(failure=worker)] * len(payloads)
        return self._collect(Flight(worker, known), len(payloads))

    def _collect(self, flight: Flight, events: int) -> list[RunResult | None]:
        """What became of the first events: results, and last the failure of the one that ended the worker, if any did.

        None stands for an event that was done before that one, but whose answer is lost: it may run again.
        """
        worker, known = flight
        results: list[RunResult | None] = []
        try:
            while len(results) < events:
                for payload in worker.receive_answers():
                    results.append(_result(worker, payload, known))
        except Ended as ended:
            self._vacate(ended)
            results += [None] * ended.completed
            results.append(RunResult(failure=ended.failure))
        return results

    def _deliver(self, known: Known, payloads: Sequence[bytes]) -> WorkerHandle | Failure:
        """The worker that now has the events; a Failure when the program cannot run at all."""
        for _ in range(_ATTEMPTS):
            worker = self._seated()
            try:
                clauses = worker.load(known.source)
                if isinstance(clauses, Failure):
                    return clauses
                if clauses != known.clauses:
                    return Failure(code="rejected_program", message="the program's clauses are not those of its source")
                worker.send_events(known.source, payloads)
            except Undelivered as ended:
                self._vacate(ended)
            else:
                return worker
        raise _unavailable("workers end before they can be used")

    def _inspect(self, source: str) -> Inspection:
        for _ in range(_ATTEMPTS):
            worker = self._seated()
            try:
                payload = worker.inspect(source)
            except Undelivered as ended:
                self._vacate(ended)
                continue
            if isinstance(payload, Failure):
                return _rejected(payload.message)
            try:
                return inspection_of(payload)
            except BadReply:
                raise worker.refuse() from None
        raise _unavailable("workers end before they can be used")

    def _seated(self) -> WorkerHandle:
        """This tenant's worker, replaced when the last one ended or has served long enough; raises Ended."""
        worker = self._worker
        if worker is not None and not worker.worn:
            return worker
        self.close()
        try:
            worker = self._worker = self._supply.take()
        except SandboxError as error:
            raise _unavailable(str(error)) from None
        return worker

    def _vacate(self, ended: Ended) -> None:
        """Gives up the worker, and holds the program that it ran last to account."""
        suspect = self._worker.last_source if self._worker is not None else ""
        self._worker = None
        if not suspect or not ended.blame:
            return
        if ended.failure.code == "escape_attempt":
            self._quarantine.condemn(suspect)
        else:
            self._quarantine.count_kill(suspect)


def _result(worker: WorkerHandle, payload: Any, known: Known) -> RunResult:
    """The answers in a reply; raises Ended for a reply that no honest worker sends."""
    if type(payload) is list and not payload:
        return known.all_pass
    if isinstance(payload, Failure):
        if payload.code in _TAINTING:
            worker.wear_out()
        return RunResult(failure=payload)
    try:
        answers = answers_of(payload, known.passes)
    except BadReply:
        raise worker.refuse() from None
    if any(answer.failure is not None and answer.failure.code in _TAINTING for answer in answers):
        worker.wear_out()
    return RunResult(answers)


def _failed(code: FailureCode, message: str) -> RunResult:
    return RunResult(failure=Failure(code=code, message=message))


def _unavailable(message: str) -> Ended:
    return Ended(Failure(code="unavailable", message=message), blame=False)


def _rejected(message: str) -> Inspection:
    return Inspection(errors=(SourceError(line=1, message=message),))


__all__ = ["Seat"]
