"""EHRAgent's logs, read into events.

A log is written when the agent is done: the question, the expected answer, the prompt with its examples, then the turns
of the conversation (the agent, the interpreter, the agent …) and last the ground truth, all divided by dashed lines.
A log tells about its own task only: pair it with the task of the same id, never by position.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from guardagent.errors import DataError, EventError
from guardagent.types import Event

AGENT = "ehragent"

_DIVIDER = re.compile(r"^-{30,}[ \t]*$", re.MULTILINE)
_END_OF_EXAMPLES = "(END OF EXAMPLES)"
_GROUND_TRUTH = "Ground-Truth Answer --->"
_TERMINATE = "TERMINATE"
_QUESTION = re.compile(r"^[ \t]*Question:", re.MULTILINE)
_SOLUTION = re.compile(r"^[ \t]*Solution:", re.MULTILINE)
_KNOWLEDGE_LABEL = re.compile(r"^(?:\s*Knowledge:[ \t]*(?:\n|$))+")
_CELL_START = re.compile(r'"cell"\s*:\s*"')
_ESCAPE = re.compile(r'\\(["\\/nrt])')
_ESCAPED = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EhrRun:
    """What one log says: the task, the last code that ran, and the answer that came of it."""

    question: str
    knowledge: str
    code: str
    """The last code that was handed to the interpreter; empty when the agent wrote none."""
    answer: str
    cells: tuple[str, ...] = ()
    """Every code of the run in order, failed attempts included; each of them may have read data."""
    prediction: str = ""
    """All text between the last code and `TERMINATE`: what EHRAgent itself compares with the truth."""
    ground_truth: str | None = None
    finished: bool = False
    """Whether the agent said `TERMINATE`."""


def read_log(text: str) -> EhrRun:
    """The run that the log `text` tells of.

    Raises:
        DataError: the text holds no prompt with a question, or cannot be told apart into turns.
    """
    sections = [part.strip("\n") for part in _DIVIDER.split(text.replace("\r\n", "\n"))]
    place = _prompt_place(sections)
    knowledge, question = _task(sections[place], before=sections[:place])
    turns, truth = _split_truth(sections[place + 1 :])
    cells = {at: code for at, turn in enumerate(turns) if (code := _code_of(turn, at)) is not None}
    last = max(cells, default=-1)
    answer, prediction, finished = _outcome(turns[last + 1 :])
    return EhrRun(
        question=question,
        knowledge=knowledge,
        code=cells.get(last, ""),
        answer=answer,
        cells=tuple(cells.values()),
        prediction=prediction,
        ground_truth=truth,
        finished=finished,
    )


def event_of(run: EhrRun, role: str) -> Event:
    """The event of a run that was asked for by a user of `role`.

    Raises:
        DataError: it is too large or holds broken text. Nothing is cut: what is not judged must not pass.
    """
    value = {
        "agent": AGENT,
        "stage": "output",
        "user": {"role": role},
        "input": {"question": run.question},
        "output": {"knowledge": run.knowledge, "code": run.code, "answer": run.answer},
    }
    try:
        return Event.of(value)
    except EventError as error:
        raise DataError(f"EHRAgent log: {error}") from None


def _prompt_place(sections: Sequence[str]) -> int:
    for at, section in enumerate(sections):
        if _END_OF_EXAMPLES in section:
            return at
    for at, section in enumerate(sections):
        if _QUESTION.search(section):
            return at
    raise DataError(f"EHRAgent log: neither `{_END_OF_EXAMPLES}` nor a line `Question:` in it; is it a whole log?")


def _task(prompt: str, *, before: Sequence[str]) -> tuple[str, str]:
    """Knowledge and question behind the examples of the prompt."""
    own = prompt.partition(_END_OF_EXAMPLES)[2] or prompt
    start = _QUESTION.search(own)
    if start is None:
        knowledge, question = own, ""
    else:
        # A question may itself hold the line `Solution:`, so it ends at the last one.
        ends = [found.start() for found in _SOLUTION.finditer(own, start.end())]
        knowledge, question = own[: start.start()], own[start.end() : ends[-1] if ends else len(own)]
    question = question.strip() or (before[0].strip() if before else "")
    if not question:
        raise DataError("EHRAgent log: the prompt holds no question after `Question:`")
    return _KNOWLEDGE_LABEL.sub("", knowledge.strip()).strip(), question


def _split_truth(turns: Sequence[str]) -> tuple[Sequence[str], str | None]:
    """The turns of the conversation, and the expected answer that is written behind them."""
    if not turns or not turns[-1].lstrip().startswith(_GROUND_TRUTH):
        return turns, None
    # Behind the answer's own line later tools have added remarks of theirs.
    line = turns[-1].lstrip().removeprefix(_GROUND_TRUTH).split("\n", 1)[0]
    return turns[:-1], line.strip()


def _code_of(turn: str, at: int) -> str | None:
    """The code in a turn of the agent: a JSON call, or bare Python."""
    called = turn.lstrip().startswith("{") and '"cell"' in turn
    # Turns alternate and the agent begins. A result that looks like a call could stand in for the code that ran.
    if at % 2:
        if called:
            raise DataError(f"EHRAgent log: turn {at + 1} is the interpreter's, but holds a call; which code ran?")
        return None
    if called:
        return _cell_of(turn)
    return turn.strip() if _reads_as_code(turn) else None


def _cell_of(turn: str) -> str | None:
    try:
        value = json.loads(turn, strict=False)
    except (ValueError, RecursionError):
        # Models write escapes that JSON does not know; the interpreter then takes the text as it stands.
        return _broken_cell(turn)
    cell = value.get("cell") if isinstance(value, dict) else None
    return cell if isinstance(cell, str) else None


def _broken_cell(turn: str) -> str:
    start = _CELL_START.search(turn)
    body = turn[start.end() :] if start else turn
    body = body.rstrip().removesuffix("}").rstrip().removesuffix('"')
    return _ESCAPE.sub(lambda part: _ESCAPED[part[1]], body)


def _reads_as_code(turn: str) -> bool:
    """Whether it is Python that does something; a lone word or number, as an answer may be, is not."""
    if _TERMINATE in turn:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in somebody else's code
            body = ast.parse(turn.strip()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(node, ast.Assign | ast.Call) for statement in body for node in ast.walk(statement))


def _outcome(turns: Sequence[str]) -> tuple[str, str, bool]:
    """The answer, the prediction, and whether the agent ended by itself."""
    text = "\n".join(turns)
    finished = _TERMINATE in text
    said = [turn.replace(_TERMINATE, "").strip() for turn in turns]
    answer = next((turn for turn in reversed(said) if turn), "")
    return answer, text[: text.rfind(_TERMINATE)].strip() if finished else "", finished
