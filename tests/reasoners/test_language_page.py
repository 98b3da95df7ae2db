"""The page on the guard language that models are shown must say what the language is."""

from __future__ import annotations

import re

import pytest

from guardagent.translation.prompts import render
from guardagent_toolbox import vocabulary
from guardagent_toolbox.compiler import Compiled, compile_source
from guardagent_toolbox.registry import functions

PAGE = render("language")
QUOTED = re.compile(r"`([^`]+)`")


def line_after(opening: str) -> str:
    return next(line.removeprefix(opening) for line in PAGE.splitlines() if line.startswith(opening))


def test_builtins_are_all_listed() -> None:
    assert set(QUOTED.findall(line_after("**Builtins:**"))) == vocabulary.BUILTINS


@pytest.mark.parametrize(
    ("opening", "methods"),
    [
        ("- of text:", vocabulary.STR_METHODS),
        ("- of lists:", vocabulary.LIST_METHODS),
        ("- of dicts:", vocabulary.DICT_METHODS),
        ("- of sets:", vocabulary.SET_METHODS),
    ],
)
def test_methods_are_all_listed(opening: str, methods: frozenset[str]) -> None:
    assert set(QUOTED.findall(line_after(opening))) == methods


def test_answers_are_all_explained() -> None:
    assert {name for name in vocabulary.ANSWERS if f"`{name}(" in PAGE} == vocabulary.ANSWERS


def test_consumers_of_generators_are_all_listed() -> None:
    sentence = PAGE.split("A generator expression stands only directly inside")[1].split(";")[0]
    assert set(QUOTED.findall(sentence)) == vocabulary.CONSUMERS | {".join"}


def test_limits_are_those_of_the_language() -> None:
    assert vocabulary.MAX_INTEGER == 10**15
    assert "at most 15 digits" in PAGE
    assert f"at most {vocabulary.MAX_TEXT:,} characters" in PAGE


def compiled(source: str) -> Compiled | list[tuple[int, str]]:
    return compile_source(source, functions())


def test_shown_programs_compile() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        clause = "" if "def clause_" in block else "\ndef clause_c1(event, facts):\n    return not_applicable()\n"
        assert isinstance(compiled(block + clause), Compiled), block


ALLOWED = {
    "starred": "first, *rest = [1, 2, 3]\n    return violation(f'{first} {rest}')",
    "counting": "d = {}\n    d['a'] = 0\n    d['a'] += 1\n    return violation(f'{d}')",
    "dict union": "d = {'a': 1} | {'b': 2}\n    return violation('m', details=d)",
    "set and": "return violation('m', details=sorted({1} & {1, 2}))",
    "key": "return violation('m', details=sorted(['b', 'a'], key=lambda item: item))",
    "key by name": "return violation('m', details=sorted(['b', 'a'], key=normalise))",
    "generator": "return violation('m', details=any(x for x in [1]))",
    "loop": "for x in [1]:\n        if x:\n            break\n        continue\n    return violation('m')",
    "condition": "return violation('m') if event else not_applicable()",
    "pass": "pass",
}

REFUSED = {
    "import": "import re",
    "while": "while True:\n        pass",
    "try": "try:\n        pass\n    except Exception:\n        pass",
    "with": "with x as y:\n        pass",
    "raise": "raise ValueError",
    "assert": "assert event",
    "match": "match event:\n        case _:\n            pass",
    "recursion": "return clause_c1(event, facts)",
    "star": "return violation(*['m'])",
    "print": "print('x')",
    "attribute": "return violation(f'{event.role}')",
    "function value": "f = len\n    return violation(f'{f(event)}')",
    "unused": "violation('m')",
}


@pytest.mark.parametrize("body", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_the_page_allows_compiles(body: str) -> None:
    found = compiled(f"def clause_c1(event, facts):\n    {body}\n")
    assert isinstance(found, Compiled), found


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_what_the_page_excludes_is_refused(body: str) -> None:
    assert not isinstance(compiled(f"def clause_c1(event, facts):\n    {body}\n"), Compiled)
