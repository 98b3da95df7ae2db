"""The offline reasoner: structured English → plan, examples and code, without a model.

It understands role tables, action rules, lists of allowed or forbidden things, numeric limits, and must / may / must
not sentences with unless and except (`grammar.yaml`). What it doesn't understand it reports as a gap; it never guesses.
"""

from __future__ import annotations

from collections.abc import Sequence

from guardagent.ports import Brief
from guardagent.reasoners.offline.emit import program_source
from guardagent.reasoners.offline.examples import Valid, propose
from guardagent.reasoners.offline.rules import ConditionRule, Rule, TableRule
from guardagent.reasoners.offline.translate import Translation, translate
from guardagent.types import Example, Plan, PlanStep, TokenUsage


class OfflineReasoner:
    """Implements `ports.Reasoner` by the shipped grammar; the same request always gives the same program."""

    name = "offline"
    usage = TokenUsage()

    def __init__(self, valid: Valid = lambda _event: True) -> None:
        self._valid = valid

    async def plan(self, brief: Brief, *, problems: Sequence[str] = ()) -> Plan:
        """A step for each clause that it understands, a gap for each that it does not."""
        del problems  # the reading is deterministic: a second one gives the same plan
        found = _translation(brief)
        return Plan(steps=tuple(_step(rule) for rule in found.rules), gaps=found.gaps)

    async def examples(self, brief: Brief, plan: Plan) -> tuple[Example, ...]:
        """Violating, compliant and boundary events for each step."""
        del plan
        return propose(brief.request, _translation(brief), self._valid)

    async def code(
        self, brief: Brief, plan: Plan, examples: Sequence[Example], *, source: str = "", failures: Sequence[str] = ()
    ) -> str:
        """The program; the same after a failed vetting, because the reading is deterministic."""
        del plan, examples, source, failures
        return program_source(brief.request, _translation(brief))


def _translation(brief: Brief) -> Translation:
    return translate(brief.request, brief.clauses)


def _step(rule: Rule) -> PlanStep:
    facts = tuple(name for name, _ in rule.facts) if isinstance(rule, ConditionRule) else ()
    tools = ("columns_accessed", "check_access", "normalise") if isinstance(rule, TableRule) else ()
    summary = f"deny when {rule.violated.says()}" if isinstance(rule, ConditionRule) else _summary(rule)
    return PlanStep(clauses=(rule.clause.id,), summary=summary, fields=tuple(rule.fields()), facts=facts, tools=tools)


def _summary(rule: Rule) -> str:
    if isinstance(rule, TableRule):
        return "read the agent's code, and deny what the role's table doesn't list"
    return "deny a role that is not listed"


__all__ = ["OfflineReasoner"]
