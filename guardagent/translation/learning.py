"""What the memory learns from: a translation that a person has reviewed and published."""

from __future__ import annotations

from guardagent.types import Demonstration, Draft, Policy


def demonstration_of(draft: Draft, policy: Policy) -> Demonstration:
    """The demonstration of a published draft; publishing the policy again replaces it."""
    right = sum(not example.problem for example in draft.report.examples)
    return Demonstration(
        id=f"learned-{policy.name}",
        title=policy.name,
        domain=policy.agent,
        request=draft.request.text,
        specification=draft.request.agent.description,
        plan=draft.plan,
        source=policy.program.source,
        outcome=f"published as {policy.revision[:12]}; {right} of {len(draft.report.examples)} examples right",
        origin="learned",
    )


__all__ = ["demonstration_of"]
