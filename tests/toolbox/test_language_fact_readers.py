"""The compiler says which clauses may read which facts, and never says less than what they read."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardagent_toolbox.compiler import Compiled, LoadedProgram, compile_source


def show(value: object) -> str:
    return str(value)


SPEC = '"{}": {{"kind": "category", "fields": ["/t"], "labels": {{"x": ["y"]}}, "default": "other"}}'
FACTS = "FACTS = {" + ", ".join(SPEC.format(name) for name in "abc") + "}\n"
CLAUSE = "def clause_c1(event, facts):\n    {}\n"


def readers(source: str) -> dict[str, list[str]]:
    compiled = compile_source(source, {"show": show})
    assert isinstance(compiled, Compiled), compiled
    return compiled.facts_of


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("return None", ""),
        ('if facts["a"] == "x":\n        return violation("n")', "a"),
        ('if facts.get("b") == "x" or facts["a"] == "x":\n        return violation("n")', "ab"),
        ('if any(facts["c"] == t for t in event["l"]):\n        return violation("n")', "c"),
        ('if sorted(event["l"], key=lambda r: facts["a"]):\n        return violation("n")', "a"),
        # What cannot be followed counts as reading everything.
        ('if facts[event["t"]] == "x":\n        return violation("n")', "abc"),
        ('other = facts\n    if other["a"] == "x":\n        return violation("n")', "abc"),
        ('if show(facts):\n        return violation("n")', "abc"),
        ('if "x" in facts.values():\n        return violation("n")', "abc"),
        ('for name in facts:\n        if name == "q":\n            return violation("n")', "abc"),
    ],
)
def test_reads_of_one_clause(body: str, read: str) -> None:
    assert readers(FACTS + CLAUSE.format(body)) == {"c1": list(read)}


def test_reads_are_followed_through_helpers_under_other_names() -> None:
    helpers = (
        'def inner(event, known):\n    return known["b"] == "x"\n\n'
        'def outer(event, table, word="a"):\n    return inner(event, known=table) or table.get("a") == word\n\n'
        "def idle(event, facts):\n    return 1\n\n"
    )
    clauses = [
        'if outer(event, facts):\n        return violation("n")',
        'if inner(event, facts):\n        return violation("n")',
        'if idle(event, facts) == 2:\n        return violation("n")',
    ]
    made = "".join(CLAUSE.replace("c1", f"c{n}").format(body) + "\n" for n, body in enumerate(clauses, 1))
    assert readers(FACTS + helpers + made) == {"c1": ["a", "b"], "c2": ["b"], "c3": []}


def test_a_program_without_facts_has_no_readers() -> None:
    assert readers(CLAUSE.format("return None")) == {}


_READS = st.sampled_from(
    ['facts["a"]', 'facts.get("b")', 'helper(facts)', 'second(event, t=facts)', 'pick(facts, event["t"])',
     'show(facts)', '[facts[k] for k in ["c"]]', '"x"', 'event["t"]', 'second({"b": facts["c"]}, {"b": "y"})']
)  # fmt: skip
_TESTS = st.tuples(_READS, st.sampled_from(["==", "!="]), _READS).map(" ".join)
_HELPERS = """\
def pick(table, key):
    return table.get(key, "x")

def helper(given):
    return pick(given, "a")

def second(event, t):
    facts = {"a": t["b"]}
    return facts["a"]

"""


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(_TESTS, min_size=1, max_size=2), min_size=1, max_size=2), st.sampled_from("abc"))
def test_an_answer_never_changes_with_a_fact_that_its_clause_is_not_said_to_read(
    clauses: list[list[str]], key: str
) -> None:
    bodies = [f'if {" and ".join(tests)}:\n        return violation("n")' for tests in clauses]
    made = "\n".join(CLAUSE.replace("c1", f"c{n}").format(body) for n, body in enumerate(bodies, 1))
    compiled = compile_source(FACTS + _HELPERS + made, {"show": show})
    assert isinstance(compiled, Compiled), compiled
    program = LoadedProgram(compiled, {"show": show})
    answers = {values: _rows(program, dict(zip("abc", values, strict=True)), key) for values in product("xy", repeat=3)}
    for clause, read in compiled.facts_of.items():
        seen: dict[tuple[str, ...], Any] = {}
        for values, rows in answers.items():
            known = tuple(value for name, value in zip("abc", values, strict=True) if name in read)
            assert seen.setdefault(known, rows.get(clause)) == rows.get(clause), (made, read)


def _rows(program: LoadedProgram, facts: dict[str, str], key: str) -> dict[str, Any]:
    return {row[0]: row for row in program.run({"t": key, "l": ["x"]}, facts)}
