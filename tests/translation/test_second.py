"""A program on which two engines differ is to be mended, and says on what they differ."""

from __future__ import annotations

import asyncio
import itertools
import re
from typing import Any

import pytest

from guardagent.errors import SandboxError
from guardagent.ports import Answer, CheckRunner, RunCase, RunResult
from guardagent.request import segment
from guardagent.translation.second import Second
from guardagent.translation.vet import Material, Vetting, vet
from guardagent.types import Failure, Inspection, Program, SourceError
from guardagent_toolbox.inprocess import InProcessRunner
from guardagent_toolbox.monty import second_engine
from tests.translation.parts import EXAMPLES, GOOD, NO_FACTS, PLAN, Steady, request, translator


class Contrary:
    """Implements `CheckRunner` by another one, and changes what it says."""

    confinement = "language"

    def __init__(self, change: Any) -> None:
        self._change = change
        self._inner = InProcessRunner()
        self.closed = False

    def inspect(self, source: str, *, tenant: str = "") -> Inspection:
        return self._inner.inspect(source)

    def run(self, program: Program, cases: Any, *, tenant: str = "") -> tuple[RunResult, ...]:
        results = self._inner.run(program, cases)
        return tuple(self._change(case, result) for case, result in zip(cases, results, strict=True))

    def close(self) -> None:
        self.closed = True


def vetted(engine: CheckRunner, *, required: bool = False, source: str = GOOD) -> Vetting:
    asked = request(*EXAMPLES)
    material = Material(asked, segment(asked.text), PLAN, EXAMPLES, "test-1")
    second = Second("other", lambda: engine, required)
    return vet(material, source, runner=InProcessRunner(), facts=NO_FACTS, second=second)


def on_refunds(change: Any) -> Contrary:
    """Changes the first answer to every event that is denied by it."""

    def changed(_case: RunCase, result: RunResult) -> RunResult:
        first, *rest = result.answers
        return RunResult((change(first), *rest)) if first.outcome == "violation" else result

    return Contrary(changed)


BROKEN = Failure(code="program_error", message="line 2: a division by zero")

DIFFERENCES = {
    "pass": (
        lambda a: Answer(a.clause, "pass"),
        "the sandbox says violation (deny) “refund above 500”, `other` says pass",
    ),
    "error": (
        lambda a: Answer(a.clause, "error", failure=BROKEN),
        "`other` says error (program_error: line 2: a division by zero)",
    ),
    "remedy": (lambda a: a._replace(remedy="escalate"), "`other` says violation (escalate)"),
    "message": (
        lambda a: a._replace(message="no"),
        "both say violation, but “refund above 500” here and “no” in `other`",
    ),
    "evidence": (lambda a: a._replace(evidence=()), "with other details or evidence in `other`"),
    "redactions": (lambda a: a._replace(redactions=(("/t", 0, 1),)), "both redact, but other places"),
}


@pytest.mark.parametrize(("change", "told"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_a_difference_names_the_clause_its_kind_and_an_example(change: Any, told: str) -> None:
    engine = on_refunds(change)
    vetting = vetted(engine)
    (failure,) = vetting.failures
    assert failure.startswith("clause `c1`: two engines differ on example `too-much` and ")
    assert told in failure
    assert "write it more plainly" in failure
    assert vetting.problems == vetting.failures
    assert engine.closed


def test_engines_that_agree_leave_a_note_and_nothing_to_mend() -> None:
    vetting = vetted(Contrary(lambda _case, result: result))
    assert vetting.failures == vetting.problems == ()
    assert "the engine `other` gave the same answers to 203 events" in vetting.notes


def test_a_failure_of_the_whole_event_is_a_difference_for_each_clause() -> None:
    lost = RunResult(failure=Failure(code="memory", message="too much"))
    failures = vetted(Contrary(lambda _case, _result: lost)).failures
    assert [failure.split(":")[0] for failure in failures] == ["clause `c1`", "clause `c2`"]
    assert "`other` fails (memory: too much)" in failures[0]


def test_a_busy_machine_is_no_difference() -> None:
    late = RunResult(failure=Failure(code="timeout", message="too slow"))

    def sometimes(case: RunCase, result: RunResult) -> RunResult:
        return late if '"amount":501' in case.event else result

    vetting = vetted(Contrary(sometimes))
    assert vetting.failures == ()
    assert "it did not answer (timeout)" in vetting.notes[-1]


def test_no_answer_at_all_is_a_note_unless_a_second_opinion_is_required() -> None:
    late = Contrary(lambda _case, _result: RunResult(failure=Failure(code="timeout", message="too slow")))
    told = "no second opinion of the engine `other`: timeout: too slow"
    assert told in vetted(late).notes
    assert vetted(late, required=True).problems == (told,)


def test_an_engine_that_cannot_start_is_a_note_unless_it_is_required() -> None:
    def fails() -> CheckRunner:
        raise SandboxError("no such engine")

    asked = request(*EXAMPLES)
    material = Material(asked, segment(asked.text), PLAN, EXAMPLES, "test-1")
    for required in (False, True):
        second = Second("other", fails, required)
        vetting = vet(material, GOOD, runner=InProcessRunner(), facts=NO_FACTS, second=second)
        assert bool(vetting.problems) == required
        assert "no such engine" in " ".join((*vetting.notes, *vetting.problems))


def test_a_program_that_the_other_engine_does_not_take_is_to_be_written_otherwise() -> None:
    engine = Contrary(lambda _case, result: result)
    engine.inspect = lambda source, **_: Inspection(errors=(SourceError(line=3, message="odd"),))  # type: ignore[method-assign]
    (failure,) = vetted(engine).failures
    assert failure.startswith("the engine `other` does not take the program: line 3: odd; write it more plainly")


def test_monty_agrees_with_a_plain_program() -> None:
    vetting = vetted(second_engine())
    assert vetting.failures == ()
    assert "the engine `other` gave the same answers to 203 events" in vetting.notes


def test_a_program_whose_meaning_hangs_on_the_engine_is_rejected_with_advice() -> None:
    # Python reads the digits of every script, Monty those of ASCII.
    odd = GOOD.replace("def clause_c1(event, facts):\n", 'def clause_c1(event, facts):\n    n = int("٣")\n')
    (failure,) = vetted(second_engine(), source=odd).failures
    assert failure.startswith("clause `c1`: two engines differ on example `too-much`")
    assert "use `parse_number(text)`" in failure


def test_the_report_of_a_compile_names_the_engine_that_agreed() -> None:
    compiling = translator(Steady(), second=Second("monty", second_engine)).compile(request(*EXAMPLES))
    report = asyncio.run(compiling).report
    assert report.publishable
    assert [note for note in report.notes if note.startswith("the engine `monty` gave the same answers to ")]


def test_a_slow_engine_is_asked_all_examples_and_the_report_says_what_it_was_not_asked() -> None:
    asked = request(*EXAMPLES)
    material = Material(asked, segment(asked.text), PLAN, EXAMPLES, "test-1")
    seconds = itertools.count()
    second = Second("other", InProcessRunner, seconds=2, clock=lambda: float(next(seconds)))
    found = vet(material, GOOD, runner=InProcessRunner(), facts=NO_FACTS, second=second)
    assert not found.failures
    note = next(note for note in found.notes if "gave the same answers" in note)
    told = re.search(r"to (\d+) events; (\d+) more were not asked, as 2 seconds were over", note)
    assert told is not None
    assert int(told[1]) >= len(EXAMPLES)
    assert int(told[2]) > 0
