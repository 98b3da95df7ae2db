"""The catalogue: what stands in it, and that every tool keeps the promises made for all of them."""

from __future__ import annotations

import copy
import doctest
import inspect
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardagent_toolbox.docs import tool_docs
from guardagent_toolbox.registry import catalogue, functions
from guardagent_toolbox.spec import ToolboxError, spec_of, tool

NAMES = list(catalogue())
TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["$1,000.00", "2024-02-30", "https://a.b/c", "a@b.c", "SELECT a FROM t", "LoadDB('t')", "/a/../b", "(a+)+$",
         "\ud800", "\x00", "١٢", "1" * 5_000, "-" * 300, "[", "9999-12-31T23:59:59-23:59", "1e99", "P9W", "%"]
    ),
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


def arguments_of(name: str) -> st.SearchStrategy[list[Any]]:
    parameters = inspect.signature(functions()[name]).parameters.values()
    required = sum(1 for p in parameters if p.default is inspect.Parameter.empty)
    return st.lists(VALUES, min_size=required, max_size=len(parameters))


def dumped(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def test_the_tools_that_everybody_counts_on_are_there() -> None:
    assert {
        "value_at", "normalise", "fold", "check_access", "check_rule", "columns_accessed", "tables_accessed",
        "called_functions", "sql_columns", "read_sql", "words", "count_words", "sentences", "contains_any", "matches",
        "find_all", "count_of", "parse_money", "parse_number", "compare_numbers", "parse_size", "parse_url",
        "host_matches", "parse_path", "path_within", "parse_address", "parse_date", "parse_time", "days_between",
        "weekday", "age_on", "count_before", "happened_before", "read_python", "read_shell", "read_markdown",
        "citations", "language_of", "matches_any", "replace_all", "count_bytes", "parse_json", "parse_phone",
        "find_numbers", "find_money", "find_dates", "find_addresses", "find_phones", "within_hours", "local_time",
        "add_months", "months_between", "working_days_between", "add_seconds", "last_before", "since", "recent",
        "tainted", "seen_before",
    } <= set(NAMES)  # fmt: skip
    assert sorted(NAMES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_example_in_the_docstring_holds(name: str) -> None:
    finder = doctest.DocTestFinder(recurse=False)
    (found,) = finder.find(functions()[name], name, globs=dict(functions()))
    assert found.examples, "a docstring needs an example"
    assert doctest.DocTestRunner(verbose=False).run(found).failed == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_docstring_begins_with_one_sentence_about_what_it_gives_back(name: str) -> None:
    spec = catalogue()[name]
    assert spec.doc.splitlines()[0].rstrip(")").endswith(".")
    assert len(spec.doc.splitlines()[0]) <= 120
    assert spec.origin == "guardagent"


def check_promises(name: str, given_values: list[Any]) -> None:
    before = copy.deepcopy(given_values)
    answer = functions()[name](*given_values)
    assert repr(given_values) == repr(before), "a tool must leave its arguments alone"
    if name != "value_at":  # it gives back what it was given, NaN included
        assert json.loads(json.dumps(answer, allow_nan=False)) == answer, "an answer must be plain JSON"
    assert dumped(functions()[name](*before)) == dumped(answer), "the same question must have the same answer"


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_json_value_has_an_answer(name: str, data: st.DataObject) -> None:
    check_promises(name, data.draw(arguments_of(name)))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_json_value_has_an_answer_in_many_trials(name: str, data: st.DataObject) -> None:
    check_promises(name, data.draw(arguments_of(name)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("odd", [object(), {1, 2}, b"bytes", 3 + 4j, {1: 2, (3,): [object()]}, len], ids=repr)
def test_values_that_are_not_json_have_an_answer_too(name: str, odd: object) -> None:
    parameters = inspect.signature(functions()[name]).parameters
    functions()[name](*[odd] * len(parameters))


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("value_at", "read_sql")])
def test_answers_are_not_shared_between_calls(name: str) -> None:
    examples = doctest.DocTestFinder(recurse=False).find(functions()[name], name)[0].examples
    environment: dict[str, Any] = dict(functions())
    for example in examples[:-1]:
        exec(example.source, environment)
    one, other = (eval(examples[-1].source, environment) for _ in range(2))
    assert one == other
    assert one is not other or not isinstance(one, dict | list)


def test_signatures_are_shown_as_they_are_written() -> None:
    assert catalogue()["value_at"].signature == (
        "value_at(event: dict[str, object], pointer: str, default: object = None) -> object"
    )


def test_coders_are_shown_every_tool() -> None:
    docs = tool_docs()
    assert [doc.name for doc in docs] == NAMES
    assert all(doc.group and doc.signature.startswith(f"{doc.name}(") for doc in docs)


def undocumented(value: object) -> object:
    return value


def starred(*values: object) -> object:
    """Takes any number of values."""
    return values


@pytest.mark.parametrize(("function", "said"), [(undocumented, "no docstring"), (starred, "star-arguments")])
def test_a_wrongly_declared_tool_is_refused_by_name(function: Callable[..., object], said: str) -> None:
    marked = tool(group="test")(function)
    with pytest.raises(ToolboxError, match=rf"tool `{function.__name__}` of `acme 1\.0`.*{said}"):
        spec_of(marked, group="test", origin="acme 1.0")


def test_functions_are_a_copy() -> None:
    functions().clear()
    assert functions()
