"""What is said about a clause function that failed: the line, the kind of slip, and nothing of the event."""

from __future__ import annotations

from types import TracebackType
from typing import Final

from guardagent_toolbox.runtime.answers import AnswerError
from guardagent_toolbox.runtime.budget import BudgetError, GuardError
from guardagent_toolbox.vocabulary import FILENAME

# By exception type, most special first. Python's own texts would quote values.
_SLIPS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (UnboundLocalError, "a variable is read before it is set"),
    (KeyError, "a key is missing; use `.get(key)` or `value_at(event, pointer)`"),
    (IndexError, "an index is out of range; test the length first"),
    (ZeroDivisionError, "a division by zero; test the divisor first"),
    (OverflowError, "a number is too large"),
    (RecursionError, "values are nested too deeply"),
    (TypeError, "a value has the wrong type for this; test it with `isinstance` or `is None` first"),
    (ValueError, "a value cannot be converted, found or taken apart; test it first"),
    (RuntimeError, "a collection changed while it was looped over; loop over a copy"),
)


def failure_of(error: Exception) -> tuple[str, str]:
    """The failure code and a one-line message for what a clause function raised."""
    if isinstance(error, AnswerError):
        return "bad_answer", str(error)
    if isinstance(error, MemoryError):
        return "memory", "the program needs too much memory; build less at a time"
    place = f"line {line_of(error.__traceback__)}: "
    if isinstance(error, GuardError):
        return ("budget" if isinstance(error, BudgetError) else "program_error"), place + str(error)
    return "program_error", place + slip_of(type(error))


def slip_of(kind: type) -> str:
    """What is said about an exception of this type."""
    for slip, text in _SLIPS:
        if issubclass(kind, slip):
            return text
    return f"the program failed ({kind.__name__})"


def line_of(trace: TracebackType | None) -> int:
    """The innermost line of the program in a traceback; 1 when it is not in there."""
    line = 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILENAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
