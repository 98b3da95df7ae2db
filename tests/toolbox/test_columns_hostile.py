"""Programs that were written to keep the reader busy, to crash it, or to get a table past it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent_toolbox.tools.source import columns_accessed

SCHEMA = {"lab": ["id", "name", "result"], "bill": ["id", "amount"]}

LOOPS = "".join(" " * depth + f"for a{depth} in x{depth}:\n" for depth in range(18)) + " " * 18 + "LoadDB('bill')"
CALLS = "".join(f"def f{n}(x): return f{n + 1}(x) + f{n + 1}(x)\n" for n in range(30))
EXPLODING = {
    "nested loops": LOOPS,
    "loops in loops in one line": "[a for a in b for c in d for e in f for g in h for i in j for k in l for m in n]",
    "doubling text": "a = 'x'\n" + "a = a + a\n" * 100 + "LoadDB(a)",
    "growing text": "a = 'ab'\n" + "a = a.replace('a', 'aaaaaaaaaaaaaaaa')\n" * 100 + "LoadDB(a)",
    "texts in many versions": "a = 'x'\n" + "a = a + ('y' if z else 'w')\n" * 60 + "LoadDB(a)",
    "texts multiplied": "x = ['a', 'b', 'c', 'd']\n[LoadDB(a+b+c+d) for a in x for b in x for c in x for d in x]",
    "doubling list": "a = [LoadDB('lab')]\n" + "a = a + a\n" * 200 + "print(a)",
    "nested list": "a = [LoadDB('lab')]\n" + "a = [a, a]\n" * 100 + "print(a)",
    "nested mapping": "a = {'k': LoadDB('lab')}\n" + "a = {'x': a, 'y': a}\n" * 60 + "print(a)",
    "calls that double": CALLS + "def f30(x): return x\nf0(LoadDB('lab'))",
    "recursion": "def f(x): return f(x) + f(x)\nprint(f(LoadDB('lab')))",
    "many statements": "LoadDB('lab')\n" * 1_100,
    "much SQL": "".join(f"SQLInterpreter('select name from lab where result = {n}')\n" for n in range(200)),
    "long condition": "FilterDB(LoadDB('lab'), '" + " and" * 1_800 + "')",
    "words in a condition": "FilterDB(LoadDB('lab'), '" + "a " * 3_800 + "')",
    "brackets": "SQLInterpreter[" * 1_000,
    "quotes": "SQLInterpreter('" * 1_000,
    "format fields": "'" + "{}" * 4_000 + "'.format(*x)",
    "deep SQL": "SQLInterpreter('" + "select name from lab where name in (" * 60 + "1" + ")" * 60 + "')",
}
DEEP = {
    "signs": "-" * 15_000 + "1",
    "brackets": "(" * 1_000 + "1" + ")" * 1_000,
    "sum": "1" + "+1" * 7_000,
    "attributes": "a" + ".b" * 7_000,
    "calls": "f" + "()" * 7_000,
    "elifs": "if a:\n b = LoadDB('lab')\n" + "elif a:\n b = 2\n" * 900,
    "indents": "".join(" " * n + "if a:\n" for n in range(120)) + " " * 120 + "LoadDB('bill')",
    "lambda": "lambda: " * 1_900 + "1",
}


@pytest.fixture
def small_stack() -> Iterator[None]:
    """The recursion limit of a confined worker."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(400)
    yield
    sys.setrecursionlimit(limit)


@pytest.mark.parametrize("code", EXPLODING.values(), ids=EXPLODING.keys())
def test_exploding_programs_are_answered_in_time(code: str) -> None:
    start = time.process_time()
    columns_accessed(code, SCHEMA)
    # Ten times what it takes on a slow machine; one that explodes would take hours.
    assert time.process_time() - start < 2


@pytest.mark.parametrize("code", DEEP.values(), ids=DEEP.keys())
def test_deep_programs_are_unreadable_or_unknown(code: str, small_stack: None) -> None:
    found = columns_accessed(code, SCHEMA)
    assert found is None or found == {} or "?" in found


@pytest.mark.parametrize("name", ["nested loops", "many statements"])
def test_a_program_too_long_to_follow_says_so(name: str) -> None:
    found = columns_accessed(EXPLODING[name], SCHEMA)
    assert found is not None
    assert found["?"] == ["the program is too long to be followed"]


WAYS = ("LoadDB('bill')", "tables[0]", "helper()", "box.rows", "list(map(LoadDB, ['bill']))[0]", "Box.kept", "late")
USES = (
    "{}['amount']", "{}.amount", "{}.get('amount')", "{}[['amount']]", "{}[:3]['amount']", "{}.loc[0, 'amount']",
    "{}.iloc[0, 1]", "{}.T.loc['amount']", "{}.copy().head(3)['amount']", "{}.assign(x=1)['amount']",
    "{}.query('amount > 3')", "[r['amount'] for r in {}]", "sum(r['amount'] for r in {})",
    "list({}.iterrows())[0][1]['amount']", "next(iter({}))['amount']", "sorted({}, key=lambda r: r['amount'])",
    "max({}, key=len)['amount']", "{}.apply(lambda r: r['amount'], axis=1)", "{}.pipe(lambda d: d['amount'])",
    "reduce(lambda a, b: b, {})['amount']", "print({})", "print(*{})", "str({})", "'%s' % {}", "'{{}}'.format({})",
    "f\"{{{}}}\"", "{}.to_csv()", "{}.values[0][1]", "unknown({})", "open(str({}))", "vars({})", "{}.__dict__",
    "{}.__getitem__('amount')", "{} == other", "{} > 3", "{{**{}}}['amount']", "[*{}][0]['amount']",
    "({} or 1)['amount']", "({} if x else 1)['amount']", "[{}, 1][0]['amount']",
    "dict(zip(['a'], [{}]))['a']['amount']", "(lambda *a, **k: a[0])({})['amount']",
    "[x for x, in [({},)]][0]['amount']", "{{'k': {}}}['k']['amount']", "{{'k': {}}}.get('k')['amount']",
    "list({{'k': {}}}.values())[0]['amount']", "[v for k, v in {{'k': {}}}.items()][0]['amount']",
    "[b for a, b in enumerate({})][0]['amount']", "(y := {})['amount']", "copy.deepcopy({})['amount']",
    "getattr({}, 'amount')", "getattr({}, name)", "{}[name]", "{}[input()]", "GetValue({}, name)",
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("use", USES)
def test_no_way_to_a_column_is_missed(way: str, use: str) -> None:
    code = (
        "class Box:\n    kept = LoadDB('bill')\nbox = Box()\nbox.rows = LoadDB('bill')\ntables = [LoadDB('bill')]\n"
        "def helper():\n    global late\n    late = LoadDB('bill')\n    return late\nhelper()\n"
        + use.format(way)
        + "\n0"
    )
    found = columns_accessed(code, SCHEMA)
    assert found is not None
    assert "amount" in found.get("bill", []) or "?" in found


@given(st.text(alphabet=st.sampled_from("ab'\"()[]{}.=:,\n #|&{}LoadDBFilterGetValueSQLInterpreter"), max_size=120))
def test_any_text_has_an_answer(code: str) -> None:
    found = columns_accessed(code, SCHEMA)
    assert found is None or all(isinstance(columns, list) for columns in found.values())
