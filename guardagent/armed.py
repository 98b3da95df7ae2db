"""Policies made ready to judge events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from guardagent.errors import PolicyError
from guardagent.schema import EventSchema
from guardagent.types import Policy, PolicyUse


class Armed(NamedTuple):
    """A policy with what is made of it once."""

    policy: Policy
    use: PolicyUse
    schema: EventSchema


def armed(policies: Iterable[Policy]) -> tuple[Armed, ...]:
    """The policies in force, those in mode `off` left out.

    Raises:
        PolicyError: one has no clause, or two have the same name.
    """
    ready = tuple(_arm(policy) for policy in policies if policy.mode != "off")
    names = [each.policy.name for each in ready]
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise PolicyError(f"policy `{twins[0]}` is given twice; a decision could not say which one decided")
    return ready


def _arm(policy: Policy) -> Armed:
    if not policy.program.clauses:
        raise PolicyError(f"policy `{policy.name}`: its program has no clause, so it would allow everything")
    use = PolicyUse(name=policy.name, revision=policy.revision, mode=policy.mode, waivers=policy.waivers)
    return Armed(policy, use, EventSchema.of(policy.event_schema_json))


__all__ = ["Armed", "armed"]
