"""Evaluates a suite: compiles the guard request, judges every item through the real guard, and counts.

The reasoner sees the author's request and the shipped demonstrations. Gold labels and explanations stay in the items,
which no reasoner, guard or memory is handed; nothing learns from an evaluation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from types import MappingProxyType

from guardagent import wiring
from guardagent.errors import DataError, EndpointError
from guardagent.policyfile import load_request, policy_of
from guardagent.ports import CheckRunner
from guardagent.settings import Settings
from guardagent.translation.per_event import PerEventGuard
from guardagent.types import ClauseReport, Draft, Event, GuardRequest, Waiver
from guardagent_benchmarks.judging import SILENT, Check, Checked, Display, Evaluation, GuardInfo, Mode, judge_all
from guardagent_benchmarks.suites.suite import Item, Suite
from guardagent_toolbox.docs import tool_docs
from guardagent_toolbox.registry import TOOLBOX_VERSION

_WAIVER = "measured as it is: an evaluation also counts what a request leaves unenforced"
# How often all items are judged, to see whether an answer flips; where each event is compiled, once is long enough.
REPEATS: Mapping[Mode, int] = MappingProxyType({"compiled": 5, "per-event": 1})
# So many checks that all fail in a row from the start mean that there is no model to ask.
_HOPELESS = 3


def evaluate(
    suite: Suite,
    items: Sequence[Item],
    *,
    settings: Settings,
    mode: Mode = "compiled",
    policy: Path | None = None,
    display: Display = SILENT,
) -> Evaluation:
    """The evaluation of `items` under the suite's guard request, or under the one in another `policy` folder.

    Raises:
        DataError: not a single item could be read.
        PolicyError: the folder is malformed, or what came of it may not be published.
        ReasonerError: the reasoner could not do its part.
        SandboxError: this machine cannot confine programs.
    """
    if all(item.event is None for item in items):
        first = items[0].problem if items else "there are no items"
        raise DataError(f"suite `{suite.name}`: nothing to judge, no item could be read; the first: {first}")
    request = load_request(policy or suite.policy)
    with _fresh(settings) as own, closing(wiring.build_runner(own)) as runner:
        make = _compiled if mode == "compiled" else _per_event
        with make(request, own, runner, display) as (check, info):
            return judge_all(suite, items, check, info=info, repeats=REPEATS[mode], display=display)


@contextmanager
def _compiled(
    request: GuardRequest, settings: Settings, runner: CheckRunner, display: Display
) -> Iterator[tuple[Check, GuardInfo]]:
    """The real guard over the policy that the request compiles to."""
    started = perf_counter()
    translator = wiring.build_translator(settings, runner)
    draft = asyncio.run(translator.compile(request, progress=lambda seen: display.step(f"compiling: {seen.node}")))
    seconds = perf_counter() - started
    gaps = _gaps(draft)
    policy = policy_of(draft, waivers=[Waiver(clause=gap.clause, reason=_WAIVER) for gap in gaps])
    guard = wiring.build_guard(settings, [policy], runner)

    def check(event: Event) -> Checked:
        decision = guard.check(event)
        return Checked(decision, decision.model_calls)

    yield (
        check,
        GuardInfo(
            mode="compiled",
            reasoner=draft.report.reasoner,
            revision=policy.revision,
            compile_seconds=seconds,
            usage=draft.report.usage,
            unenforced=tuple(f"{gap.clause} {gap.status} {gap.reason}".strip() for gap in gaps),
            notes=wiring.notes_of(settings, runner),
        ),
    )


@contextmanager
def _per_event(
    request: GuardRequest, settings: Settings, runner: CheckRunner, _display: Display
) -> Iterator[tuple[Check, GuardInfo]]:
    """The paper's guard, which asks the reasoner about every event anew."""
    reasoner, facts = wiring.build_reasoner(settings), wiring.build_facts(settings)
    guard = PerEventGuard(
        reasoner=reasoner,
        runner=runner,
        facts=facts,
        demonstrations=wiring.build_demonstrations(settings),
        tools=tool_docs(),
        toolbox_version=TOOLBOX_VERSION,
    )
    answered = failed = 0
    with asyncio.Runner() as loop:

        def check(event: Event) -> Checked:
            nonlocal answered, failed
            before = reasoner.usage.calls
            verdict = loop.run(guard.check(request, event))
            outcome = verdict.outcome
            unavailable = outcome.failure is not None and outcome.failure.code == "unavailable"
            answered, failed = answered + (not unavailable), failed + unavailable
            if outcome.failure and not answered and failed >= _HOPELESS:
                raise EndpointError(f"the first {failed} checks all failed: {outcome.failure.message}")
            return Checked(outcome, reasoner.usage.calls - before + verdict.usage.calls)

        yield check, GuardInfo(mode="per-event", reasoner=reasoner.name, notes=wiring.notes_of(settings, runner))


@contextmanager
def _fresh(settings: Settings) -> Iterator[Settings]:
    """The settings with an empty memory and no compile to resume.

    What a user's memory has learned may come from these very items, and a resumed compile would look faster than it is.
    """
    with TemporaryDirectory(prefix="guardagent-eval-") as folder:
        own = {"memory_path": Path(folder) / "memory.sqlite", "checkpoint_path": Path(folder) / "compiles.sqlite"}
        yield settings.model_copy(update=own)


def _gaps(draft: Draft) -> list[ClauseReport]:
    return [report for report in draft.report.clauses if report.status not in ("ENFORCED", "DEFINITION")]
