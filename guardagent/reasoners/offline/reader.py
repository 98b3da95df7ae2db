"""Sentence → condition under which it is violated, by the patterns of `grammar.yaml`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from guardagent.reasoners.offline import slots
from guardagent.reasoners.offline.conditions import Compare, Condition, OneOf, Present
from guardagent.reasoners.offline.connectives import All, Always, Any_, Not, both
from guardagent.reasoners.offline.fields import Field, Fields
from guardagent.reasoners.offline.patterns import Match, matches
from guardagent.reasoners.offline.texts import Affix, CalledBefore, HostIn, Mentions, Size

_MAX_DEPTH = 6
_NESTED = {
    "rule": "rules",
    "condition": "conditions",
    "requirement": "requirements",
    "subject": "subjects",
    "action": "actions",
}


class Reader:
    """Reads the sentences of one request against the fields of one agent."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._depth = 0
        self.missed: str | None = None

    def rule(self, sentence: str) -> Condition | None:
        """When `sentence` is violated; None when the grammar doesn't cover it."""
        self.missed = None
        return self._nested("rules", sentence)

    def condition(self, words: str) -> Condition | None:
        """The condition that `words` state."""
        return self._nested("conditions", words)

    def _nested(self, group: str, words: str) -> Condition | None:
        if self._depth >= _MAX_DEPTH:
            return None
        self._depth += 1
        try:
            for match in matches(group, _tidy(words), self._slot):
                found = self._build(match)
                if found is not None:
                    return found
            return None
        finally:
            self._depth -= 1

    def _slot(self, kind: str, words: str) -> Any:
        if kind in _NESTED:
            return self._nested(_NESTED[kind], words)
        match kind:
            case "field":
                found = self._fields.find(words)
                if found is None and len(words.split()) <= 4:
                    self.missed = words
                return found
            case "flag":
                return slots.flag(words, self._fields)
            case "number":
                return slots.number(words)
            case "count":
                return slots.count(words)
            case "unit":
                return slots.unit(words)
            case "values":
                return slots.values(words)
            case "phrases":
                return slots.phrases(words)
            case "quoted":
                return slots.quoted(words)
            case "hosts":
                return slots.hosts(words)
            case "tools":
                return slots.tools(words, self._fields)
            case "tool_list":
                found_tools = slots.tools(words, self._fields)
                return self._tool(found_tools) if found_tools else None
            case "roles":
                return slots.roles(words, self._fields)
        raise ValueError(f"the grammar names a slot of unknown kind `{kind}`")

    def _build(self, match: Match) -> Condition | None:
        name, *places = match.pattern.means
        arguments = [match.values.get(p, p) if isinstance(p, str) else p for p in places]
        build: Callable[..., Condition | None] = getattr(self, f"_{name}")
        return build(*arguments)

    # Rules: each gives the condition of a violation.

    def _when(self, condition: Condition, rule: Condition) -> Condition:
        return both(condition, rule)

    def _unless(self, condition: Condition, rule: Condition) -> Condition:
        return both(rule, Not(condition))

    def _only_who(self, who: Condition, action: Condition) -> Condition | None:
        return None if isinstance(who, Always) else both(action, Not(who))

    def _only_when(self, action: Condition, condition: Condition) -> Condition:
        return both(action, Not(condition))

    def _subject_only_when(self, who: Condition, action: Condition, condition: Condition) -> Condition:
        return both(who, action, Not(condition))

    def _subject_only(self, who: Condition, action: Condition) -> Condition:
        return both(who, Not(action))

    def _forbid(self, *parts: Condition) -> Condition:
        return both(*(p for p in parts if not isinstance(p, str)))

    def _allow_list(self, action: Condition) -> Condition:
        return Not(action)

    def _forbid_phrases(self, phrases: tuple[str, ...]) -> Condition | None:
        return self._mention_output(phrases)

    def _limit(self, field: Field, op: str, number: int | float) -> Condition:
        return Compare(field, op, number)

    def _floor(self, field: Field, op: str, number: int | float) -> Condition:
        return Not(Compare(field, op, number))

    def _between(self, field: Field, low: int | float, high: int | float) -> Condition:
        return Not(All((Compare(field, ">=", low), Compare(field, "<=", high))))

    def _size(self, field: Field, op: str, count: int, unit: str) -> Condition:
        small = op == "<"
        return Not(Size(field, unit, ">=", count)) if small else Size(field, unit, op, count)

    def _size_between(self, field: Field, low: int, high: int, unit: str) -> Condition:
        return Not(All((Size(field, unit, ">=", low), Size(field, unit, "<=", high))))

    def _at_most_calls(self, tools: tuple[str, ...], count: int) -> Condition | None:
        called = self._tool(tools)
        if called is None or len(tools) != 1:
            return None
        return both(called, CalledBefore(tools[0], count))

    def _must_affix(self, field: Field, where: str, parts: tuple[str, ...]) -> Condition:
        return Not(Affix(field, where, parts))

    def _no_affix(self, field: Field, where: str, parts: tuple[str, ...]) -> Condition:
        return Affix(field, where, parts)

    def _host(self, field: Field, hosts: tuple[str, ...]) -> Condition:
        return Not(HostIn(field, hosts))

    def _no_host(self, field: Field, hosts: tuple[str, ...]) -> Condition:
        return HostIn(field, hosts)

    def _no_mention(self, field: Field, phrases: tuple[str, ...]) -> Condition:
        return Mentions(field, phrases)

    def _mention(self, field: Field, phrases: tuple[str, ...]) -> Condition:
        return Not(Mentions(field, phrases, every=True))

    def _given(self, field: Field) -> Condition:
        return Not(Present(field))

    def _not_in(self, field: Field, values: tuple[Any, ...]) -> Condition | None:
        return self._is(field, values)

    def _in(self, field: Field, values: tuple[Any, ...]) -> Condition | None:
        allowed = self._is(field, values)
        return Not(allowed) if allowed else None

    # Conditions, subjects and actions.

    def _and(self, left: Condition, right: Condition) -> Condition:
        return both(left, right)

    def _or(self, left: Condition, right: Condition) -> Condition:
        return Any_((left, right))

    def _tool(self, tools: tuple[str, ...]) -> Condition | None:
        field = self._fields.find("tool.name")
        return OneOf(field, tools) if field else None

    def _missing(self, field: Field) -> Condition:
        return Not(Present(field))

    def _present(self, field: Field) -> Condition:
        return Present(field)

    def _compare(self, field: Field, op: str, number: int | float) -> Condition:
        return Compare(field, op, number)

    def _affix(self, field: Field, where: str, parts: tuple[str, ...]) -> Condition:
        return Affix(field, where, parts)

    def _mentions(self, field: Field, phrases: tuple[str, ...]) -> Condition:
        return Mentions(field, phrases)

    def _not_mentions(self, field: Field, phrases: tuple[str, ...]) -> Condition:
        return Not(Mentions(field, phrases))

    def _host_is(self, field: Field, hosts: tuple[str, ...]) -> Condition:
        return HostIn(field, hosts)

    def _is(self, field: Field, values: tuple[Any, ...]) -> Condition | None:
        wanted = slots.fitting(field, values)
        return OneOf(field, wanted) if wanted else None

    def _is_not(self, field: Field, values: tuple[Any, ...]) -> Condition | None:
        found = self._is(field, values)
        return Not(found) if found else None

    def _who(self, subject: Condition) -> Condition:
        return subject

    def _whose(self, condition: Condition) -> Condition:
        return condition

    def _everybody(self) -> Condition:
        return Always()

    def _role(self, values: tuple[Any, ...]) -> Condition | None:
        found = self._fields.roles()
        if found is None:
            return None
        return self._is(found[0], tuple(v for v in values if isinstance(v, str)))

    def _flag_on(self, field: Field) -> Condition:
        return OneOf(field, (True,))

    def _flag_off(self, field: Field) -> Condition:
        return Not(OneOf(field, (True,)))

    def _age(self, op: str, number: int | float) -> Condition | None:
        field = self._fields.named("age")
        return Compare(field, op, number) if field else None

    def _visit(self, hosts: tuple[str, ...]) -> Condition | None:
        field = self._fields.named("url", "address", "uri", "link", "host")
        return HostIn(field, hosts) if field else None

    def _send_to(self, hosts: tuple[str, ...]) -> Condition | None:
        field = self._fields.named("to", "recipient", "to_address")
        return HostIn(field, hosts, mail=True) if field and not field.is_list else None

    def _mention_output(self, phrases: tuple[str, ...]) -> Condition | None:
        field = self._fields.text()
        return Mentions(field, phrases) if field else None


def _tidy(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip().rstrip(".;!").strip(" ,")
