"""Decisions made by hand."""

from __future__ import annotations

from datetime import UTC, datetime

from guardagent.types import Decision, Effect, Failure, Finding, Obligation


def decision(
    effect: Effect,
    *findings: Finding,
    failure: Failure | None = None,
    obligations: tuple[Obligation, ...] = (),
    model_calls: int = 0,
) -> Decision:
    return Decision(
        id="1",
        effect=effect,
        failed=failure is not None,
        failure=failure,
        findings=findings,
        obligations=obligations,
        agent="ehragent",
        stage="output",
        event_digest="0",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        model_calls=model_calls,
    )
