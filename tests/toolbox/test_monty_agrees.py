"""Two engines, one meaning: Monty answers as the guard language does in Python, word for word."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from guardagent.ports import RunCase, RunResult
from guardagent.types import Program
from guardagent_toolbox.inprocess import InProcessRunner
from guardagent_toolbox.monty import MontyLimits, MontyRunner
from guardagent_toolbox.registry import TOOLBOX_VERSION
from tests.fuzz.choosing import made_by
from tests.fuzz.programs import program, several_events
from tests.fuzz.toolset import CARELESS
from tests.hostile.test_benign import CASES as BENIGN
from tests.toolbox.runner_contract import clause
from tests.toolbox.test_language_failures import CASES as FAILURES
from tests.toolbox.test_language_failures import EVENT

QUICK = settings(
    max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def monty() -> Iterator[MontyRunner]:
    with MontyRunner(MontyLimits(wall_ms=10_000), tools=CARELESS) as runner:
        yield runner


def both(monty: MontyRunner, source: str, cases: Sequence[RunCase]) -> tuple[Sequence[RunResult], Sequence[RunResult]]:
    """The results of Python and of Monty; none when one refuses the source, and Monty refuses what Python does."""
    python = InProcessRunner(CARELESS)
    read, again = python.inspect(source), monty.inspect(source)
    if read.errors or again.errors:
        assert again.errors
        return (), ()
    assert again == read
    made = Program.of(read, toolbox_version=TOOLBOX_VERSION)
    return python.run(made, cases), monty.run(made, cases)


@pytest.mark.parametrize("name", BENIGN)
def test_benign_programs_get_the_same_answers(name: str, monty: MontyRunner) -> None:
    runs: list[dict[str, Any]] = BENIGN[name]["runs"]
    cases = [RunCase(json.dumps(run["event"]), json.dumps(run.get("facts", {}))) for run in runs]
    ours, theirs = both(monty, BENIGN[name]["source"], cases)
    assert len(theirs) == len(cases)
    assert theirs == ours


@pytest.mark.parametrize("name", FAILURES)
def test_failing_programs_fail_in_the_same_words(name: str, monty: MontyRunner) -> None:
    case = FAILURES[name]
    source = case["source"] if "source" in case else clause(case["body"])
    ours, theirs = both(monty, source, [RunCase(json.dumps(EVENT), '{"known": "yes"}')])
    assert theirs == ours


@QUICK
@given(made_by(program), made_by(several_events))
def test_random_programs_mean_the_same_or_fail_in_monty(
    monty: MontyRunner, source: str, events: list[dict[str, Any]]
) -> None:
    # Random programs do odd things that Monty refuses, such as putting sets in order. It must never say anything else.
    cases = [RunCase(json.dumps(event), '{"topic": "travel"}') for event in events]
    for ours, theirs in zip(*both(monty, source, cases), strict=True):
        for one, two in zip(ours.answers, theirs.answers, strict=theirs.failure is None):
            assert two == one or two.outcome == "error"


LAZY = {
    "any stops at the first hit": 'return violation("x") if any(r["a"] for r in [{"a": 1}, {}]) else None',
    "all stops at the first miss": 'return violation("x") if not all(r["a"] for r in [{"a": 0}, {}]) else None',
    "two loops stop together": "found = any(a / b > 1 for a in [4, 2] for b in [2, 0])\nreturn violation(str(found))",
    "a condition comes before the test": "return violation(str(any(1 / n for n in [0, 0, 5] if n)))",
    "a row is taken apart": "return violation(str(all(k and v for k, *v in [(1, 2), (0, 3), ()])))",
    "nothing found": "return violation(str([any(x for x in []), all(x for x in [])]))",
    "one within another": "return violation(str(any(all(y < x for y in [1, 2]) for x in [1, 3, event['no']])))",
    "a part of the event from a tool": "part = value_at(event, '/list')\npart.append(1)\nreturn None",
    "rounding": "return violation(str([round(n, 2) for n in [2.675, 1.005, 0.5, 1e22]]))",
    "rounding to whole numbers": "return violation(str([round(n) for n in [2.5, 3.5, -2.5, 1e15, True]]))",
    "rounding to tens": "return violation(str([round(n, -1) for n in [25, 35, 25.0, 35.0, -25.0, 12345.5, 7]]))",
}


@pytest.mark.parametrize("body", LAZY.values(), ids=LAZY)
def test_what_monty_does_otherwise_is_mended(body: str, monty: MontyRunner) -> None:
    ours, theirs = both(monty, clause(body), [RunCase(json.dumps(EVENT))])
    assert theirs == ours


def test_lines_of_failures_are_those_of_the_source(monty: MontyRunner) -> None:
    source = "LIMIT = 1\n\n\ndef half(n):\n    # halves\n    return (\n        n\n        / (LIMIT - 1)\n    )\n\n\n"
    ours, theirs = both(monty, source + clause("return half(\n    event['n']\n)"), [RunCase(json.dumps(EVENT))])
    assert theirs == ours


READERS = (
    "read_sql(event['text'])",
    "read_sql(event['text'], 'postgres')",
    "read_shell(event['text'])",
    "read_python(event['text'])",
    "parse_url(event['text'])",
    "parse_path(event['text'])",
    "read_markdown(event['text'])",
    "find_money(event['text'])",
    "earlier({'history': [{'tool': event['text']}, {'tool': 'b'}]}, 'b')",
)
WRITTEN = (
    "SELECT a.name, count(*) FROM a JOIN b ON a.id = b.id WHERE a.x > 3 LIMIT 5; DROP TABLE a",
    "cat /etc/hosts | grep x && rm -rf ./y > log",
    "import os\nfor n in range(3):\n    os.remove(f'{n}')",
    "https://me@www.example.com:8080/a/../b?q=1#z",
    "# Heading\n\nIt costs 5 EUR.",
    "",
)


@pytest.mark.parametrize("call", READERS)
def test_readers_give_the_same_trees(call: str) -> None:
    body = f"found = {call}\nreturn violation('found', details={{'found': found}})"
    cases = [RunCase(json.dumps({"text": text}), "{}") for text in WRITTEN]
    with MontyRunner(MontyLimits(wall_ms=10_000)) as runner:
        python = InProcessRunner()
        read, again = python.inspect(clause(body)), runner.inspect(clause(body))
        assert not read.errors
        assert again == read
        made = Program.of(read, toolbox_version=TOOLBOX_VERSION)
        theirs = runner.run(made, cases)
        assert theirs == python.run(made, cases)
        assert all(answer.outcome == "violation" for result in theirs for answer in result.answers)
