"""Small faults in a program: which there are, which an example notices, and what is told of the others."""

from __future__ import annotations

import ast
from itertools import count
from typing import Any

import pytest

from guardagent.combine import PolicyVerdict, combine
from guardagent.ports import RunCase
from guardagent.request import segment
from guardagent.translation.mutation import LIMITS, MutantLimits, mutants_of
from guardagent.translation.mutation.edits import edits_of
from guardagent.translation.vet import Material, Vetting, vet
from guardagent.types import ClauseReport, Event, Example, Inspection, Policy, Program
from guardagent_toolbox.inprocess import InProcessRunner
from tests.support.runners import ScriptedRunner
from tests.translation.parts import (
    CLOSE,
    CLOSE_ALLOWED,
    CLOSE_DENIED,
    GOOD,
    NO_FACTS,
    PLAN,
    REFUND,
    REFUND_ALLOWED,
    REFUND_DENIED,
    STRICT,
    event,
    example,
    request,
)

RUNNER = InProcessRunner()
LISTED = """\
ROLES = ["manager", "owner"]


def clause_c2(event, facts):
    if event["tool"]["name"] == "close" and normalise(event["user"]["role"]) not in ROLES:
        return violation("neither manager nor owner", details=["x", "y"])
"""


def program_of(source: str) -> Program:
    return Program.of(RUNNER.inspect(source), toolbox_version="test-1")


def words(source: str) -> list[str]:
    return [edit.words for statement in ast.parse(source).body for edit in edits_of(statement)]


def weighed(source: str, *examples: Example, limits: MutantLimits = LIMITS, **parts: Any) -> Vetting:
    asked = request(*(e for e in examples if e.origin == "author"))
    material = Material(asked, segment(asked.text), PLAN, examples, "test-1")
    given: dict[str, Any] = {"runner": RUNNER, "facts": NO_FACTS, "mutants": limits} | parts
    return vet(material, source, **given)


def report_of(vetting: Vetting, clause: str) -> ClauseReport:
    return next(report for report in vetting.clauses if report.clause == clause)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("x = a >= b", ["with `<` in place of `>=` in `a >= b`", "with `>` in place of `>=` in `a >= b`"]),
        ("x = a == b", ["with `!=` in place of `==` in `a == b`"]),
        ("x = a not in b", ["with `in` in place of `not in` in `a not in b`"]),
        ("x = f(a) and not g(b)", [
            "with `or` in place of `and` in `f(a) and (not g(b))`", "with `not` before `f(a)`",
            "without `not` in `not g(b)`",
        ]),
        ("x = 500", ["with `501` in place of `500`", "with `499` in place of `500`"]),
        ("x = ['a', 'b']", ["without `'a'` in the list", "without `'b'` in the list"]),
        ("x = {'a': y, 'b': z}", ["without `'a'` in the table", "without `'b'` in the table"]),
        ("x = y if f(a) else z", ["with `not` before `f(a)`"]),
        ("x = [a for a in b if f(a)]", ["with `not` before `f(a)`"]),
        ("x = True", []),
        ("x = a[0]", []),
        ('def f():\n    "of 3 kinds"\n    return violation("at most 3", details=[1], evidence=["/x"])', []),
        ('def f():\n    return redact("3", [["/x", 4, None]])', [
            "without `'/x'` in the list", "without `4` in the list", "without `None` in the list",
            "with `5` in place of `4`", "with `3` in place of `4`",
        ]),
    ],
)  # fmt: skip
def test_faults_of_a_statement(source: str, told: list[str]) -> None:
    assert sorted(words(source)) == sorted(told)


def test_a_tree_is_as_before_once_its_faults_were_made() -> None:
    tree = ast.parse(LISTED)
    before = ast.dump(tree)
    for statement in tree.body:
        for edit in edits_of(statement):
            with edit.made():
                assert ast.dump(tree) != before
            assert ast.dump(tree) == before


@pytest.mark.parametrize("source", [GOOD, LISTED, REFUND + "\n\n" + LISTED])
def test_every_mutant_is_another_program_of_the_clauses_that_reach_its_fault(source: str) -> None:
    program = program_of(source)
    mutants = mutants_of(program, per_clause=100, most=100).chosen
    assert mutants == mutants_of(program, per_clause=100, most=100).chosen
    for mutant in mutants:
        inspection = RUNNER.inspect(mutant.program.source)
        assert inspection.errors == ()
        assert inspection.clauses == mutant.clauses == mutant.program.clauses
        assert set(mutant.clauses) <= set(program.clauses)
    assert len({mutant.program.source for mutant in mutants}) == len(mutants)


def test_a_fault_in_a_constant_concerns_the_clauses_that_reach_it() -> None:
    source = "LIMIT = 5\n\n\ndef big(n):\n    return n > LIMIT\n\n\n"
    source += "def clause_c1(event, facts):\n    if big(2):\n        return violation('a')\n\n\n"
    source += "def clause_c2(event, facts):\n    if event['x']:\n        return violation('b')\n"
    mutants = mutants_of(program_of(source), per_clause=100, most=100).chosen
    assert {mutant.clauses for mutant in mutants if mutant.line in (1, 5)} == {("c1",)}
    assert {mutant.clauses for mutant in mutants if mutant.line > 10} == {("c2",)}


def test_limits_leave_some_of_every_kind_and_say_how_many_are_left_out() -> None:
    program = program_of(LISTED)
    every = mutants_of(program, per_clause=100, most=100)
    some = mutants_of(program, per_clause=3, most=100)
    assert len(some.chosen) == 3
    assert some.left_out == {"c2": len(every.chosen) - 3}
    assert {mutant.kind for mutant in some.chosen} == {"list", "condition", "connective"}
    assert len(mutants_of(program, per_clause=100, most=2).chosen) == 2


def test_examples_at_both_sides_of_a_limit_notice_every_fault() -> None:
    vetting = weighed(GOOD, REFUND_DENIED, REFUND_ALLOWED, CLOSE_DENIED, CLOSE_ALLOWED)
    for clause in ("c1", "c2"):
        report = report_of(vetting, clause)
        assert (report.status, report.weak) == ("ENFORCED", ())
        assert report.mutants is not None
        assert report.mutants.killed > 0
    assert vetting.offered == ()


def test_a_fault_that_no_example_notices_is_told_and_the_clause_stays_enforced() -> None:
    far = example("far-below", event(amount=1), "allow")
    report = report_of(weighed(GOOD, REFUND_DENIED, far, CLOSE_DENIED, CLOSE_ALLOWED), "c1")
    assert report.status == "ENFORCED"
    assert any(
        "with `>=` in place of `>`" in spot and "on line 2 every example stays right" in spot for spot in report.weak
    ), report.weak


def test_what_would_tell_is_offered_with_the_answer_of_the_program() -> None:
    far = example("far-below", event(amount=1), "allow")
    examples = (REFUND_DENIED, far, CLOSE_DENIED, CLOSE_ALLOWED)
    vetting = weighed(GOOD, *examples)
    offered = {one.id: one for one in vetting.offered}
    assert offered
    for one in offered.values():
        assert one.origin == "program"
        assert "please confirm" in one.note
        outcome = combine([PolicyVerdict(_policy(), _run(one))])
        assert (outcome.effect, outcome.failed) == (one.expect, False)
    assert {result.id for result in vetting.examples if not result.problem} >= set(offered)
    limit = next(one for one in offered.values() if one.event["tool"]["arguments"].get("amount") == 500)
    assert (limit.expect, limit.id in " ".join(report_of(vetting, "c1").weak)) == ("allow", True)
    confirmed = [one.model_copy(update={"origin": "author"}) for one in offered.values()]
    assert report_of(weighed(GOOD, *examples, *confirmed), "c1").weak == ()


def _policy() -> Policy:
    clauses = segment(request().text)
    return Policy(name="shop", program=program_of(GOOD), clauses=clauses, agent="shop", stages=("tool_call",))


def _run(one: Example) -> Any:
    return RUNNER.run(program_of(GOOD), [RunCase(Event.of(one.event).canonical)])[0]


def test_what_the_program_labelled_itself_proves_nothing_until_it_is_confirmed() -> None:
    own = REFUND_DENIED.model_copy(update={"origin": "program"})
    report = report_of(weighed(GOOD, own, REFUND_ALLOWED, CLOSE_DENIED, CLOSE_ALLOWED), "c1")
    assert report.status == "UNTESTED"
    assert report.weak != ()


def test_a_fault_that_changes_no_answer_is_counted_apart() -> None:
    same = REFUND.replace(
        'value_at(event, "/tool/arguments/amount", 0)', 'value_at(event, "/tool/arguments/amount", 7)'
    )
    report = report_of(weighed(same + "\n\n" + CLOSE, REFUND_DENIED, REFUND_ALLOWED, CLOSE_DENIED, CLOSE_ALLOWED), "c1")
    assert report.weak == ()
    assert report.mutants is not None
    assert report.mutants.same >= 2


def test_an_element_of_a_list_that_no_example_needs_is_named() -> None:
    source = REFUND + "\n\n" + LISTED
    report = report_of(weighed(source, REFUND_DENIED, REFUND_ALLOWED, CLOSE_DENIED, CLOSE_ALLOWED), "c2")
    assert [spot for spot in report.weak if spot.startswith("without `'owner'` in the list on line ")]
    owner = example("owner-closes", event("owner", "close"), "allow")
    again = report_of(weighed(source, REFUND_DENIED, REFUND_ALLOWED, CLOSE_DENIED, CLOSE_ALLOWED, owner), "c2")
    assert again.weak == ()


def test_a_source_that_needs_mending_is_not_mutated() -> None:
    vetting = weighed(STRICT, REFUND_DENIED, REFUND_ALLOWED)
    assert vetting.failures != ()
    assert all(report.mutants is None for report in vetting.clauses)


def test_without_time_mutants_are_said_to_be_untried() -> None:
    limits = MutantLimits(seconds=0.0)
    report = report_of(weighed(GOOD, REFUND_DENIED, REFUND_ALLOWED, CLOSE_DENIED, CLOSE_ALLOWED, limits=limits), "c1")
    assert report.mutants is not None
    assert (report.mutants.killed, report.mutants.weak) == (0, 0)
    assert report.mutants.untried > 0


def test_a_runner_that_breaks_on_mutants_finds_nothing_and_raises_nothing() -> None:
    runs = count()

    class Breaking(ScriptedRunner):
        def inspect(self, source: str, *, tenant: str = "") -> Inspection:
            return RUNNER.inspect(source)

        def run(self, program: Program, cases: Any, *, tenant: str = "") -> Any:
            # The two runs of all trials and that of the neighbours are answered; then answers are lost.
            return RUNNER.run(program, cases) if next(runs) < 3 else ()

    vetting = weighed(GOOD, REFUND_DENIED, REFUND_ALLOWED, CLOSE_DENIED, CLOSE_ALLOWED, runner=Breaking())
    report = report_of(vetting, "c1")
    assert report.mutants is not None
    assert (report.mutants.killed, report.weak) == (0, ())


def test_weighing_is_repeatable() -> None:
    assert weighed(GOOD, REFUND_DENIED, CLOSE_DENIED) == weighed(GOOD, REFUND_DENIED, CLOSE_DENIED)
