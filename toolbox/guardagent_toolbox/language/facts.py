"""The facts table of a program: its shape, and how the program uses it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from guardagent_toolbox.language.outline import Errors, Outline
from guardagent_toolbox.language.trees import walk
from guardagent_toolbox.runtime.answers import is_pointer
from guardagent_toolbox.vocabulary import MAX_NAME

Facts = dict[str, dict[str, Any]]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
_KEYS: Final = {
    "category": frozenset({"kind", "fields", "labels", "default", "question"}),
    "judgement": frozenset({"kind", "fields", "question", "choices"}),
}
# A model may always answer so, and no program ever sees it: what follows is a setting of the policy.
_UNCLEAR: Final = "unclear"
_USUAL_CHOICES: Final = ("yes", "no", _UNCLEAR)
_MAX_FACTS: Final = 20
_MAX_LABELS: Final = 50


def read_facts(outline: Outline) -> tuple[Facts, Errors]:
    """The facts that a program declares, with lists for all collections, and what is wrong with them."""
    node = outline.facts
    if node is None:
        return {}, []
    try:
        value = ast.literal_eval(node.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return {}, [(node.lineno, "FACTS is written out: a dict of texts, lists and dicts without calls or names")]
    if type(value) is not dict or len(value) > _MAX_FACTS:
        return {}, [(node.lineno, f"FACTS is a dict from fact name to its description, at most {_MAX_FACTS}")]
    problems = [(name, problem) for name, spec in value.items() for problem in _problems(name, spec)]
    if problems:
        return {}, [(_line(node, name), f"fact `{_shown(name)}`: {problem}") for name, problem in problems]
    return {name: _listed(_completed(spec)) for name, spec in value.items()}, []


def _completed(spec: dict[str, Any]) -> dict[str, Any]:
    return {"choices": _USUAL_CHOICES, **spec} if spec["kind"] == "judgement" else spec


def _line(node: ast.Assign, name: object) -> int:
    """The line of the entry of a fact, as near as its name leads."""
    for key in node.value.keys if isinstance(node.value, ast.Dict) else ():
        if isinstance(key, ast.Constant) and key.value == name:
            return key.lineno
    return node.lineno


def _shown(value: object) -> str:
    """A value of the source within an error, which is one short line."""
    text = str(value)
    return text if text.isprintable() and len(text) <= MAX_NAME else ascii(text)[:MAX_NAME]


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _listed(member) for key, member in value.items()}
    return [_listed(member) for member in value] if isinstance(value, list | tuple) else value


def _problems(name: Any, spec: Any) -> Iterator[str]:
    if type(name) is not str or not _NAME.match(name):
        yield "its name is small letters, digits and `_`"
    if type(spec) is not dict or spec.get("kind") not in ("category", "judgement"):
        yield 'it is a dict with "kind": "category" or "judgement"'
        return
    kind = spec["kind"]
    for key in spec.keys() - _KEYS[kind]:
        yield f"a {kind} has no `{_shown(key)}`; it has {', '.join(f'`{k}`' for k in sorted(_KEYS[kind]))}"
    fields = spec.get("fields")
    if not isinstance(fields, list | tuple) or not fields or not all(map(is_pointer, fields)):
        yield '`fields` is a list of JSON pointers such as "/input/task"'
    yield from _category_problems(spec) if kind == "category" else _judgement_problems(spec)


def _category_problems(spec: dict[Any, Any]) -> Iterator[str]:
    labels = spec.get("labels")
    if type(labels) is not dict or not 1 <= len(labels) <= _MAX_LABELS:
        yield f"`labels` is a dict from label to a list of example phrases, 1 to {_MAX_LABELS} labels"
        return
    for label, phrases in labels.items():
        if (
            not _is_text(label)
            or not isinstance(phrases, list | tuple)
            or not phrases
            or not all(map(_is_text, phrases))
        ):
            yield "each label is a text with a list of at least one example phrase"
            return
    if not _is_text(spec.get("default", "other")):
        yield "`default` is a label, a text that is not empty"
    if not _is_text(spec.get("question", "?")):
        yield "`question` is a text that is not empty, or left out"


def _judgement_problems(spec: dict[Any, Any]) -> Iterator[str]:
    choices = spec.get("choices", _USUAL_CHOICES)
    if not _is_text(spec.get("question")):
        yield "`question` is a text that is not empty"
    if not isinstance(choices, list | tuple) or not all(map(_is_text, choices)):
        yield "`choices` is a list of texts, or left out for yes, no and unclear"
    elif len(set(choices) - {_UNCLEAR}) < 2:
        yield "`choices` is a list of at least two texts beside `unclear`"
    elif len(set(choices)) != len(choices):
        yield "`choices` are all different"


def _is_text(value: object) -> bool:
    return type(value) is str and bool(value.strip())


def check_fact_uses(tree: ast.Module, facts: Mapping[str, dict[str, Any]]) -> Errors:
    """Reads of facts that are not declared, and comparisons with values that a fact never has."""
    errors: Errors = []
    for node in walk(tree):
        name = _fact_read(node)
        if name is not None and name not in facts:
            known = f"declared are {', '.join(f'`{fact}`' for fact in facts)}" if facts else "FACTS declares none"
            errors.append((node.lineno, f"fact `{_shown(name)}` is not declared in FACTS; {known}"))  # type: ignore[attr-defined]
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            errors += _impossible(node, facts)
    return errors


def _fact_read(node: ast.AST) -> str | None:
    """The fact that `facts["name"]` or `facts.get("name")` reads."""
    key: ast.expr | None = None
    if isinstance(node, ast.Subscript) and _is_facts(node.value):
        key = node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_facts(node.func.value):
        key = node.args[0] if node.func.attr == "get" and node.args else None
    return key.value if isinstance(key, ast.Constant) and type(key.value) is str else None


def _is_facts(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "facts"


def _impossible(node: ast.Compare, facts: Mapping[str, dict[str, Any]]) -> Errors:
    left, right = node.left, node.comparators[0]
    name = _fact_read(left) or _fact_read(right)
    if name is None or name not in facts:
        return []
    spec = facts[name]
    values = [*spec.get("labels", ()), spec.get("default", "other")] if spec["kind"] == "category" else spec["choices"]
    other = right if _fact_read(left) else left
    members = other.elts if isinstance(other, ast.List | ast.Tuple | ast.Set) else [other]
    wrong = [m.value for m in members if isinstance(m, ast.Constant) and m.value is not None and m.value not in values]
    known = ", ".join(f"`{_shown(value)}`" for value in values)
    return [(node.lineno, f"fact `{name}` is never `{_shown(value)}`; its values are {known}") for value in wrong]
