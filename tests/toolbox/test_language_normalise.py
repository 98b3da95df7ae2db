"""What is rewritten, and what keeps its text."""

from __future__ import annotations

import pytest

from guardagent_toolbox.compiler import Compiled, compile_source
from guardagent_toolbox.registry import functions

TOOLS = functions()

REWRITTEN = {
    "annotated assignment": ("x: int = 1", "x = 1"),
    "bare annotation": ("x: int", "pass"),
    "item in place": ("d = {}\nd['a'] = 0\nd['a'] += 1", "d = {}\nd['a'] = 0\nd['a'] = d['a'] + 1"),
    "item of an item in place": (
        "d = {'a': {'b': 1}}\nd['a']['b'] *= 2",
        "d = {'a': {'b': 1}}\nd['a']['b'] = d['a']['b'] * 2",
    ),
    "delete an item": ("d = {'a': 1}\ndel d['a']", "d = {'a': 1}\nd.pop('a')"),
    "list display": ("x = [*event, 1, *facts]", "x = list(event) + [1] + list(facts)"),
    "tuple display": ("x = (*event, 1)", "x = tuple(event) + (1,)"),
    "set display": ("x = {1, *event}", "x = {1} | set(event)"),
    "dict display": (
        "x = {**event, 'a': 1, 'b': 2, **facts}",
        "x = dict(event) | {'a': 1, 'b': 2} | dict(facts)",
    ),
    "list target": ("[a, b] = [1, 2]", "a, b = [1, 2]"),
    "map": ("x = map(str, event)", "x = [str(item) for item in event]"),
    "map with a lambda": ("x = list(map(lambda y: y + 1, [1]))", "x = list([y + 1 for y in [1]])"),
    "filter": ("x = filter(None, event)", "x = [item for item in event if item]"),
    "filter with a lambda": ("x = filter(lambda y: y > 1, [1])", "x = [y for y in [1] if y > 1]"),
    "frozenset": ("x = frozenset(['a'])", "x = set(['a'])"),
    "ordered without repeats": ("x = list(dict.fromkeys(event))", "x = list({item: None for item in event})"),
    "method as a key": ("x = sorted(event, key=str.lower)", "x = sorted(event, key=lambda item: item.lower())"),
    "union of types": ("x = isinstance(event, int | float | str)", "x = isinstance(event, (int, float, str))"),
    "generator for a tool": ("x = contains_any('a', (y for y in event))", "x = contains_any('a', [y for y in event])"),
    "identity with a value": ("x = event is 5", "x = event == 5"),
    "no identity with a text": ("x = event is not 'a'", "x = event != 'a'"),
    "variable named like a tool": ("words = words('a b')\nx = words[0]", "own_words = words('a b')\nx = own_words[0]"),
    "variable named like a builtin": ("list = [1]\nx = list", "own_list = [1]\nx = own_list"),
    "loop variable named like a tool": (
        "x = [fold for fold in event if normalise(fold)]",
        "x = [own_fold for own_fold in event if normalise(own_fold)]",
    ),
}


def body_of(source: str) -> str:
    result = compile_source(source, TOOLS)
    assert isinstance(result, Compiled), result
    lines = result.source.split("\n")
    assert lines[0] == "def clause_c1(event, facts):"
    return "\n".join(line.removeprefix("    ") for line in lines[1:]).rstrip("\n")


@pytest.mark.parametrize(("written", "wanted"), REWRITTEN.values(), ids=REWRITTEN)
def test_harmless_habit_is_rewritten(written: str, wanted: str) -> None:
    indented = "\n".join(f"    {line}" for line in written.split("\n"))
    assert body_of(f"def clause_c1(event, facts):\n{indented}\n") == wanted


def test_signature_of_a_clause_is_completed_and_bared() -> None:
    result = compile_source('def clause_c1(event: dict) -> "Answer | None":\n    return None\n', TOOLS)
    assert isinstance(result, Compiled)
    assert result.source == "def clause_c1(event, facts):\n    return None\n"


def test_only_the_changed_function_is_written_anew() -> None:
    source = '''"""A policy."""
from typing import Any

# Table 1 of the handbook.
LIMITS = {
    "day": 5,    # five
    "week": 20,
}


def clause_c1(event, facts):
    # Kept as it is.
    return None


def clause_c2(event: dict[str, Any], facts):
    # Lost.
    return None if map(str, event) else None
'''
    result = compile_source(source, TOOLS)
    assert isinstance(result, Compiled)
    wanted = source.replace("from typing import Any\n", "").replace(": dict[str, Any]", "").replace("    # Lost.\n", "")
    assert result.source == wanted.replace("map(str, event)", "[str(item) for item in event]")


def test_windows_line_ends_become_plain_ones() -> None:
    result = compile_source("def clause_c1(event, facts):\r\n    return None\r\n", TOOLS)
    assert isinstance(result, Compiled)
    assert result.source == "def clause_c1(event, facts):\n    return None\n"


def test_statements_on_one_line_are_all_kept() -> None:
    result = compile_source("A = 1; B = [*'a']\ndef clause_c1(event, facts): return None\n", TOOLS)
    assert isinstance(result, Compiled)
    assert result.source == "A = 1\nB = list('a')\ndef clause_c1(event, facts):\n    return None\n"


def test_place_that_changes_something_is_not_read_twice() -> None:
    source = "def clause_c1(event, facts):\n    d = [1]\n    k = [0]\n    d[k.pop()] += 1\n"
    result = compile_source(source, TOOLS)
    assert not isinstance(result, Compiled)
    assert result[0][0] == 4


@pytest.mark.parametrize("keyword", ["words", "list"])
def test_parameter_that_is_given_by_name_is_not_renamed(keyword: str) -> None:
    source = f"def f({keyword}):\n    return {keyword}\n\ndef clause_c1(event, facts):\n    x = f({keyword}=1)\n"
    result = compile_source(source, TOOLS)
    assert not isinstance(result, Compiled)
    assert "already means a function" in result[0][1]


def test_annotations_are_cut_out_and_the_rest_of_the_text_stays() -> None:
    source = """LIMITS: dict[str, int] = {
    "größe": 5,  # five
    "week": (20),
}


def f(
    a: int = 1,  # the first
    b: "list[str] | None"=None,
) -> bool:
    more: int = (a +
                 1)  # kept
    return more > 1


def clause_c1(event: dict[str, "é"], facts: dict)  ->  'Answer | None':  # why
    return None
"""
    result = compile_source(source, TOOLS)
    assert isinstance(result, Compiled)
    wanted = source.replace(": dict[str, int]", "").replace(": int", "").replace(': "list[str] | None"', "")
    wanted = wanted.replace(" -> bool", "").replace(': dict[str, "é"]', "").replace(": dict)", ")")
    assert result.source == wanted.replace("  ->  'Answer | None'", "")


def test_annotation_in_brackets_is_dropped_another_way() -> None:
    result = compile_source("A: (int) = 5\ndef clause_c1(event, facts):\n    return None\n", TOOLS)
    assert isinstance(result, Compiled)
    assert result.source == "A = 5\ndef clause_c1(event, facts):\n    return None\n"


def test_text_that_cannot_be_written_again_is_refused_with_advice() -> None:
    source = "def clause_c1(event, facts):\n    x = [*event]\n    return violation(f\"{'\u200b'.join(x)}\")\n"
    result = compile_source(source, TOOLS)
    assert not isinstance(result, Compiled)
    assert "put that text into a variable" in result[0][1]
