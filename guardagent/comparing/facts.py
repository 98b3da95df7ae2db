"""Facts for events that two programs are asked about: the same question about the same event has one answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guardagent.ports import FactResolver, Judgement, Question
from guardagent.translation.nearby import may_ask_a_model
from guardagent.types import Event, FactSpec, FactValue, digest_of


class ConsistentFacts:
    """Categories by a resolver; judgements by lot, because no model may be asked about made-up events.

    The lot is drawn by question, choices and event, so that both programs get what they would have in common.
    """

    def __init__(self, resolver: FactResolver) -> None:
        self._resolver = resolver

    @property
    def judged_at(self) -> str:
        """Nowhere, as no model is ever asked."""
        return "nowhere"

    async def judge(self, questions: Sequence[Question]) -> Judgement:  # noqa: ARG002
        """No answer; `resolve` leaves no question open."""
        return Judgement()

    def resolve(
        self,
        specs: Sequence[FactSpec],
        event: Event,
        *,
        allow_judgement: bool,  # noqa: ARG002
    ) -> Mapping[str, FactValue | Question]:
        """A value for each spec; raises FactError where the resolver does."""
        local = [spec for spec in specs if not may_ask_a_model(spec)]
        found = dict(self._resolver.resolve(local, event, allow_judgement=False)) if local else {}
        return found | {spec.name: _drawn(spec, event) for spec in specs if may_ask_a_model(spec)}


def _drawn(spec: FactSpec, event: Event) -> str:
    lot = int(digest_of("\0".join((spec.question, *spec.options, event.digest))), 16)
    return spec.options[lot % len(spec.options)]


__all__ = ["ConsistentFacts"]
