"""What every CheckRunner does, as data: run the same table on the fake and on the real sandbox.

Use it with two lines: parametrize over `CASES` and call `check_case(runner, case)`; parametrize over `BEHAVIOURS` and
call `behaviour(runner)` with a fresh runner (a behaviour may close it).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from guardagent.ports import Answer, CheckRunner, RunCase, RunResult
from guardagent.types import Program
from guardagent_toolbox.registry import TOOLBOX_VERSION

EVENT: dict[str, Any] = {
    "agent": "desk",
    "stage": "tool_call",
    "user": {"role": "nurse", "name": "Ada"},
    "tool": {"name": "transfer", "arguments": {"amount": 120, "to": "Bo", "lines": [1, 2, 3]}},
}


class ContractCase(NamedTuple):
    """A program, an event, and the answers that it must give; a failed answer is compared by clause and code."""

    name: str
    source: str
    want: tuple[Answer | tuple[str, str], ...]
    event: dict[str, Any] = EVENT
    facts: dict[str, Any] = {}  # noqa: RUF012 - a NamedTuple default that nothing writes to


def clause(body: str, *, number: int = 1, head: str = "") -> str:
    """Source with one clause function of the given body lines."""
    lines = "\n".join(f"    {line}" for line in body.strip("\n").splitlines())
    return f"{head}def clause_c{number}(event, facts):\n{lines}\n"


FACTS = """FACTS = {
    "topic": {"kind": "category", "fields": ["/input"], "labels": {"travel": ["book a flight"]}, "default": "other"},
}

"""

CASES: tuple[ContractCase, ...] = (
    ContractCase("none is a pass", clause("return None"), (Answer("c1", "pass"),)),
    ContractCase("falling off the end is a pass", clause("pass"), (Answer("c1", "pass"),)),
    ContractCase(
        "violation carries message, details and evidence",
        clause(
            """return violation(f"{event['user']['name']} may not", details={"limit": 100}, evidence=["/user/role"])"""
        ),
        (Answer("c1", "violation", "deny", "Ada may not", {"limit": 100}, ("/user/role",)),),
    ),
    ContractCase("not applicable", clause("return not_applicable()"), (Answer("c1", "not_applicable"),)),
    ContractCase(
        "escalate",
        clause('return escalate("ask a person", evidence=["/tool"])'),
        (Answer("c1", "violation", "escalate", "ask a person", None, ("/tool",)),),
    ),
    ContractCase(
        "redact",
        clause('return redact("hide the name", [["/user/name", 0, 3], ["/tool/arguments/to", None, None]])'),
        (
            Answer(
                "c1",
                "violation",
                "redact",
                "hide the name",
                None,
                ("/user/name", "/tool/arguments/to"),
                (("/user/name", 0, 3), ("/tool/arguments/to", None, None)),
            ),
        ),
    ),
    ContractCase(
        "sets and tuples in details become lists, sets in order",
        clause('return violation("x", details={"roles": {"b", "a"}, "pair": (1, 2)})'),
        (Answer("c1", "violation", "deny", "x", {"pair": [1, 2], "roles": ["a", "b"]}),),
    ),
    ContractCase(
        "a long message is cut",
        clause('return violation("m" * 900)'),
        (Answer("c1", "violation", message="m" * 499 + "…"),),
    ),
    ContractCase(
        "clauses answer in the order of the source",
        clause("return None", number=2) + "\n" + clause('return violation("one")', number=1),
        (Answer("c2", "pass"), Answer("c1", "violation", message="one")),
    ),
    ContractCase(
        "facts are values by name",
        clause('if facts["topic"] == "travel":\n    return violation("no travel")', head=FACTS),
        (Answer("c1", "violation", message="no travel"),),
        facts={"topic": "travel"},
    ),
    ContractCase(
        "tools are called",
        clause('if normalise(" NURSE ") == event["user"]["role"]:\n    return violation("nurse")'),
        (Answer("c1", "violation", message="nurse"),),
    ),
    ContractCase("text is no answer", clause('text = "denied"\nreturn text'), (("c1", "bad_answer"),)),
    ContractCase(
        "a truth value is no answer", clause('flag = event["stage"] == "plan"\nreturn flag'), (("c1", "bad_answer"),)
    ),
    ContractCase("an empty message is no answer", clause('return violation("")'), (("c1", "bad_answer"),)),
    ContractCase(
        "a redaction of nothing is no answer", clause("spans = []\nreturn redact('x', spans)"), (("c1", "bad_answer"),)
    ),
    ContractCase("a missing key", clause('return event["user"]["age"]'), (("c1", "program_error"),)),
    ContractCase("a wrong type", clause('small = event["user"] < 3\nreturn None'), (("c1", "program_error"),)),
    ContractCase("a division by zero", clause('zero = len("")\nreturn 1 / zero'), (("c1", "program_error"),)),
    ContractCase(
        "one broken clause leaves the others",
        clause('return event["nothing"]') + "\n" + clause('return violation("two")', number=2),
        (("c1", "program_error"), Answer("c2", "violation", message="two")),
    ),
    ContractCase(
        "too many steps",
        clause("n = 0\nfor a in range(1000):\n    for b in range(1000):\n        n = n + 1\nreturn None"),
        (("c1", "budget"),),
    ),
    ContractCase("a huge loop", clause("return sum(range(1000000000))"), (("c1", "budget"),)),
    ContractCase("doubling text", clause('s = "x" * 900\nfor i in range(90):\n    s = s + s'), (("c1", "budget"),)),
    ContractCase("squaring numbers", clause("n = 9\nfor i in range(60):\n    n = n * n"), (("c1", "budget"),)),
    ContractCase(
        "one clause over budget leaves the others",
        clause("return len(list(range(999999)))") + "\n" + clause("return None", number=2),
        (("c1", "budget"), Answer("c2", "pass")),
    ),
    ContractCase(
        "the event cannot be written",
        clause('user = event["user"]\nuser["role"] = "admin"\nreturn None'),
        (("c1", "program_error"),),
    ),
    ContractCase(
        "a list of the event cannot grow",
        clause('event["tool"]["arguments"]["lines"].append(4)\nreturn None'),
        (("c1", "program_error"),),
    ),
    ContractCase(
        "constants cannot be written",
        clause("SEEN.append(1)\nreturn None", head="SEEN = []\n\n\n"),
        (("c1", "program_error"),),
    ),
)


def program_of(runner: CheckRunner, source: str) -> Program:
    """The program of a source that the runner must accept."""
    inspection = runner.inspect(source)
    assert not inspection.errors, [str(e) for e in inspection.errors]
    return Program.of(inspection, toolbox_version=TOOLBOX_VERSION)


def run_one(runner: CheckRunner, source: str, event: Any = None, facts: Any = None) -> RunResult:
    """The result of one event."""
    case = RunCase(event=json.dumps(EVENT if event is None else event), facts=json.dumps(facts or {}))
    (result,) = runner.run(program_of(runner, source), [case])
    return result


def check_case(runner: CheckRunner, case: ContractCase) -> None:
    """Fails unless the runner gives the wanted answers for the case."""
    result = run_one(runner, case.source, case.event, case.facts)
    assert result.failure is None, result.failure
    assert len(result.answers) == len(case.want)
    for answer, want in zip(result.answers, case.want, strict=True):
        if isinstance(want, Answer):
            assert answer == want
            continue
        assert (answer.clause, answer.outcome) == (want[0], "error")
        assert answer.failure is not None
        assert answer.failure.code == want[1], answer.failure
        assert answer.failure.message
        assert "\n" not in answer.failure.message


def rejected_source_has_a_line(runner: CheckRunner) -> None:
    inspection = runner.inspect(clause("import os\nreturn None"))
    assert [error.line for error in inspection.errors] == [2]
    assert not inspection.source


def any_text_is_inspected_without_an_exception(runner: CheckRunner) -> None:
    for text in ("", "\x00", "def", "(" * 5000, "-" * 9000 + "1", "\ud800", "é" * 40_000, "if x:\n\tpass\n  y"):
        assert runner.inspect(text).errors


def normalised_source_is_accepted_again_unchanged(runner: CheckRunner) -> None:
    source = clause('counts: dict = {}\ncounts["a"] = 1\ncounts["a"] += 1\nreturn None')
    first = runner.inspect(source)
    assert first.source != source
    assert runner.inspect(first.source).source == first.source


def declared_facts_are_read(runner: CheckRunner) -> None:
    (fact,) = runner.inspect(clause('if facts["topic"] == "travel":\n    return None', head=FACTS)).facts
    assert (fact.name, fact.kind, fact.default) == ("topic", "category", "other")


def the_facts_that_a_clause_may_read_are_told(runner: CheckRunner) -> None:
    reads = clause('if facts["topic"] == "travel":\n    return None', head=FACTS)
    inspection = runner.inspect(reads + clause("return None", number=2))
    assert inspection.facts_of == {"c1": ("topic",), "c2": ()}
    assert runner.inspect(clause("return None")).facts_of == {}


def results_stand_in_the_order_of_the_cases(runner: CheckRunner) -> None:
    program = program_of(runner, clause('return violation(str(event["n"]))'))
    results = runner.run(program, [RunCase(json.dumps({"n": n})) for n in range(20)])
    assert [r.answers[0].message for r in results] == [str(n) for n in range(20)]


def no_cases_give_no_results(runner: CheckRunner) -> None:
    assert runner.run(program_of(runner, clause("return None")), []) == ()


def an_event_that_is_no_object_is_a_failure(runner: CheckRunner) -> None:
    program = program_of(runner, clause("return None"))
    for text in ("[]", "{", "", '"x"'):
        (result,) = runner.run(program, [RunCase(text)])
        assert result.failure is not None
        assert result.failure.code == "invalid_event"
        assert result.answers == ()


def a_program_that_does_not_compile_is_a_failure(runner: CheckRunner) -> None:
    program = Program(source="import os", digest="0" * 64, clauses=("c1",), toolbox_version=TOOLBOX_VERSION)
    results = runner.run(program, [RunCase("{}"), RunCase("{}")])
    assert [r.failure.code if r.failure else None for r in results] == ["rejected_program"] * 2


def messages_of_failures_hold_nothing_of_the_event(runner: CheckRunner) -> None:
    secret = "hunter2"
    for body in ('return int(event["user"])', 'return {}[event["user"]]', 'return event["user"] - 1'):
        (answer,) = run_one(runner, clause(body), {"user": secret}).answers
        assert answer.failure is not None
        assert secret not in answer.failure.message


def nothing_is_remembered_between_events(runner: CheckRunner) -> None:
    source = clause("seen = []\nseen.append(1)\nreturn violation(str(len(seen)))")
    results = runner.run(program_of(runner, source), [RunCase(json.dumps(EVENT))] * 5)
    assert {r.answers[0].message for r in results} == {"1"}


def a_closed_runner_fails(runner: CheckRunner) -> None:
    program = program_of(runner, clause("return None"))
    runner.close()
    runner.close()
    (result,) = runner.run(program, [RunCase(json.dumps(EVENT))])
    assert result.failure is not None
    assert result.failure.code == "unavailable"


BEHAVIOURS: tuple[Callable[[CheckRunner], None], ...] = (
    rejected_source_has_a_line,
    any_text_is_inspected_without_an_exception,
    the_facts_that_a_clause_may_read_are_told,
    normalised_source_is_accepted_again_unchanged,
    declared_facts_are_read,
    results_stand_in_the_order_of_the_cases,
    no_cases_give_no_results,
    an_event_that_is_no_object_is_a_failure,
    a_program_that_does_not_compile_is_a_failure,
    messages_of_failures_hold_nothing_of_the_event,
    nothing_is_remembered_between_events,
    a_closed_runner_fails,
)
