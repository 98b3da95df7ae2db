"""A session: one worker process of Monty, the runtime of the language in it, and the programs that it has loaded."""

from __future__ import annotations

import builtins
import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic_monty import (
    Monty,
    MontyConversionError,
    MontyCrashedError,
    MontyError,
    MontyRuntimeError,
    MontySession,
    OSPolicy,
    ResourceLimits,
)

from guardagent.types import Failure, FailureCode
from guardagent_toolbox.monty.host_tools import HostTools
from guardagent_toolbox.monty.limits import MontyLimits
from guardagent_toolbox.monty.panics import is_panic
from guardagent_toolbox.monty.prelude import prelude
from guardagent_toolbox.monty.program import MAKE, MontyProgram
from guardagent_toolbox.runtime.failures import slip_of

# Nothing that a program could see may differ from one run to the next.
POLICY: Final[OSPolicy] = {
    "datetime": dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
    "timezone": "utc",
    "sleep": "zero",
    "process_time": "zero",
    "random_start": {"seed": 0},
}
_PROGRAMS: Final = 32
_RECURSION: Final = 200
# Tools are counted by `HostTools` and per event; this count is per session, and its usual 1,000 would end one soon.
_SUSPENSIONS: Final = 2_000_000_000


class Ended(Exception):
    """The session cannot go on, or must not; the failure says what became of the event."""

    def __init__(self, code: FailureCode, message: str, *, blame: bool = True) -> None:
        """Args: blame: Whether the program brought it about."""
        super().__init__(message)
        self.failure = Failure(code=code, message=message)
        self.blame = blame


class Broken(Exception):
    """A program cannot be loaded: the line and what is wrong with it."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class Session:
    """Runs programs one event at a time."""

    def __init__(self, pool: Monty, limits: MontyLimits, tools: Mapping[str, Callable[..., object]]) -> None:
        """Takes a worker of the pool and feeds it the runtime; raises Ended when none can be had."""
        self._limits = limits
        self._tools = HostTools(tools)
        self._slots: dict[str, int] = {}
        self._events = 0
        self._monty = _checkout(pool, limits)
        try:
            self._feed(prelude(), {})
        except (Ended, MontyError):
            # No program was there yet that could be to blame.
            self.close()
            raise Ended("unavailable", "Monty cannot run the runtime of the language", blame=False) from None

    @property
    def worn(self) -> bool:
        """Whether it has served long enough."""
        return self._events >= self._limits.recycle_after or len(self._slots) >= _PROGRAMS

    @property
    def pid(self) -> int | None:
        """The worker process, for monitoring; None when there is none."""
        return self._monty.worker_pid

    def close(self) -> None:
        """Gives the worker back; a dead one, which has nothing to give, is forgotten."""
        try:
            self._monty.__exit__(None, None, None)
        except BaseException as error:
            if not (isinstance(error, MontyError) or is_panic(error)):
                raise

    def load(self, program: MontyProgram) -> None:
        """Feeds the program, unless it is there already, and calculates its constants once.

        Raises:
            Broken: Monty does not take it, or a constant cannot be calculated.
            Ended: it ended the session.
        """
        if program.source in self._slots:
            return
        slot = len(self._slots)
        clauses = ", ".join(map(repr, program.clauses))
        try:
            self._feed(f"{program.text}\n_make_{slot}_ = {MAKE}\n_clauses_{slot}_ = [{clauses}]", {})
        except MontyError as error:
            raise Broken(_line(error, program), f"Monty does not run this: {_kind(error)}") from None
        self._tools.begin(self._limits.tool_calls)
        try:
            self._feed(f"_begin_(_make_{slot}_, {{}}, {{}})\nNone", {})
        except MontyError as error:
            code, message = self._reason(_kind(error))
            raise Broken(_line(error, program), f"while calculating constants: {message or code}") from None
        self._slots[program.source] = slot

    def run(self, program: MontyProgram, event: dict[str, Any], facts: dict[str, Any]) -> object:
        """The rows of an event, in the form that `replies.result_of` reads; raises Ended."""
        slot = self._slots[program.source]
        inputs = {"_event_": event, "_facts_": facts}
        self._events += 1
        self._tools.begin(self._limits.tool_calls * len(program.clauses))
        try:
            rows = self._feed(f"_run_(_make_{slot}_, _clauses_{slot}_, _event_, _facts_)", inputs)
        except MontyConversionError:
            raise Ended("invalid_event", "event and facts are malformed", blame=False) from None
        except MontyError as error:
            raise Ended("bad_reply", f"the program ended with `{_kind(error)}`") from None
        if self._tools.overdrawn:
            raise Ended("budget", "more calls of tools than any step budget pays for")
        return [self._explained(row, program, inputs) for row in rows] if type(rows) is list else rows

    def _explained(self, row: Any, program: MontyProgram, inputs: dict[str, Any]) -> Any:
        """The row of a failed clause with its line; only these are worth a second run."""
        if type(row) is not list or len(row) != 4 or row[0] not in program.clauses or type(row[3]) is not str:
            return row
        clause, outcome, code, message = row
        if not code:
            code, message = _slip(message)
        if code in ("program_error", "budget"):
            message = f"line {self._line_of(program, clause, inputs)}: {message}"
        return [clause, outcome, code, message]

    def _line_of(self, program: MontyProgram, clause: str, inputs: dict[str, Any]) -> int:
        slot, place = self._slots[program.source], program.clauses.index(clause)
        self._tools.begin(self._limits.tool_calls)
        try:
            self._feed(f"_run_one_(_make_{slot}_, {clause!r}, {place}, _event_, _facts_)\nNone", inputs)
        except MontyError as error:
            return _line(error, program)
        return 1

    def _reason(self, kind: str) -> tuple[str, str]:
        """The code and message of what ended the last feed."""
        found = self._feed("_failure_", {})
        if kind == "RuntimeError" and type(found) is list and len(found) == 2:
            return str(found[0]), str(found[1])
        return _slip(kind)

    def _feed(self, code: str, inputs: dict[str, Any]) -> Any:
        """What a snippet comes to. Raises MontyError for its own exceptions, Ended when the session is lost."""
        try:
            return self._monty.feed_run(
                code, inputs=inputs, external_lookup={"_call_tool_": self._tools.call}, print_callback=_silent
            )
        except MontyCrashedError as error:
            if getattr(error, "timed_out", False):
                raise Ended("timeout", _too_slow(self._limits)) from None
            raise Ended("crash", "the worker ended while it ran the program") from None
        except MontyRuntimeError as error:
            kind = _kind(error)
            # Both stop Monty in the middle of something, and it gives no promise about what it holds then.
            if kind == "TimeoutError":
                raise Ended("timeout", _too_slow(self._limits)) from None
            if kind == "MemoryError":
                raise Ended("memory", "the program needs more memory than it is given") from None
            raise
        except BaseException as error:
            if is_panic(error):
                raise Ended("crash", "Monty broke down while it ran the program") from None
            raise


def _checkout(pool: Monty, limits: MontyLimits) -> MontySession:
    bounds: ResourceLimits = {
        "max_feed_duration_secs": limits.wall_ms / 1000,
        "max_memory": limits.memory_mb << 20,
        "max_recursion_depth": _RECURSION,
        "max_suspensions": _SUSPENSIONS,
        "max_total_sleep_secs": 0.0,
    }
    try:
        return pool.checkout(limits=bounds, os_policy=POLICY).__enter__()
    except BaseException as error:
        if not (isinstance(error, MontyError | OSError | TimeoutError) or is_panic(error)):
            raise
        raise Ended("unavailable", f"no worker of Monty can be had ({type(error).__name__})", blame=False) from None


def _silent(_stream: str, _text: str) -> None:
    """Programs have no `print`."""


def _too_slow(limits: MontyLimits) -> str:
    return f"the program gave no answer within {limits.wall_ms} ms"


def _kind(error: MontyError) -> str:
    """The type of an exception inside Monty; its text may quote the event."""
    return type(error.exception()).__name__


def _slip(kind: str) -> tuple[str, str]:
    if kind == "MemoryError":
        return "memory", "the program needs too much memory; build less at a time"
    found = getattr(builtins, kind, Exception)
    return "program_error", slip_of(found) if isinstance(found, type) else "the program failed"


def _line(error: MontyError, program: MontyProgram) -> int:
    """The innermost line of the source in a traceback; 1 when it is not in there."""
    lines = program.text.split("\n")
    frames = error.traceback() if isinstance(error, MontyRuntimeError) else []
    own = [f for f in frames if 0 < f.line <= len(lines) and f.source_line == lines[f.line - 1]]
    if not own:
        return 1
    exact = {(line, column): source for line, column, source in program.places}
    rough = {line: source for line, _column, source in reversed(program.places)}
    last = own[-1]
    return exact.get((last.line, last.column)) or rough.get(last.line, 1)


def plain_object(text: str) -> dict[str, Any] | None:
    """The JSON object of a text; None for anything else, also for one that Monty could not hold."""
    try:
        value = json.loads(text)
        if type(value) is not dict:
            return None
        # Monty's texts are whole characters; one half of a pair would silently become another one.
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return value


__all__ = ["POLICY", "Broken", "Ended", "Session", "plain_object"]
