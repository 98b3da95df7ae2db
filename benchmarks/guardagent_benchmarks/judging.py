"""Judges the items of a suite, one after the other; an item that cannot be judged counts as denied and is listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal, NamedTuple, Protocol

from guardagent.types import Effect, Event, Failure, Finding, Obligation, TokenUsage
from guardagent_benchmarks.suites.suite import Floor, Item, Judgement, Suite

Mode = Literal["compiled", "per-event"]


class Answer(Protocol):
    """What any guard answers: a `Decision` of the real one, an `Outcome` of the per-event one."""

    @property
    def effect(self) -> Effect:
        """What is to happen."""
        ...

    @property
    def failed(self) -> bool:
        """Whether the guard itself broke."""
        ...

    @property
    def failure(self) -> Failure | None:
        """Why it broke."""
        ...

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What each clause concluded."""
        ...

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """What must be done before an allowed answer is used."""
        ...


class Checked(NamedTuple):
    """An answer and the model calls that it took."""

    answer: Answer
    model_calls: int


Check = Callable[[Event], Checked]


def _nothing(_line: str = "") -> None:
    """Shows nothing."""


@dataclass(frozen=True, slots=True)
class Display:
    """Where an evaluation says what it does, and that it has judged one more item."""

    step: Callable[[str], None] = _nothing
    item: Callable[[], None] = _nothing


SILENT = Display()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardInfo:
    """Which guard was measured, and what it cost to make."""

    mode: Mode
    reasoner: str
    revision: str = ""
    """Empty in the per-event mode, where every item gets a program of its own."""
    compile_seconds: float = 0.0
    usage: TokenUsage = field(default_factory=TokenUsage)
    """Model calls and tokens before the first item."""
    unenforced: tuple[str, ...] = ()
    """One line for each clause of the request that the program does not enforce."""
    notes: tuple[str, ...] = ()
    """What a reader must know, e.g. a missing layer of the sandbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All items with what the guard said, and what the floors say to the same items."""

    suite: Suite
    guard: GuardInfo
    items: tuple[Item, ...]
    runs: tuple[tuple[Judgement, ...], ...]
    """The judgements of each repetition; the first is the one that is reported."""
    floors: tuple[Floor, ...]

    @property
    def judged(self) -> tuple[tuple[Item, Judgement], ...]:
        """Each item with its judgement."""
        return tuple(zip(self.items, self.runs[0], strict=True))


def judge_all(
    suite: Suite,
    items: Sequence[Item],
    check: Check,
    *,
    info: GuardInfo,
    repeats: int,
    display: Display = SILENT,
) -> Evaluation:
    """The evaluation of all items; repeated to count flips as long as that costs no model call."""
    display.step("judging")
    first = _run(suite, items, check, display.item)
    free = not any(judgement.model_calls for judgement in first)
    display.step("judging again")
    more = [_run(suite, items, check, _nothing) for _ in range(repeats - 1 if free else 0)]
    return Evaluation(
        suite=suite, guard=info, items=tuple(items), runs=(first, *more), floors=tuple(suite.floors(items))
    )


def _run(suite: Suite, items: Iterable[Item], check: Check, on_item: Callable[[], None]) -> tuple[Judgement, ...]:
    found = []
    for item in items:
        found.append(judge(suite, item, check))
        on_item()
    return tuple(found)


def judge(suite: Suite, item: Item, check: Check) -> Judgement:
    """What the guard says to one item."""
    if item.event is None:
        return Judgement(verdict="deny", failure=item.problem)
    started = perf_counter()
    answer, model_calls = check(item.event)
    return judgement_of(suite, answer, micros=(perf_counter() - started) * 1e6, model_calls=model_calls)


def judgement_of(suite: Suite, answer: Answer, *, micros: float = 0.0, model_calls: int = 0) -> Judgement:
    """An answer in the terms of the suite: whatever is not allowed is denied."""
    failure = answer.failure.message if answer.failure else "failed without a reason"
    return Judgement(
        verdict="allow" if answer.effect == "allow" else "deny",
        explanation=suite.explain([finding for finding in answer.findings if finding.outcome == "violation"]),
        unchanged=not answer.obligations,
        failure=failure if answer.failed else "",
        micros=micros,
        model_calls=model_calls,
    )
