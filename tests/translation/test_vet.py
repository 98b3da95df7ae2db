"""Vetting says of every source what is wrong with it, clause by clause and example by example."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from guardagent.errors import FactError
from guardagent.ports import Answer, CheckRunner, RunResult
from guardagent.translation.failures import MAX_FAILURES
from guardagent.types import Example, Failure, Plan
from guardagent_toolbox.inprocess import InProcessRunner
from tests.support.runners import ScriptedFacts, ScriptedRunner
from tests.translation.parts import (
    CLOSE,
    CLOSE_ALLOWED,
    CLOSE_DENIED,
    EXAMPLES,
    GOOD,
    PLAN,
    PLAN_WITH_GAP,
    REFUND,
    REFUND_ALLOWED,
    REFUND_DENIED,
    STRICT,
    event,
    example,
    statuses,
    step,
    vetted,
)

ENFORCED = {"c1": "ENFORCED", "c2": "ENFORCED", "c3": "DEFINITION"}


def test_a_right_program_leaves_nothing_to_mend() -> None:
    vetting = vetted(GOOD, *EXAMPLES)
    assert statuses(vetting) == ENFORCED
    assert vetting.failures == vetting.problems == ()
    assert not any(result.problem for result in vetting.examples)
    assert vetting.notes == ("run twice on 3 examples and 200 generated events",)


def test_a_wrong_answer_to_an_authors_example_is_told_with_everything_needed_to_mend_it() -> None:
    vetting = vetted(STRICT, *EXAMPLES)
    assert len(vetting.failures) == 1
    failure = vetting.failures[0]
    for part in (
        "author's example `at-the-limit`",
        "expected allow, got deny by `c1`",
        "refund above 500",
        '"amount":500',
    ):
        assert part in failure
    assert statuses(vetting)["c1"] == "CONFLICT"
    result = next(result for result in vetting.examples if result.id == "at-the-limit")
    assert (result.effect, result.violated, result.failed) == ("deny", ("c1",), False)


def test_a_clause_that_must_be_violated_and_is_not_is_quoted() -> None:
    wrong = example("named", event(amount=501), "deny", "c1", "c2")
    failure = vetted(GOOD, wrong).failures[0]
    assert "expected deny by `c1`, `c2`, got deny by `c1`" in failure
    assert "clause `c2` found nothing (“Only managers may close an account.”)" in failure


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (REFUND, "clause `c2` has no function; write `def clause_c2(event, facts):` for: Only managers may close"),
        (GOOD + "\n\ndef clause_c9(event, facts):\n    return None\n", "`clause_c9` must go: the request has no such"),
        (GOOD + "\n\ndef clause_c3(event, facts):\n    return None\n", "`clause_c3` must go: it is a definition"),
    ],
)
def test_functions_must_be_those_that_the_plan_calls_for(source: str, told: str) -> None:
    assert [failure for failure in vetted(source, *EXAMPLES).failures if failure.startswith(told)]


def test_a_missing_function_is_a_clause_not_translated_and_an_extra_one_a_problem() -> None:
    assert statuses(vetted(REFUND, REFUND_DENIED))["c2"] == "NOT_TRANSLATABLE"
    assert vetted(GOOD + "\n\ndef clause_c9(event, facts):\n    return None\n").problems != ()


def test_a_function_for_a_gap_must_go_and_the_gap_keeps_its_reason() -> None:
    vetting = vetted(GOOD, REFUND_DENIED, plan=PLAN_WITH_GAP)
    assert "`clause_c2` must go: the plan declares it not translatable" in vetting.failures
    report = next(report for report in vetting.clauses if report.clause == "c2")
    assert (report.status, report.reason, report.hint) == ("NOT_TRANSLATABLE", "roles are unknown", "name them")


def test_a_rejected_source_gives_its_lines_and_no_program() -> None:
    vetting = vetted("import os\n" + GOOD, *EXAMPLES)
    assert vetting.program is None
    assert vetting.failures[0].startswith("line 1: ")
    assert vetting.problems == vetting.failures
    assert statuses(vetting) == {"c1": "NOT_TRANSLATABLE", "c2": "NOT_TRANSLATABLE", "c3": "DEFINITION"}
    assert {result.problem for result in vetting.examples} == {"there is no program to ask"}
    assert all(result.failed for result in vetting.examples)


def test_a_failure_of_one_run_only_counts_as_two_answers() -> None:
    runs = count()

    def sometimes(_program: Any, _case: Any) -> RunResult:
        return RunResult(failure=Failure(code="budget", message="too many steps") if next(runs) == 205 else None)

    vetting = vetted(GOOD, *EXAMPLES, runner=ScriptedRunner(sometimes))
    assert "answered the same event in two ways" in " ".join(vetting.failures)


@pytest.mark.parametrize("runner", [InProcessRunner(), ScriptedRunner()])
@pytest.mark.parametrize("source", ["", "LIMIT = 500\n"])
def test_a_source_without_a_clause_is_no_program(source: str, runner: CheckRunner) -> None:
    vetting = vetted(source, *EXAMPLES, runner=runner)
    assert vetting.program is None
    assert vetting.failures != ()


def test_an_error_on_a_generated_event_is_told_with_the_shortest_such_event() -> None:
    source = GOOD.replace('value_at(event, "/tool/arguments/amount", 0)', 'event["tool"]["arguments"]["amount"]')
    vetting = vetted(source, *EXAMPLES)
    assert len(vetting.failures) == 1
    assert vetting.failures[0].startswith("clause `c1` broke on a valid event: program_error: ")
    assert '"arguments":{}' in vetting.failures[0]
    report = vetting.clauses[0]
    assert report.status == "NOT_TRANSLATABLE"
    assert "program_error" in report.reason


def test_answers_that_change_between_runs_are_found() -> None:
    runs = count()

    def fickle(_program: Any, _case: Any) -> RunResult:
        return RunResult((Answer("c1", "violation", message="odd"),) if next(runs) % 3 else ())

    vetting = vetted(GOOD, REFUND_DENIED, runner=ScriptedRunner(fickle))
    assert "clause `c1` answered the same event in two ways" in " ".join(vetting.failures)
    assert statuses(vetting)["c1"] == "NOT_TRANSLATABLE"


@pytest.mark.parametrize("moment", [4, 205])
def test_one_timeout_of_a_busy_machine_is_not_held_against_the_program(moment: int) -> None:
    runs = count()

    def busy(_program: Any, case: Any) -> RunResult:
        if next(runs) == moment:
            return RunResult(failure=Failure(code="timeout", message="took too long"))
        fired = '"amount":501' in case.event
        return RunResult((Answer("c1", "violation", message="m"),) if fired else ())

    assert vetted(
        REFUND, REFUND_DENIED, plan=Plan(steps=(step("c1", "c2"),)), runner=ScriptedRunner(busy)
    ).failures == (
        "clause `c2` has no function; write `def clause_c2(event, facts):` for: Only managers may close an account.",
    )


@pytest.mark.parametrize(
    "failure", [Failure(code="timeout", message="took too long"), Failure(code="budget", message="m")]
)
def test_a_program_that_never_ends_in_time_breaks_every_clause(failure: Failure) -> None:
    vetting = vetted(GOOD, *EXAMPLES, runner=ScriptedRunner(lambda _p, _c: RunResult(failure=failure)))
    assert statuses(vetting) == {"c1": "NOT_TRANSLATABLE", "c2": "NOT_TRANSLATABLE", "c3": "DEFINITION"}
    assert all(result.failed and result.problem for result in vetting.examples)


def test_a_runner_that_loses_answers_fails_every_event() -> None:
    class Forgetful(ScriptedRunner):
        def run(self, program: Any, cases: Any, *, tenant: str = "") -> tuple[RunResult, ...]:
            return super().run(program, cases)[1:]

    vetting = vetted(GOOD, *EXAMPLES, runner=Forgetful())
    assert all("another number of events" in result.problem for result in vetting.examples)


def never(clause: str) -> str:
    return f"def clause_{clause}(event, facts):\n    return None\n"


def always(clause: str) -> str:
    return f'def clause_{clause}(event, facts):\n    return violation("no")\n'


@pytest.mark.parametrize(
    ("c1", "examples", "status", "reason"),
    [
        (REFUND, (REFUND_DENIED, REFUND_ALLOWED), "ENFORCED", ""),
        (REFUND, (REFUND_ALLOWED,), "UNTESTED", "no example violates it"),
        (never("c1"), (REFUND_ALLOWED,), "ALWAYS_ALLOW", "fired on none of the"),
        (never("c1"), (REFUND_DENIED,), "ALWAYS_ALLOW", "fired on none of the"),
        (always("c1"), (REFUND_ALLOWED,), "ALWAYS_DENY", "fired on all of the"),
        (always("c1"), (REFUND_DENIED,), "ENFORCED", ""),
        (always("c1"), (), "UNTESTED", "no example violates it"),
        (REFUND, (example("two", event(amount=501), "deny"),), "ENFORCED", ""),
        (REFUND, (example("p", event(amount=501), "deny", "c1", origin="proposed"),), "ENFORCED", "only by proposed"),
        (REFUND.replace("> 500", "> 400"), (REFUND_ALLOWED, REFUND_DENIED), "CONFLICT", "example `at-the-limit`"),
        (REFUND.replace("> 500", "> 900"), (REFUND_ALLOWED, REFUND_DENIED), "CONFLICT", "example `too-much`"),
    ],
)
def test_status_of_a_clause(c1: str, examples: tuple[Example, ...], status: str, reason: str) -> None:
    report = vetted(c1 + "\n\n" + CLOSE, *examples).clauses[0]
    assert (report.status, reason in report.reason) == (status, True), report
    assert bool(report.reason) == bool(reason), report


def test_a_clause_that_no_example_would_miss_is_untested() -> None:
    both = REFUND + "\n\n" + REFUND.replace("clause_c1", "clause_c2")
    denied = example("two", event(amount=501), "deny")
    vetting = vetted(both, denied)
    assert statuses(vetting) == {"c1": "UNTESTED", "c2": "UNTESTED", "c3": "DEFINITION"}
    assert vetting.clauses[0].reason == "every example stays right without it"
    assert vetting.clauses[0].examples == ("two",)
    named = denied.model_copy(update={"violated": ("c1", "c2")})
    assert statuses(vetted(both, named)) == ENFORCED


def test_escalation_and_redaction_count_as_firing() -> None:
    escalates = REFUND.replace("violation(", "escalate(")
    redacts = 'def clause_c2(event, facts):\n    if event["tool"]["name"] == "close":\n'
    redacts += '        return redact("hide", [["/user/role", None, None]])\n'
    asks = example("asks", event(amount=501), "escalate", "c1")
    hides = example("hides", event(name="close"), "allow", "c2")
    assert statuses(vetted(escalates + "\n\n" + redacts, asks, hides, REFUND_ALLOWED)) == ENFORCED


def test_two_labels_for_one_event_are_a_conflict_that_no_coder_is_asked_to_solve() -> None:
    other = example("other", event(amount=501), "allow")
    vetting = vetted(GOOD, REFUND_DENIED, other, CLOSE_DENIED)
    assert statuses(vetting)["c1"] == "CONFLICT"
    assert vetting.failures == ()
    assert [result.problem for result in vetting.examples][:2] == [
        "it contradicts example `other` on the same event",
        "it contradicts example `too-much` on the same event",
    ]


def test_an_authors_example_that_no_program_can_meet_is_reported_and_not_run() -> None:
    misfit = example("misfit", event() | {"user": {}}, "deny")
    stranger = example("stranger", event(amount=501), "deny", "c9")
    vetting = vetted(GOOD, misfit, stranger)
    assert vetting.failures == ()
    assert "`/user`: `role` is missing" in vetting.examples[0].problem
    assert "names `c9`" in vetting.examples[1].problem
    assert all(result.failed for result in vetting.examples)


def test_an_example_about_a_gap_is_wrong_but_not_the_coders_business() -> None:
    vetting = vetted(REFUND, CLOSE_DENIED, plan=PLAN_WITH_GAP)
    assert vetting.failures == ()
    assert "expected deny by `c2`, got allow" in vetting.examples[0].problem


def test_a_denial_that_names_no_clause_may_be_the_gaps_and_is_the_authors_business() -> None:
    unnamed = example("which-one", CLOSE_DENIED.event, "deny")
    vetting = vetted(REFUND, unnamed, plan=PLAN_WITH_GAP)
    assert vetting.failures == ()
    told = "expected deny, got allow; it may be denied by `c2`, which is not enforced; name the clause in `violated`"
    assert vetting.examples[0].problem == told


@pytest.mark.parametrize(
    ("of", "plan"),
    [
        (example("no-gap", CLOSE_DENIED.event, "deny"), PLAN),
        (example("proposed", CLOSE_DENIED.event, "deny", origin="proposed"), PLAN_WITH_GAP),
        (example("named", CLOSE_DENIED.event, "deny", "c1"), PLAN_WITH_GAP),
        (example("too-strict", REFUND_DENIED.event, "allow"), PLAN_WITH_GAP),
    ],
)
def test_any_other_wrong_answer_stays_the_coders_business_beside_a_gap(of: Example, plan: Plan) -> None:
    source = REFUND if plan is PLAN_WITH_GAP else REFUND + "\n\n" + never("c2")
    vetting = vetted(source, of, plan=plan)
    assert any(f"`{of.id}`" in failure for failure in vetting.failures)
    assert "name the clause" not in vetting.examples[0].problem


FACTS = (
    'FACTS = {"mood": {"kind": "judgement", "fields": ["/user/role"], "question": "Kind?", "choices": ["yes", "no"]}}\n'
)
ON_FACT = 'def clause_c1(event, facts):\n    if facts["mood"] == "no":\n        return violation("unkind")\n'


def test_a_judgement_that_the_author_does_not_allow_is_a_problem() -> None:
    vetting = vetted(FACTS + ON_FACT + CLOSE, facts=ScriptedFacts({"mood": "no"}))
    assert "`mood` is a judgement, and the author does not allow" in vetting.problems[0]
    assert vetting.failures[0] == vetting.problems[0]


def test_generated_events_get_drawn_facts_and_no_model_is_asked() -> None:
    facts = ScriptedFacts({"mood": "no"}, calls=1)
    denied = example("unkind", event(), "deny", "c1")
    vetting = vetted(FACTS + ON_FACT + "\n\n" + CLOSE, denied, CLOSE_ALLOWED.model_copy(update={"expect": "deny"}),
                     CLOSE_DENIED, facts=facts, allow_judgement=True)  # fmt: skip
    assert len(facts.asked) == 3
    assert statuses(vetting) == ENFORCED


def test_the_report_says_what_goes_to_a_model_and_where() -> None:
    vetting = vetted(FACTS + ON_FACT + CLOSE, facts=ScriptedFacts({"mood": "no"}), allow_judgement=True)
    assert (
        "fact `mood` is asked of a model for `c1`: sends `/user/role` to nowhere; when it cannot tell: deny"
        in vetting.notes
    )
    assert not any("model" in note for note in vetted(GOOD, allow_judgement=True).notes)


def test_a_fact_that_cannot_be_had_for_an_example_fails_that_example_alone() -> None:
    facts = ScriptedFacts(error=FactError("fact `mood`: the event has no `/user/mood`"))
    vetting = vetted(FACTS + ON_FACT + CLOSE, REFUND_DENIED, facts=facts, allow_judgement=True)
    assert vetting.examples[0].failed
    assert "fact_failed: fact `mood`" in vetting.examples[0].problem
    assert statuses(vetting)["c1"] == "UNTESTED"


def test_a_fact_on_a_field_that_events_do_not_have_is_told_with_the_one_meant() -> None:
    vetting = vetted(FACTS.replace("/user/role", "/user/rule") + ON_FACT + CLOSE, allow_judgement=True)
    assert vetting.problems == ("fact `mood`: the event schema has no field `/user/rule`; did you mean `/user/role`?",)


def test_a_schema_that_gives_no_event_is_said_so() -> None:
    impossible = {"type": "object", "required": ["x"], "properties": {"x": False}}
    vetting = vetted(GOOD, agent={"name": "shop", "event_schema": impossible})
    assert vetting.notes[0] == "run twice on 0 examples; no event could be generated from the event schema"
    assert "ENFORCED" not in statuses(vetting).values()


def test_failures_are_told_up_to_a_number_that_a_prompt_can_hold() -> None:
    wrong = [example(f"e{n}", event(amount=501 + n), "allow") for n in range(MAX_FAILURES + 5)]
    failures = vetted(GOOD, *wrong).failures
    assert len(failures) == MAX_FAILURES + 1
    assert failures[-1] == "and 5 more"


def test_vetting_is_repeatable() -> None:
    assert vetted(STRICT, *EXAMPLES) == vetted(STRICT, *EXAMPLES)
