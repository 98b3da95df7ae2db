"""From what a worker sent, or from why there is none, to the outcome that the caller gets."""

from __future__ import annotations

from typing import Any, Final

from guardagent.ports import RunResult
from guardagent.types import Failure, FailureCode, Inspection, SourceError
from guardagent_toolbox.sandbox.endings import Ended
from guardagent_toolbox.sandbox.handle import WorkerHandle
from guardagent_toolbox.sandbox.programs import Known
from guardagent_toolbox.sandbox.replies import BadReply, answers_of

# After these a worker may still hold what the program piled up.
_TAINTING: Final = frozenset({"memory", "budget"})


def result_of(payload: Any, worker: WorkerHandle, known: Known) -> RunResult:
    """The answers in a payload; raises Ended for one that no honest worker sends."""
    if type(payload) is list and not payload:
        return known.all_pass
    if isinstance(payload, Failure):
        if payload.code in _TAINTING:
            worker.wear_out("tainted")
        return RunResult(failure=payload)
    try:
        answers = answers_of(payload, known.passes)
    except BadReply:
        raise worker.refuse() from None
    for answer in answers:
        if answer.failure is not None and answer.failure.code in _TAINTING:
            worker.wear_out("tainted")
    return RunResult(answers)


def failed(code: FailureCode, message: str) -> RunResult:
    """The result of an event that has no answers."""
    return RunResult(failure=Failure(code=code, message=message))


def unavailable(message: str) -> Ended:
    """The exception to raise when no worker can be had."""
    return Ended(Failure(code="unavailable", message=message), blame=False)


def rejected(message: str) -> Inspection:
    """What the compiler says of a source that it could not even read."""
    return Inspection(errors=(SourceError(line=1, message=message),))


INVALID: Final = failed("invalid_event", "event and facts are malformed or too large")

__all__ = ["INVALID", "failed", "rejected", "result_of", "unavailable"]
