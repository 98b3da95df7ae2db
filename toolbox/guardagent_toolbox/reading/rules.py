"""The table of rules behind `check_rule`: who may do an action."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable

from guardagent_toolbox.reading.plain import texts_in

_LIMITS: dict[str, Callable[[float, float], bool]] = {
    "at_least": lambda value, limit: value >= limit,
    "at_most": lambda value, limit: value <= limit,
    "more_than": lambda value, limit: value > limit,
    "less_than": lambda value, limit: value < limit,
}


def broken_rules(rules: object, action: object, user: object) -> list[str]:
    """The texts of the rules that the user breaks by the action, in order."""
    if not isinstance(rules, list | tuple):
        return ["the rules cannot be read"]
    facts = user if isinstance(user, dict) else {}
    broken: list[str] = []
    for number, rule in enumerate(rules, start=1):
        text = rule.get("text") if isinstance(rule, dict) else None
        shown = text if isinstance(text, str) and text else f"rule {number}"
        if not isinstance(rule, dict) or _breaks(rule, action, facts):
            broken.append(shown)
    return broken


def _breaks(rule: dict[object, object], action: object, facts: dict[object, object]) -> bool:
    needs = rule.get("needs")
    if set(rule) - {"actions", "needs", "text"} or not isinstance(needs, dict):
        return True
    if "actions" in rule:
        actions = texts_in(rule["actions"])
        # An action that is no text could be any of them, so that it must meet the needs.
        if actions is not None and isinstance(action, str) and _fold(action) not in map(_fold, actions):
            return False
    return not all(_meets(facts.get(field), need) for field, need in needs.items())


def _meets(value: object, need: object) -> bool:
    if isinstance(need, dict):
        return bool(need) and all(_within(value, kind, limit) for kind, limit in need.items())
    return need is not None and _same(value, need)


def _within(value: object, kind: object, limit: object) -> bool:
    if kind in ("one_of", "not_one_of"):
        if not isinstance(limit, list | tuple) or not any(_kind(value) == _kind(item) for item in limit):
            return False
        return any(_same(value, item) for item in limit) is (kind == "one_of")
    compare = _LIMITS.get(kind) if isinstance(kind, str) else None
    return compare is not None and _is_number(value) and _is_number(limit) and compare(value, limit)  # type: ignore[arg-type]


def _kind(value: object) -> str:
    """How values are compared; a value of another kind than the limits is malformed and meets nothing."""
    return "number" if _is_number(value) else type(value).__name__


def _is_number(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _same(value: object, other: object) -> bool:
    if isinstance(value, str) and isinstance(other, str):
        return _fold(value) == _fold(other)
    if _is_number(value) and _is_number(other):
        return value == other
    return type(value) is type(other) and value == other


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
