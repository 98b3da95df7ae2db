"""Proposed examples: for each rule a violating, a compliant and a boundary event, labelled by the rules themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

from guardagent.reasoners.offline.events import Event, sample_address, sample_moment, with_value
from guardagent.reasoners.offline.rules import ConditionRule, KnownRoleRule, Rule, TableRule
from guardagent.reasoners.offline.translate import Translation
from guardagent.types import Example, GuardRequest

# Says whether an event is valid under the agent's schema.
Valid = Callable[[Event], bool]

_NEUTRAL_TEXT = "read the weather report"


def propose(request: GuardRequest, translation: Translation, valid: Valid) -> tuple[Example, ...]:
    """Examples for every rule, without those that the event schema rules out."""
    base = _settled(request, translation)
    # Where a plain event leads nowhere, one of the author's may, unless role tables would have to judge its code.
    readable = not any(isinstance(rule, TableRule) for rule in translation.rules)
    bases = [base, *(example.event for example in request.examples if readable)]
    examples: list[Example] = []
    seen: set[str] = set()
    for rule in translation.rules:
        for kind, shape in (("violating", _breaking), ("compliant", _keeping)):
            number = 0
            for event in chain.from_iterable(shape(rule, start) for start in bases):
                if number >= 3:
                    break
                event = _isolated(event, rule, translation.rules)
                key = json.dumps(event, sort_keys=True, default=str)
                if key in seen or not valid(event):
                    continue
                seen.add(key)
                number += 1
                examples.append(_labelled(rule, kind, number, event, translation.rules))
    return tuple(examples)


def _isolated(event: Event, rule: Rule, rules: Sequence[Rule]) -> Event:
    """`event` with as few other rules broken as can be had without changing what `rule` says of it."""
    wanted = broken_by(rule, event)
    for other in rules:
        if other is rule or not isinstance(other, ConditionRule) or not other.violated.holds(event):
            continue
        for mended in other.violated.make(event, False):
            broken = [r for r in rules if r is not rule and broken_by(r, mended)]
            if broken_by(rule, mended) is wanted and other not in broken:
                event = mended
                break
    return event


def broken_by(rule: Rule, event: Event) -> bool:
    """Whether the rule calls `event` a violation; role tables are only tried on events that were made for them."""
    match rule:
        case ConditionRule():
            return rule.violated.holds(event)
        case KnownRoleRule():
            return rule.holds(event)
        case TableRule():
            return any(event == made for made in rule.violating(event))


def _labelled(rule: Rule, kind: str, number: int, event: Event, rules: Iterable[Rule]) -> Example:
    violated = tuple(r.clause.id for r in rules if broken_by(r, event))
    return Example(
        id=f"{rule.clause.id}-{kind}-{number}",
        event=event,
        expect="deny" if violated else "allow",
        violated=violated,
        note=f"{kind} event for {rule.clause.id}",
        origin="proposed",
    )


def _breaking(rule: Rule, base: Event) -> list[Event]:
    if isinstance(rule, ConditionRule):
        return rule.violated.make(base, True)
    if isinstance(rule, TableRule):
        return rule.violating(base)
    return [e for e in _keeping(rule, base, "visitor") if rule.holds(e)]


def _keeping(rule: Rule, base: Event, role: str = "") -> list[Event]:
    if isinstance(rule, ConditionRule):
        return rule.violated.make(base, False)
    if isinstance(rule, TableRule):
        return rule.compliant(base)
    return [with_value(base, rule.role, role or rule.known[0])]


def _settled(request: GuardRequest, translation: Translation) -> Event:
    """A plain event that no rule objects to, as far as each rule can be made content."""
    like = request.examples[0].event if request.examples else {}
    stage = request.stages[0] if request.stages else None
    event = plain_event(request.agent.event_schema, request.agent.name, stage, like)
    for _round in range(3):
        for rule in translation.rules:
            if isinstance(rule, ConditionRule) and rule.violated.holds(event):
                event = next(iter(rule.violated.make(event, False)), event)
            elif isinstance(rule, TableRule):
                event = next(iter(rule.compliant(event)), event)
    return event


def plain_event(schema: dict[str, Any], agent: str, stage: str | None, like: Event | None = None) -> Event:
    """A small event that has every field that the schema lists, with harmless values, free texts as `like` has them."""
    event = _plain(schema, like=like)
    found = event if isinstance(event, dict) else {}
    stages = schema.get("properties", {}).get("stage", {}).get("enum", [])
    found["agent"] = schema.get("properties", {}).get("agent", {}).get("const", agent)
    found["stage"] = stage or (stages[0] if stages else "tool_call")
    return found


def _plain(schema: dict[str, Any], name: str = "", like: Any = None) -> Any:
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    kind = kinds if isinstance(kinds, str) else next((k for k in kinds if k != "null"), "null")
    if kind == "object":
        known = like if isinstance(like, dict) else {}
        below = schema.get("properties", {})
        return {n: _plain(part, n, known.get(n)) for n, part in below.items()}
    if kind == "array":
        return [_plain(schema.get("items", {}))] * int(schema.get("minItems", 0))
    if kind in ("integer", "number"):
        low, high = schema.get("minimum", 1), schema.get("maximum")
        return min(max(low, 20), high) if high is not None else max(low, 20)
    if kind == "string" and isinstance(like, str):
        return like
    form = schema.get("format", "")
    telling = sample_moment(name, form) or sample_address(name, form)
    return {"boolean": True, "null": None}.get(kind, telling or _NEUTRAL_TEXT)
