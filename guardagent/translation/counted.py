"""Facts whose model calls are counted: what a compile spends on judging its examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guardagent.ports import FactResolver, Judgement, Question
from guardagent.types import Event, FactSpec, FactValue, TokenUsage


class CountedFacts:
    """A resolver that passes everything on to another one and adds up what its model calls took."""

    def __init__(self, facts: FactResolver) -> None:
        self._facts = facts
        self.usage = TokenUsage()

    @property
    def judged_at(self) -> str:
        """Where texts go that a model judges."""
        return self._facts.judged_at

    def resolve(
        self, specs: Sequence[FactSpec], event: Event, *, allow_judgement: bool
    ) -> Mapping[str, FactValue | Question]:
        """What the other resolver says."""
        return self._facts.resolve(specs, event, allow_judgement=allow_judgement)

    async def judge(self, questions: Sequence[Question]) -> Judgement:
        """What the other resolver says, its usage added."""
        found = await self._facts.judge(questions)
        self.usage += found.usage
        return found


__all__ = ["CountedFacts"]
