"""Translator: a guard request becomes a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from guardagent.ports import CheckRunner, DemonstrationStore, FactResolver, Reasoner
from guardagent.schema import EventSchema
from guardagent.translation import state as states
from guardagent.translation.examples import check_author_examples
from guardagent.translation.graph import SECONDS, Progress, run
from guardagent.translation.nodes import Nodes
from guardagent.translation.second import Second
from guardagent.translation.state import State
from guardagent.translation.vet import Vetting
from guardagent.types import Draft, GuardRequest, Report, ToolDoc, canonical_json


def _silent(_progress: Progress) -> None:
    """Shows nothing."""


class Translator:
    """Compiles guard requests with the parts it was given.

    With a `checkpoint` file a compile that was interrupted, by a kill or an unreachable model, goes on at the node in
    which it stopped; one that came to its end is forgotten there.
    """

    def __init__(
        self,
        *,
        reasoner: Reasoner,
        runner: CheckRunner,
        facts: FactResolver,
        demonstrations: DemonstrationStore,
        tools: Sequence[ToolDoc],
        toolbox_version: str,
        checkpoint: Path | None = None,
        k: int = 4,
        seconds: Mapping[str, float] = SECONDS,
        second: Second | None = None,
    ) -> None:
        self._nodes = Nodes(reasoner, runner, facts, demonstrations, tuple(tools), toolbox_version, k, second)
        self._checkpoint = checkpoint
        self._seconds = seconds

    async def compile(self, request: GuardRequest, *, progress: Callable[[Progress], None] = _silent) -> Draft:
        """The draft of `request`, also when nothing of it could be coded; its report says what became of each clause.

        Raises:
            ReasonerError: the reasoner could not do its part; compile again to go on from there.
            PolicyError: the event schema or an example of the author cannot be used.
            CompileError: a step took too long, or the checkpoint cannot be used.
        """
        EventSchema.of(canonical_json(request.agent.event_schema))
        check_author_examples(request)
        final = await run(
            self._nodes,
            states.start_of(request),
            thread=states.thread_of(
                request, reasoner=self._nodes.reasoner.name, toolbox_version=self._nodes.toolbox_version
            ),
            checkpoint=self._checkpoint,
            progress=progress,
            seconds=self._seconds,
        )
        return _draft(request, final)


def _draft(request: GuardRequest, final: State) -> Draft:
    best = Vetting.model_validate(final["best"]) if "best" in final else Vetting()
    return Draft(
        request=request,
        clauses=states.clauses_of(final),
        plan=states.plan_of(final),
        program=best.program,
        examples=states.examples_of(final),
        report=Report.model_validate(final["report"]),
    )
