"""A second opinion: the same program on the same events in another engine, before anybody relies on it.

An engine that is no Python at all has other numbers, texts and collections. Where the two answer alike, the answer is
that of the program; where they differ, it is that of an engine, and the program is to be written more plainly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from time import monotonic
from typing import Final, NamedTuple

from guardagent.errors import SandboxError
from guardagent.ports import Answer, CheckRunner, RunResult
from guardagent.translation.trials import OF_THE_MACHINE, Trial
from guardagent.types import Failure, Inspection, Program

_MAX_EVENT: Final = 400
_AT_ONCE: Final = 20
_PLAINER: Final = "write it more plainly: one type per value, nothing that rests on how texts or numbers are stored"
# What is known to differ between engines, by how it is written, and what to write instead.
_ADVICE: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (
        re.compile(r"\b(int|float)\("),
        "`int(...)` and `float(...)` read the digits of other scripts in one engine only; use `parse_number(text)`",
    ),
    (
        re.compile(r"\.(lower|upper|casefold|title|capitalize|swapcase|is[a-z]+)\("),
        "engines know different versions of Unicode; compare `normalise(text)` or `fold(text)`",
    ),
    (re.compile(r"\bround\("), "rounding a half differs; use `compare_numbers(...)` on the numbers as they are"),
)


class Second(NamedTuple):
    """The other engine; it is opened for each vetting and closed after it."""

    name: str
    open: Callable[[], CheckRunner]
    required: bool = False
    """Whether a program without a second opinion is refused."""
    seconds: float = 5.0
    """After these no more generated events are begun; the report then says how many were left out."""
    clock: Callable[[], float] = monotonic


class Opinion(NamedTuple):
    """What the other engine said: `failures` are for the coder, and stand in the way of publishing."""

    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class _Difference(NamedTuple):
    clause: str
    text: str
    trial: Trial


def second_opinion(program: Program, trials: Sequence[Trial], second: Second | None) -> Opinion:
    """What the other engine says to the events that the program was tried on; nothing when there is none."""
    if second is None:
        return Opinion()
    asked = [trial for trial in trials if trial.case is not None and trial.result.failure is None]
    try:
        with closing(second.open()) as runner:
            inspection = runner.inspect(program.source)
            if problem := _other_reading(program, inspection):
                return Opinion(failures=(f"the engine `{second.name}` {problem}",))
            results = _results(program, asked, runner, second)
    except SandboxError as error:
        return _none(second, str(error))
    if results is None:
        return _none(second, "it answered for another number of events")
    opinion = _compared(program, asked[: len(results)], results, second)
    left = len(asked) - len(results)
    late = (f"; {left} more were not asked, as {second.seconds:g} seconds were over",) if left else ()
    return opinion._replace(notes=tuple(note + "".join(late) for note in opinion.notes))


def _results(program: Program, asked: Sequence[Trial], runner: CheckRunner, second: Second) -> list[RunResult] | None:
    """The other engine's results, for all examples and as many generated events as the time is enough for."""
    examples = sum(trial.example is not None for trial in asked)
    end = second.clock() + second.seconds
    results: list[RunResult] = []
    while len(results) < len(asked) and (len(results) < examples or second.clock() < end):
        size = _AT_ONCE if results or not examples else examples
        part = [trial.case for trial in asked[len(results) : len(results) + size] if trial.case is not None]
        found = runner.run(program, part)
        if len(found) != len(part):
            return None
        results += found
    return results


def _none(second: Second, reason: str) -> Opinion:
    text = f"no second opinion of the engine `{second.name}`: {reason}"
    return Opinion(failures=(text,)) if second.required else Opinion(notes=(text,))


def _other_reading(program: Program, inspection: Inspection) -> str:
    """How the other engine reads the source otherwise; empty when it does not."""
    if inspection.errors:
        return f"does not take the program: {inspection.errors[0]}; {_PLAINER}"
    if (inspection.source, inspection.clauses, inspection.facts) != (program.source, program.clauses, program.facts):
        return f"reads other clauses or facts in the program; {_PLAINER}"
    return ""


def _compared(program: Program, trials: Sequence[Trial], results: Sequence[RunResult], second: Second) -> Opinion:
    silent = [r.failure for r in results if r.failure is not None and r.failure.code in OF_THE_MACHINE]
    found = [
        difference
        for trial, result in zip(trials, results, strict=True)
        for difference in _differences(trial, result, second.name)
    ]
    clauses = list(dict.fromkeys(difference.clause for difference in found))
    failures = tuple(_told([d for d in found if d.clause == clause], program) for clause in clauses)
    if silent and len(silent) == len(results):
        return _none(second, f"{silent[0].code}: {silent[0].message}")
    if failures:
        return Opinion(failures)
    unanswered = f"; {len(silent)} it did not answer ({silent[0].code})" if silent else ""
    agreed = len(results) - len(silent)
    return Opinion(notes=(f"the engine `{second.name}` gave the same answers to {agreed} events{unanswered}",))


def _differences(trial: Trial, result: RunResult, name: str) -> Iterator[_Difference]:
    failure = result.failure
    if failure is not None:
        if failure.code not in OF_THE_MACHINE:
            for answer in trial.result.answers:
                yield _Difference(answer.clause, _beside(answer, f"`{name}` fails ({_failure(failure)})"), trial)
        return
    others = {answer.clause: answer for answer in result.answers}
    for answer in trial.result.answers:
        other = others.get(answer.clause)
        if other is None:
            yield _Difference(answer.clause, _beside(answer, f"`{name}` says nothing"), trial)
        elif text := _difference(answer, other, name):
            yield _Difference(answer.clause, text, trial)


def _difference(one: Answer, two: Answer, name: str) -> str:
    """How two answers differ; empty when they are the same, or when both are failures, which deny alike."""
    if one == two or (one.outcome == two.outcome == "error"):
        return ""
    if (one.outcome, one.remedy) != (two.outcome, two.remedy):
        return _beside(one, f"`{name}` says {_said(two)}")
    if one.redactions != two.redactions:
        return f"both redact, but other places: {list(one.redactions)} here, {list(two.redactions)} in `{name}`"
    if one.message != two.message:
        return f"both say {one.outcome}, but “{one.message}” here and “{two.message}” in `{name}`"
    return f"both say {one.outcome}, but with other details or evidence in `{name}`"


def _beside(answer: Answer, other: str) -> str:
    return f"the sandbox says {_said(answer)}, {other}"


def _said(answer: Answer) -> str:
    if answer.failure is not None:
        return f"error ({_failure(answer.failure)})"
    remedy = f" ({answer.remedy})" if answer.outcome == "violation" else ""
    return f"{answer.outcome}{remedy}" + (f" “{answer.message}”" if answer.message else "")


def _failure(failure: Failure) -> str:
    return f"{failure.code}: {failure.message}"


def _told(differences: Sequence[_Difference], program: Program) -> str:
    """The first of a clause's differences in words, an example's if there is one."""
    first = next((d for d in differences if d.trial.example is not None), differences[0])
    example = first.trial.example
    where = f"example `{example.id}`" if example is not None else "a generated event"
    more = f" and {len(differences) - 1} more" if len(differences) > 1 else ""
    event = first.trial.event.canonical
    shown = event if len(event) <= _MAX_EVENT else event[:_MAX_EVENT] + "…"
    advice = next((text for pattern, text in _ADVICE if pattern.search(program.source)), _PLAINER)
    return f"clause `{first.clause}`: two engines differ on {where}{more}: {first.text}; {advice}; event {shown}"


__all__ = ["Opinion", "Second", "second_opinion"]
