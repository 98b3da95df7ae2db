"""What a reply says, read once more by another parser, straight from the wire format that the sandbox documents."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from pydantic_core import from_json

from guardagent.ports import Answer, RunResult
from guardagent.types import Failure
from guardagent_toolbox.sandbox.replies import BadReply, answer_in, answers_of, inspection_of
from tests.fuzz.oracles import require
from tests.fuzz.reply_texts import CLAUSES, FIRST, Line

# What a worker can know of itself. The other codes are the host's own observations.
_CODES: Final = ("program_error", "bad_answer", "budget", "memory", "rejected_program", "invalid_event")
_LONGEST: Final = 1_000
# The host must be able to show, store and digest whatever it believed.
_DEEPEST: Final = 40

PASSES: Final = tuple(Answer(clause, "pass") for clause in CLAUSES)

Said = tuple[RunResult, int]
"""A result, and for how many events it holds."""
Reader = Callable[[bytes, int, int], Said]
"""What a line says of the event of that number, and of how many from there on, of so many that are asked for."""


def read(line: bytes, number: int, most: int) -> Said:
    """The result in a line, as the host reads it; raises BadReply."""
    payload, events = answer_in(line, number, most)
    if isinstance(payload, Failure):
        return RunResult(failure=payload), events
    return RunResult(answers_of(payload, {answer.clause: answer for answer in PASSES})), events


def said_in(line: bytes, number: int, most: int) -> Said | None:
    """The result in a line; None for one that says nothing, or answers other messages."""
    match _value(line):
        case [int(first), int(last), []] if type(first) is type(last) is int:
            passed = last - number + 1
            return (RunResult(PASSES), passed) if first == number and 1 < passed <= most else None
        case value:
            result = _of_one(value, number)
            return None if result is None else (result, 1)


def _value(line: bytes) -> Any:
    """The JSON value in a line; None for what is none."""
    try:
        return from_json(line, allow_inf_nan=False)
    except ValueError:
        return None


def _of_one(value: Any, number: int) -> RunResult | None:
    if type(value) is not list or not 2 <= len(value) <= 3 or type(value[0]) is not int or value[0] != number:
        return None
    if len(value) == 3:
        failure = _failure(*value[1:])
        return None if failure is None else RunResult(failure=failure)
    rows = value[1]
    if type(rows) is not list or not all(type(row) is list for row in rows):
        return None
    answers = [_answer(row) for row in rows]
    by_clause = {answer.clause: answer for answer in answers if answer is not None}
    if len(by_clause) != len(rows) or not by_clause.keys() <= set(CLAUSES):
        return None
    return RunResult(tuple(by_clause.get(clause, Answer(clause, "pass")) for clause in CLAUSES))


def _failure(code: Any, message: Any) -> Failure | None:
    is_known = type(code) is str and code in _CODES and type(message) is str and len(message) <= _LONGEST
    return Failure(code=code, message=message) if is_known else None


def _answer(row: list[Any]) -> Answer | None:
    if not row or type(row[0]) is not str:
        return None
    if len(row) == 4 and row[1] == "error":
        failure = _failure(*row[2:])
        return None if failure is None else Answer(row[0], "error", failure=failure)
    if len(row) != 7:
        return None
    clause, outcome, remedy, message, details, evidence, redactions = row
    if outcome == "not_applicable":
        return Answer(clause, outcome) if repr(row[2:]) == repr(["deny", "", None, [], []]) else None
    is_violation = (
        outcome == "violation"
        and remedy in ("deny", "escalate", "redact")
        and type(message) is str
        and len(message) <= _LONGEST
        and type(evidence) is list
        and all(map(_is_pointer, evidence))
        and type(redactions) is list
        and all(map(_is_redaction, redactions))
        and bool(redactions) == (remedy == "redact")
    )
    spans = tuple(map(tuple, redactions)) if is_violation else ()
    return Answer(clause, outcome, remedy, message, details, tuple(evidence), spans) if is_violation else None


def _is_pointer(value: Any) -> bool:
    return type(value) is str and (value == "" or value.startswith("/"))


def _is_redaction(value: Any) -> bool:
    if type(value) is not list or len(value) != 3:
        return False
    return _is_pointer(value[0]) and all(end is None or (type(end) is int and end >= 0) for end in value[1:])


def check_line(line: Line, tally: Counter[str], *, reader: Reader = read) -> None:
    """The line is read as what it says, or refused with BadReply; an honest one is read."""
    tally["replies"] += 1
    try:
        said = reader(line.text, line.number, line.events)
    except BadReply:
        tally["replies refused"] += 1
        require(not line.is_honest, "an honest reply is refused")
        return
    require(repr(said) == repr(said_in(line.text, line.number, line.events)), f"a reply is read as {said}")
    _check_writable(said[0])


def _check_writable(result: RunResult) -> None:
    plain = json.loads(json.dumps([answer._replace(failure=None) for answer in result.answers], allow_nan=False))
    json.dumps(plain, ensure_ascii=False).encode()
    require(_depth(plain) <= _DEEPEST, "an answer is too deep to be handed on")


def _depth(value: Any) -> int:
    if not isinstance(value, dict | list):
        return 0
    members = value.values() if isinstance(value, dict) else value
    return 1 + max(map(_depth, members), default=0)


def check_inspection(payload: Any, tally: Counter[str]) -> None:
    """What a worker says that the compiler read is believed word for word, or refused with BadReply."""
    tally["inspections"] += 1
    try:
        inspection = inspection_of(payload)
    except BadReply:
        tally["inspections refused"] += 1
        return
    if inspection.errors:
        said: Any = [[error.line, error.message] for error in inspection.errors]
        require(repr(said) == repr(payload["errors"]), f"errors are read as {said}")
        return
    said = inspection.model_dump(mode="json", include=set(payload))
    said["facts"] = {fact.name: fact.model_dump(mode="json", include=set(payload["facts"][fact.name]))
                     for fact in inspection.facts}  # fmt: skip
    require(_sorted(said) == _sorted(payload), f"an inspection is read as {said}")


def _sorted(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def said_in_messages(messages: Sequence[bytes], events: int) -> list[RunResult]:
    """What the messages say of the first events, up to the first event that they say nothing of."""
    found: list[RunResult] = []
    for message in messages:
        lines = message.split(b"\n")
        if len(lines) > events - len(found):
            break
        for line in lines:
            said = said_in(line, FIRST + len(found), events - len(found))
            if said is None:
                return found
            found += [said[0]] * said[1]
    return found


__all__ = ["Reader", "Said", "check_inspection", "check_line", "read", "said_in", "said_in_messages"]
