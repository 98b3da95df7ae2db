"""Compiles every policy and asks the real guard about its events."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from time import perf_counter
from typing import NamedTuple

from guardagent import wiring
from guardagent.errors import CompileError
from guardagent.guard import Guard
from guardagent.ports import CheckRunner
from guardagent.settings import Settings
from guardagent.translation.judging import draft_policy
from guardagent.translation.translator import Translator
from guardagent.types import Decision, Draft, Waiver
from guardagent_benchmarks.guardbench.cases import BenchPolicy
from guardagent_benchmarks.judging import SILENT, Display

_WAIVER = "measured as it is: an evaluation also counts what a request leaves unenforced"


class Measured(NamedTuple):
    """One policy with what came of it; without a draft's program there are no decisions."""

    policy: BenchPolicy
    draft: Draft | None
    decisions: tuple[Decision, ...]
    compile_seconds: float
    problem: str = ""
    """Why it could not be compiled at all."""


def measure(
    policies: Sequence[BenchPolicy], *, settings: Settings, allow_judgement: bool, display: Display = SILENT
) -> tuple[Measured, ...]:
    """The outcome of every policy, in order.

    Raises:
        ReasonerError: the reasoner could not do its part.
        SandboxError: this machine cannot confine programs.
    """
    with closing(wiring.build_runner(settings)) as runner:
        translator = wiring.build_translator(settings, runner, leave_nothing=True)
        found = []
        for policy in policies:
            display.step(f"{policy.id}: compiling")
            found.append(_measured(policy, translator, runner, settings, allow_judgement, display))
        return tuple(found)


def _measured(
    policy: BenchPolicy,
    translator: Translator,
    runner: CheckRunner,
    settings: Settings,
    allow_judgement: bool,
    display: Display,
) -> Measured:
    started = perf_counter()
    try:
        draft = asyncio.run(translator.compile(policy.request(allow_judgement=allow_judgement)))
    except CompileError as error:
        return Measured(policy, None, (), perf_counter() - started, str(error))
    seconds = perf_counter() - started
    guard = _guard(draft, runner, settings)
    if guard is None:
        return Measured(policy, draft, (), seconds, "nothing of it could be translated")
    decisions = []
    for labelled in policy.events:
        decisions.append(guard.check(labelled.event))
        display.item()
    return Measured(policy, draft, tuple(decisions), seconds)


def _guard(draft: Draft, runner: CheckRunner, settings: Settings) -> Guard | None:
    """The guard over the draft with every unenforced clause waived; None when there is no program."""
    if draft.program is None:
        return None
    gaps = [c.clause for c in draft.report.clauses if c.status not in ("ENFORCED", "DEFINITION")]
    waivers = tuple(Waiver(clause=clause, reason=_WAIVER) for clause in gaps)
    policy = draft_policy(draft.request, draft.clauses, draft.program).model_copy(update={"waivers": waivers})
    return wiring.build_guard(settings, [policy], runner)
