"""From the rows of a run to results, believing nothing: the worker that sent them may have been taken over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from guardagent.ports import Answer, RunResult
from guardagent.types import Failure

# What a program can bring about; the other codes are the host's own observations.
_CODES: Final = frozenset({"program_error", "bad_answer", "budget", "memory"})
_REMEDIES: Final = frozenset({"deny", "escalate", "redact"})
_MAX_MESSAGE: Final = 500
_MAX_PLACES: Final = 100


class _BadRowError(ValueError):
    """A row that no honest worker sends."""


def result_of(rows: object, clauses: Sequence[str]) -> RunResult:
    """One answer per clause, a pass for each without a row; `bad_reply` for anything but well-formed rows."""
    try:
        if type(rows) is not list:
            raise _BadRowError("the rows are no list")
        found = [_answer(row) for row in rows]
        by_clause = {answer.clause: answer for answer in found}
        if len(by_clause) != len(found) or not by_clause.keys() <= set(clauses):
            raise _BadRowError("a clause is unknown or answers twice")
    except _BadRowError as error:
        return RunResult(failure=Failure(code="bad_reply", message=f"the worker gave a malformed reply: {error}"))
    return RunResult(answers=tuple([by_clause.get(clause) or Answer(clause, "pass") for clause in clauses]))


def _answer(row: Any) -> Answer:
    if type(row) is not list or len(row) not in (4, 7) or type(row[0]) is not str:
        raise _BadRowError("a row has the wrong form")
    return _error(*row) if len(row) == 4 else _outcome(*row)


def _error(clause: str, outcome: Any, code: Any, message: Any) -> Answer:
    if outcome != "error" or type(code) is not str or code not in _CODES:
        raise _BadRowError("a failure has an unknown code")
    return Answer(clause, "error", failure=Failure.model_validate({"code": code, "message": _message(message)}))


def _outcome(
    clause: str, outcome: Any, remedy: Any, message: Any, details: Any, evidence: Any, redactions: Any
) -> Answer:
    if type(outcome) is not str or type(remedy) is not str or remedy not in _REMEDIES:
        raise _BadRowError("an outcome is unknown")
    if outcome != "violation" and (outcome != "not_applicable" or remedy != "deny"):
        raise _BadRowError("an outcome is unknown")
    if type(evidence) is not list or len(evidence) > _MAX_PLACES:
        raise _BadRowError("evidence is no list, or too long")
    if type(redactions) is not list or len(redactions) > _MAX_PLACES or bool(redactions) != (remedy == "redact"):
        raise _BadRowError("redactions do not fit the remedy")
    pointers = tuple([_pointer(place) for place in evidence])
    return Answer(clause, outcome, remedy, _message(message), details, pointers, tuple(map(_span, redactions)))


def _message(value: object) -> str:
    if type(value) is not str or len(value) > _MAX_MESSAGE:
        raise _BadRowError("a message is no text or too long")
    return value


def _pointer(value: object) -> str:
    if type(value) is not str or len(value) > _MAX_MESSAGE or (value and not value.startswith("/")):
        raise _BadRowError("a place is no JSON pointer")
    return value


def _span(span: Any) -> tuple[str, int | None, int | None]:
    if type(span) is not list or len(span) != 3:
        raise _BadRowError("a redaction has the wrong form")
    if any(bound is not None and (type(bound) is not int or bound < 0) for bound in span[1:]):
        raise _BadRowError("a redaction has no valid bounds")
    return _pointer(span[0]), span[1], span[2]
