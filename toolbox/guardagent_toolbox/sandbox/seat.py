"""A seat: the place of one tenant's worker, and what happens when that worker ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

from guardagent.errors import SandboxError
from guardagent.ports import RunCase, RunResult
from guardagent.types import Failure, Inspection, Program
from guardagent_toolbox.sandbox.cases import Body, encoded, next_body
from guardagent_toolbox.sandbox.counters import Tally
from guardagent_toolbox.sandbox.endings import Ended, Undelivered
from guardagent_toolbox.sandbox.handle import WorkerHandle
from guardagent_toolbox.sandbox.outcomes import INVALID, failed, rejected, result_of, unavailable
from guardagent_toolbox.sandbox.programs import Known, KnownPrograms, unsendable
from guardagent_toolbox.sandbox.quarantine import Standing
from guardagent_toolbox.sandbox.replies import BadReply, inspection_of
from guardagent_toolbox.sandbox.supply import Supply
from guardagent_toolbox.sandbox.wire import MAX_CASES

_ATTEMPTS = 3


class Flight(NamedTuple):
    """One event on its way."""

    worker: WorkerHandle
    known: Known


class Seat:
    """Runs programs on one tenant's worker, one message at a time."""

    def __init__(self, supply: Supply, standing: Standing, tally: Tally) -> None:
        self.lock = threading.Lock()
        """Held by whoever calls a method of the seat."""
        self.retired = False
        """Whether the tenant lost this seat; it then runs nothing any more."""
        self._supply = supply
        self._quarantine = standing
        self._tally = tally
        self._made_at = time.perf_counter()
        self._worker: WorkerHandle | None = None
        self._programs = KnownPrograms()

    @property
    def worker_pid(self) -> int | None:
        """The process that is seated; None when there is none now."""
        worker = self._worker
        return None if worker is None else worker.pid

    @property
    def used_at(self) -> float:
        """When it was last asked something, by `time.perf_counter`."""
        worker = self._worker
        return self._made_at if worker is None else worker.asked_at

    def run(self, program: Program, cases: Sequence[RunCase]) -> tuple[RunResult, ...]:
        """One result per case, in order; an event that was in flight when its worker ended is never run again."""
        if len(cases) == 1 and (flight := self.launch(program, cases[0])) is not None:
            return self.land(flight)
        known = self._programs.get(program)
        if known is None:
            forged = failed("rejected_program", "the program is not as it was compiled; compile it again")
            return self._noted([forged] * len(cases))
        results: dict[int, RunResult] = {}
        waiting: Sequence[int] = range(len(cases))
        while waiting:
            body = next_body([cases[n] for n in waiting[:MAX_CASES]])
            outcomes = [INVALID] if body is None else self._run_body(known, body)
            again = []
            for n, outcome in zip(waiting, outcomes, strict=False):
                if outcome is None:
                    again.append(n)
                else:
                    results[n] = outcome
            waiting = [*again, *waiting[len(outcomes) :]]
        self._supply.refill()
        return self._noted([results[n] for n in range(len(cases))], known)

    def launch(self, program: Program, case: RunCase) -> Flight | None:
        """Puts the event on its way if that takes no waiting; None when it has to go by `run`."""
        known, payload, worker = self._programs.get(program), encoded(case), self._worker
        if known is None or payload is None or worker is None or worker.worn:
            return None
        if self._quarantine.holds(known.source) or worker.loaded(known.source) != known.clauses:
            return None
        if not worker.is_silent:
            return None
        try:
            worker.send_events(known.source, payload, 1)
        except Undelivered as ended:
            self._vacate(ended)
            return None
        return Flight(worker, known)

    def land(self, flight: Flight) -> tuple[RunResult, ...]:
        """Waits for the answer to the one event that was launched."""
        return self._noted([result for result in self._collect(flight, 1) if result is not None], flight.known)

    def inspect(self, source: str) -> Inspection:
        """What the compiler reads in `source`; one that ends its worker is rejected like any other.

        Raises:
            SandboxError: no worker can be had.
        """
        if problem := unsendable(source):
            return rejected(problem)
        if self._quarantine.holds(source):
            return rejected("this source ended too many workers and is held back for now; write it anew")
        try:
            return self._inspect(source)
        except Ended as ended:
            self._vacate(ended)
            if ended.failure.code == "unavailable":
                raise SandboxError(ended.failure.message) from None
            return rejected(f"the compiler could not finish with this source: {ended.failure.message}")
        finally:
            self._supply.refill()

    def retire(self) -> None:
        """Ends the worker for good: the tenant has lost its seat."""
        self.retired = True
        self.close()

    def close(self) -> None:
        """Ends the worker."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def abandon(self) -> None:
        """In a forked child: lets go of the parent's worker."""
        if self._worker is not None:
            self._worker.abandon()

    def _run_body(self, known: Known, body: Body) -> Sequence[RunResult | None]:
        """What became of the first events, at least of one; see `_collect`."""
        if self._quarantine.holds(known.source):
            held_back = failed("quarantined", "this program ended too many workers and is held back for now")
            return [held_back] * body.events
        try:
            worker = self._deliver(known, body)
        except Ended as ended:
            self._vacate(ended)
            return [RunResult(failure=ended.failure)]
        if isinstance(worker, Failure):
            return [RunResult(failure=worker)] * body.events
        return self._collect(Flight(worker, known), body.events)

    def _collect(self, flight: Flight, events: int) -> list[RunResult | None]:
        """What became of the first events: results, and last the failure of the one that ended the worker, if any did.

        None stands for an event that was done before that one, but whose answer is lost: it may run again.
        """
        worker, known = flight
        results: list[RunResult | None] = []
        try:
            while len(results) < events:
                for payload, answered in worker.receive_answers():
                    results += [result_of(payload, worker, known)] * answered
        except Ended as ended:
            self._vacate(ended)
            # With one answer too many there is a failure, too, and the last event gets it.
            results = results[: events - 1] + [None] * ended.completed
            results.append(RunResult(failure=ended.failure))
        return results

    def _deliver(self, known: Known, body: Body) -> WorkerHandle | Failure:
        """The worker that now has the events; a Failure when the program cannot run at all."""
        for _ in range(_ATTEMPTS):
            worker = self._seated()
            try:
                clauses = worker.load(known.source)
                if isinstance(clauses, Failure):
                    return clauses
                if clauses != known.clauses:
                    return Failure(code="rejected_program", message="the program's clauses are not those of its source")
                worker.send_events(known.source, *body)
            except Undelivered as ended:
                self._vacate(ended)
            else:
                return worker
        raise unavailable("workers end before they can be used")

    def _inspect(self, source: str) -> Inspection:
        for _ in range(_ATTEMPTS):
            worker = self._seated()
            try:
                payload = worker.inspect(source)
            except Undelivered as ended:
                self._vacate(ended)
                continue
            if isinstance(payload, Failure):
                return rejected(payload.message)
            try:
                return inspection_of(payload)
            except BadReply:
                raise worker.refuse() from None
        raise unavailable("workers end before they can be used")

    def _seated(self) -> WorkerHandle:
        """This tenant's worker, replaced when the last one ended or has served long enough; raises Ended."""
        worker = self._worker
        if worker is not None and not worker.worn:
            worker.require_silence()
            return worker
        if worker is not None:
            self._tally.recycled(worker.worn)
            self.close()
        try:
            worker = self._worker = self._supply.take()
        except SandboxError as error:
            raise unavailable(str(error)) from None
        return worker

    def _vacate(self, ended: Ended) -> None:
        """Gives up the worker, and holds the program that it ran last to account."""
        if self._worker is None:
            return
        self._tally.count("killed")
        suspect = self._worker.last_source
        self._worker = None
        if not suspect or not ended.blame:
            return
        if ended.failure.code == "escape_attempt":
            self._quarantine.condemn(suspect)
        else:
            self._quarantine.count_kill(suspect)

    def _noted(self, results: list[RunResult], known: Known | None = None) -> tuple[RunResult, ...]:
        """The results, once their failures are counted; nothing is done for an event that passed."""
        passed = None if known is None else known.all_pass
        for result in results:
            if result is not passed:
                self._tally.failed(result)
        return tuple(results)


__all__ = ["Seat"]
