"""The offline reasoner: structured English → plan, examples and code, without a model.

It understands role tables, action rules, and sentences that are put together from the forms in `families/`: obligations
and bans on values, limits and tables of limits, scopes, defaults, precedence, remarks. What it doesn't understand it
reports as a gap; it never guesses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from guardagent.ports import Brief, Coded
from guardagent.reasoners.offline.emit import program_source
from guardagent.reasoners.offline.examples import Valid, propose
from guardagent.reasoners.offline.rules import ConditionRule, Rule, TableRule
from guardagent.reasoners.offline.translate import Translation, translate
from guardagent.schema import EventSchema
from guardagent.types import Example, GuardRequest, Plan, PlanStep, TokenUsage, canonical_json

# The functions of the toolbox, by name; conditions may use them to label examples.
Tools = Mapping[str, Callable[..., Any]]


class OfflineReasoner:
    """Implements `ports.Reasoner` by the shipped grammar; the same request always gives the same program."""

    name = "offline"
    usage = TokenUsage()

    def __init__(self, valid: Valid | None = None, *, tools: Tools | None = None) -> None:
        self._valid = valid
        self._tools = dict(tools or {})
        # The last request with its translation; plan, examples and code of a compile ask for the same one.
        self._last: tuple[GuardRequest, Translation] | None = None

    async def plan(self, brief: Brief, *, problems: Sequence[str] = (), previous: Plan | None = None) -> Plan:
        """A step for each clause that it understands, a gap for each that it does not."""
        del problems, previous  # the reading is deterministic: a second one gives the same plan
        found = self._translation(brief)
        return Plan(steps=tuple(_step(rule) for rule in found.rules), gaps=found.gaps, recasts=found.recasts)

    async def examples(self, brief: Brief, plan: Plan) -> tuple[Example, ...]:
        """Violating, compliant and boundary events for each step."""
        del plan
        return propose(brief.request, self._translation(brief), self._valid or _by_schema(brief.request))

    async def code(
        self, brief: Brief, plan: Plan, examples: Sequence[Example], *, source: str = "", failures: Sequence[str] = ()
    ) -> Coded:
        """The program; the same after a failed vetting, because the reading is deterministic."""
        del plan, examples, source, failures
        return Coded(program_source(brief.request, self._translation(brief)))

    def _translation(self, brief: Brief) -> Translation:
        if self._last is None or self._last[0] != brief.request:
            self._last = (brief.request, translate(brief.request, brief.clauses, self._tools))
        return self._last[1]


def _by_schema(request: GuardRequest) -> Valid:
    """Whether an event is valid under the agent's schema."""
    schema = EventSchema.of(canonical_json(request.agent.event_schema))
    return lambda event: schema.problem(event) is None


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
