"""Strict reading of what a worker sends; it may be compromised, so anything that is not expected is refused."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn, get_args

from pydantic import ValidationError

from guardagent.ports import Answer
from guardagent.types import FactSpec, Failure, FailureCode, Inspection, Remedy, SourceError

_LONGEST_MESSAGE = 1_000
_DEEPEST = 32
_REMEDIES = frozenset(get_args(Remedy))
# All of a row after its clause.
_NOT_APPLICABLE: list[Any] = ["not_applicable", "deny", "", None, [], []]

# What a worker may say of itself; the other codes are the host's own observations.
_WORKER_CODES: frozenset[FailureCode] = frozenset(
    {"program_error", "bad_answer", "budget", "memory", "rejected_program", "invalid_event"}
)

# Events from the first to the last number passed every clause.
_RUN = re.compile(rb"\[([1-9][0-9]{0,18}),([1-9][0-9]{0,18}),\[\]\]")


class BadReply(Exception):
    """A worker sent what no honest worker sends."""


def _no_constant(_name: str) -> NoReturn:
    raise BadReply("not finite")


_decode = json.JSONDecoder(parse_constant=_no_constant).raw_decode


def payload_of(reply: bytes, number: int) -> Any:
    """What answers message `number`: a payload as decoded, or the Failure that the worker reports.

    Raises:
        BadReply: not JSON of the right form, or the answer to another message.
    """
    try:
        text = reply.decode()
        value, end = _decode(text)
    except (ValueError, RecursionError):
        raise BadReply("not JSON") from None
    if type(value) is not list or end != len(text) or not value or type(value[0]) is not int or value[0] != number:
        raise BadReply("not the answer to this message")
    if len(value) == 2:
        return value[1]
    if len(value) == 3:
        return _failure(value[1], value[2])
    raise BadReply("neither an answer nor a failure")


def answer_in(reply: bytes, number: int, most: int) -> tuple[Any, int]:
    """What `payload_of` gives, and how many events it is said of: of `number`, or of some from there on, up to `most`.

    Raises:
        BadReply: not JSON of the right form, or the answer to another message.
    """
    # Most checks pass every clause, and comparing is faster than parsing.
    if reply == b"[%d,[]]" % number:
        return [], 1
    run = _RUN.fullmatch(reply)
    if run is None:
        return payload_of(reply, number), 1
    events = int(run.group(2)) - number + 1
    if int(run.group(1)) != number or not 1 < events <= most:
        raise BadReply("not the answer to these messages")
    return [], events


def answers_of(rows: Any, passes: Mapping[str, Answer]) -> tuple[Answer, ...]:
    """The answers of all clauses in the order of `passes`, which holds what each one is when no row speaks of it.

    Raises:
        BadReply: a row is malformed, or about a clause that the program does not have, or the second about one.
    """
    if type(rows) is not list:
        raise BadReply("no rows")
    _check_tree(rows, _DEEPEST)
    answers = dict(passes)
    for row in rows:
        answer = _answer(row)
        if answer.clause not in passes or answers[answer.clause] is not passes[answer.clause]:
            raise BadReply("a clause that is unknown or stands twice")
        answers[answer.clause] = answer
    return tuple(answers.values())


def inspection_of(payload: Any) -> Inspection:
    """What the compiler read, validated field by field.

    Raises:
        BadReply: a field is missing, unknown, or of the wrong type.
    """
    _check_tree(payload, _DEEPEST)
    try:
        if "errors" in payload:
            errors = tuple(_source_error(line, message) for line, message in payload["errors"])
            if errors:
                return Inspection(errors=errors)
            raise BadReply("rejected without a reason")
        facts = tuple(FactSpec(name=name, **spec) for name, spec in payload["facts"].items())
        inspection = Inspection(**{**payload, "facts": facts})
    except (ValidationError, TypeError, ValueError, KeyError, AttributeError):
        raise BadReply("malformed inspection") from None
    if not _readers_are_known(inspection):
        raise BadReply("malformed inspection")
    return inspection


def _readers_are_known(inspection: Inspection) -> bool:
    """Whether only clauses of the program are said to read facts, and only facts that it declares."""
    declared = {spec.name for spec in inspection.facts}
    read = {name for names in inspection.facts_of.values() for name in names}
    return inspection.facts_of.keys() <= set(inspection.clauses) and read <= declared


def _source_error(line: Any, message: Any) -> SourceError:
    # Strict, because pydantic otherwise takes a truth value for a line.
    return SourceError.model_validate({"line": line, "message": message}, strict=True)


def _answer(row: Any) -> Answer:
    if type(row) is not list or not row or type(row[0]) is not str:
        raise BadReply("a malformed row")
    clause, *rest = row
    if rest == _NOT_APPLICABLE:
        return Answer(clause, "not_applicable")
    if len(rest) == 3 and rest[0] == "error":
        return Answer(clause, "error", failure=_failure(rest[1], rest[2]))
    if len(rest) == 6 and rest[0] == "violation":
        return _violation(clause, *rest[1:])
    raise BadReply("a malformed row")


def _violation(clause: str, remedy: Any, message: Any, details: Any, evidence: Any, redactions: Any) -> Answer:
    if type(remedy) is not str or remedy not in _REMEDIES or type(message) is not str:
        raise BadReply("a malformed violation")
    if type(evidence) is not list or type(redactions) is not list or bool(redactions) != (remedy == "redact"):
        raise BadReply("a malformed violation")
    if len(message) > _LONGEST_MESSAGE:
        raise BadReply("a message that is too long")
    pointers = tuple([_pointer(item) for item in evidence])
    return Answer(clause, "violation", remedy, message, details, pointers, tuple(map(_redaction, redactions)))


def _pointer(value: Any) -> str:
    if type(value) is not str or (value and value[0] != "/"):
        raise BadReply("not a JSON pointer")
    return value


def _redaction(value: Any) -> tuple[str, int | None, int | None]:
    match value:
        case [pointer, start, end] if _is_offset(start) and _is_offset(end):
            return _pointer(pointer), start, end
        case _:
            raise BadReply("a malformed redaction")


def _is_offset(value: Any) -> bool:
    return value is None or (type(value) is int and value >= 0)


def _failure(code: Any, message: Any) -> Failure:
    if type(code) is not str or code not in _WORKER_CODES or type(message) is not str:
        raise BadReply("an unknown failure")
    if len(message) > _LONGEST_MESSAGE:
        raise BadReply("a message that is too long")
    _check_tree(message, _DEEPEST)
    return Failure(code=code, message=message)


def _check_tree(value: Any, depth: int) -> None:
    """Refuses what the host could not write down again: too deep, not finite, half characters."""
    level = [value]
    for left in range(depth, -1, -1):
        below: list[Any] = []
        for node in level:
            kind = type(node)
            if kind is str:
                if not node.isascii():
                    _check_characters(node)
            elif kind is list or kind is dict:
                if not left:
                    raise BadReply("nested too deeply")
                below += node
                if kind is dict:
                    below += node.values()
            elif kind is float and not math.isfinite(node):
                raise BadReply("not finite")
        if not below:
            return
        level = below


def _check_characters(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadReply("half a character") from None


__all__ = ["BadReply", "answer_in", "answers_of", "inspection_of", "payload_of"]
