"""Stores that live in memory: for tests and for programs that keep nothing."""

from __future__ import annotations

from collections.abc import Iterable

from guardagent.types import Decision, Policy


class MemoryDecisionLog:
    """A decision log that is gone when the process ends."""

    def __init__(self) -> None:
        self._decisions: list[Decision] = []

    def append(self, decision: Decision) -> None:
        """Records one decision."""
        self._decisions.append(decision)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What was recorded, oldest first."""
        return tuple(self._decisions)


class MemoryPolicyStore:
    """Holds the policies that it was given."""

    def __init__(self, policies: Iterable[Policy] = ()) -> None:
        self._policies = {policy.name: policy for policy in policies}

    def policies(self) -> tuple[Policy, ...]:
        """The revision in force of each policy, by name."""
        return tuple(self._policies[name] for name in sorted(self._policies))
