"""Two revisions side by side: every event that flips is told, with its kind, and nothing else is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from guardagent.comparing import Behaviour, Revision, compare, status_changes
from guardagent.comparing.facts import ConsistentFacts
from guardagent.reasoners.scripted import ScriptedReasoner
from guardagent.types import Draft, Event, Example, FactSpec, Waiver
from guardagent_toolbox.inprocess import InProcessRunner
from tests.support.runners import ScriptedFacts
from tests.translation.parts import (
    CLOSE,
    CLOSE_ALLOWED,
    CLOSE_DENIED,
    GOOD,
    NO_FACTS,
    PLAN,
    PLAN_WITH_GAP,
    REFUND,
    REFUND_ALLOWED,
    REFUND_DENIED,
    TEXT,
    request,
    translator,
)

EXAMPLES = (REFUND_DENIED, REFUND_ALLOWED, CLOSE_DENIED, CLOSE_ALLOWED)
LOOSER = GOOD.replace("> 500", "> 900")


def draft(source: str, *, text: str = TEXT, plan: Any = PLAN, examples: tuple[Example, ...] = EXAMPLES) -> Draft:
    reasoner = ScriptedReasoner(plans=[plan] * 4, examples=[()], codes=[source] * 4)
    return asyncio.run(translator(reasoner).compile(request(*examples, text=text)))


def compared(before: Draft, after: Draft, waived: tuple[Waiver, ...] = ()) -> Behaviour:
    runner = InProcessRunner()
    return compare(Revision(before), Revision(after, waived), runner=runner, facts=NO_FACTS)


def test_the_same_program_flips_nothing() -> None:
    behaviour = compared(draft(GOOD), draft(GOOD))
    assert behaviour.flips == ()
    assert behaviour.examples >= len(EXAMPLES)
    assert behaviour.generated > 100


@pytest.mark.parametrize(("before", "after", "kind"), [(GOOD, LOOSER, "widening"), (LOOSER, GOOD, "narrowing")])
def test_a_moved_limit_flips_the_events_between_the_two_limits(before: str, after: str, kind: Any) -> None:
    behaviour = compared(draft(before), draft(after))
    first = behaviour.flips[0]
    assert (first.kind, first.asked.example) == (kind, "too-much")
    assert {first.before.effect, first.after.effect} == {"allow", "deny"}
    assert behaviour.number_of(kind) > 1
    for flip in behaviour.flips:
        assert 500 < flip.asked.event.payload["tool"]["arguments"]["amount"] <= 900


def test_another_clause_for_the_same_denial_is_told_as_such() -> None:
    moved = REFUND.replace("clause_c1", "clause_c2") + "\n\n" + CLOSE.replace("clause_c2", "clause_c1")
    behaviour = compared(draft(GOOD), draft(moved))
    assert {flip.kind for flip in behaviour.flips} == {"other"}
    assert all(flip.before.clauses != flip.after.clauses for flip in behaviour.flips)


def test_a_reworded_sentence_is_no_flip() -> None:
    after = draft(GOOD, text=TEXT.replace("must be denied", "are to be denied"))
    behaviour = compared(draft(GOOD), after)
    assert behaviour.flips == ()
    assert status_changes(draft(GOOD), after) == ()


def test_made_events_that_flip_alike_are_told_once_with_their_number() -> None:
    behaviour = compared(draft(GOOD), draft(LOOSER))
    made = [flip for flip in behaviour.flips if not flip.asked.example]
    assert len(made) == 1
    assert made[0].events > 1
    assert made[0].asked.made.startswith("like `")


def test_a_waived_clause_no_longer_denies() -> None:
    waived = (Waiver(clause="c1", reason="a person looks"),)
    behaviour = compared(draft(GOOD), draft(GOOD), waived)
    assert {flip.kind for flip in behaviour.flips} == {"widening"}


def test_statuses_that_changed_are_told_by_sentence() -> None:
    changes = status_changes(draft(GOOD), draft(REFUND, plan=PLAN_WITH_GAP))
    assert ("Only managers may close an account.", "ENFORCED", "NOT_TRANSLATABLE") in changes
    gone = status_changes(draft(GOOD), draft(REFUND, text=TEXT.split("\n")[0] + "\n"))
    assert ("Only managers may close an account.", "ENFORCED", "") in gone


def test_comparing_is_repeatable() -> None:
    assert compared(draft(GOOD), draft(LOOSER)) == compared(draft(GOOD), draft(LOOSER))


def test_a_question_has_one_answer_per_event_and_no_model_is_asked() -> None:
    spec = FactSpec(name="kind", kind="judgement", fields=("/x",), question="Kind?", choices=("yes", "no"))
    other = spec.model_copy(update={"name": "same_question"})
    facts = ConsistentFacts(ScriptedFacts(error=AssertionError("asked")))
    events = [Event.of({"agent": "a", "stage": "input", "x": str(n)}) for n in range(20)]
    said = [facts.resolve((spec, other), event, allow_judgement=True) for event in events]
    assert all(one["kind"] == one["same_question"] for one in said)
    assert {one["kind"] for one in said} == {"yes", "no"}
