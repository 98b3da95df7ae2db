"""Action rules: an item that names an action, what it requires of the user, and what to say otherwise.

    1. Action: buy, rent or find a car or truck. Requires: dr_license is true. Message: "…"

The action is recognised by a `category` fact over the field that holds what the agent was asked to do.
"""

from __future__ import annotations

import re

from guardagent.reasoners.offline.connectives import Not, both
from guardagent.reasoners.offline.fields import Field, Fields
from guardagent.reasoners.offline.reader import Reader
from guardagent.reasoners.offline.rules import ConditionRule
from guardagent.reasoners.offline.texts import Category
from guardagent.request import without_marker
from guardagent.types import Clause

_LABELS = {
    "action": r"actions?|activity",
    "requires": r"requires?|required(?: user[ _]info)?|requirements?|only if|allowed if|condition",
    "message": r"messages?|violated rule|violation|otherwise say|say|tell the user",
    "examples": r"examples?|such as|for example|also",
}
_LABEL = re.compile(
    '(?:^|(?<=[.;\n"”]))\\s*(?:[-*]\\s+)?\\**(?:'
    + "|".join(f"(?P<{n}>{p})" for n, p in _LABELS.items())
    + ")\\**\\s*:\\**\\s*",
    re.IGNORECASE,
)
_ALTERNATIVES = re.compile(r"\s*,\s*(?:or|and)\s+|\s*,\s*|\s+or\s+|\s*/\s*", re.IGNORECASE)
_VERB = re.compile(r"^[a-z]+(?:\s+(?:for|up|to|at|through|into|on|out)(?=\s|$))?", re.IGNORECASE)
_TASK_NAMES = ("task", "instruction", "request", "question", "goal", "prompt", "message", "query")


def action_rule(clause: Clause, fields: Fields, reader: Reader) -> ConditionRule | str | None:
    """The rule of an action item; a reason when it is one but can't be read; None when it is none."""
    parts = labelled(without_marker(clause.text))
    if "action" not in parts or "requires" not in parts:
        return None
    field = task_field(fields)
    if field is None:
        return "no single event field holds the agent's task; name one of " + ", ".join(f"`{n}`" for n in _TASK_NAMES)
    allowed = reader.condition(parts["requires"])
    if allowed is None:
        return f"the requirement `{_short(parts['requires'])}` can't be read; " + (
            fields.suggestion(reader.missed or parts["requires"])
        )
    exemplars = phrases_of(parts["action"])
    if "examples" in parts:
        exemplars += tuple(p.strip(" .\"'") for p in re.split(r"[;\n]|,(?=\s)", parts["examples"]) if p.strip(" .\"'"))
    name = f"action_{clause.id}"
    category = Category(field, name, exemplars)
    message = parts.get("message", "").strip(" .\"“”'") or f"needs {allowed.says()}"
    return ConditionRule(clause, both(category, Not(allowed)), message, ((name, category.spec()),))


def labelled(text: str) -> dict[str, str]:
    """The labelled parts of an item: `Action: … Requires: … Message: …`, in any order."""
    found = list(_LABEL.finditer(text))
    parts: dict[str, str] = {}
    for number, match in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else len(text)
        name = next(n for n in _LABELS if match.group(n))
        parts.setdefault(name, text[match.end() : end].strip().rstrip(".;").strip())
    return parts


def phrases_of(action: str) -> tuple[str, ...]:
    """Every phrase that an action line stands for: `buy or rent a car or a truck` gives `buy a car`, `buy a truck`, …

    Verbs come first (one word, or one with `for`, `up`, `to`, …), things after; `;` parts groups of both.
    """
    found: list[str] = []
    for group in action.split(";"):
        pieces = [p.strip() for p in _ALTERNATIVES.split(group.strip(" .")) if p.strip()]
        at = next((n for n, piece in enumerate(pieces) if _object_of(piece)), len(pieces))
        verbs = pieces[:at] + [p[: len(p) - len(_object_of(p))].strip() for p in pieces[at : at + 1]]
        things = [_object_of(p) for p in pieces[at : at + 1]] + pieces[at + 1 :]
        found += [f"{verb} {thing}".strip() for verb in verbs for thing in things or [""]]
    return tuple(dict.fromkeys(found))[:60]


def task_field(fields: Fields) -> Field | None:
    """The field that says what the agent was asked to do."""
    candidates = [f for f in fields.all if f.name in _TASK_NAMES and f.pointer.startswith("/input")]
    if len(candidates) == 1:
        return candidates[0]
    return fields.named(*_TASK_NAMES[:2])


def _object_of(piece: str) -> str:
    """What stands behind the verb of a piece."""
    verb = _VERB.match(piece)
    return piece[verb.end() :].strip() if verb else piece


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
