"""Clauses that get in each other's way are told with both sentences and an event; others are left alone."""

from __future__ import annotations

import pytest

from guardagent.request import segment
from guardagent.translation.mutation import LIMITS
from guardagent.translation.vet import Material, Vetting, vet
from guardagent.types import Example
from guardagent_toolbox.inprocess import InProcessRunner
from tests.translation.parts import (
    CLOSE,
    CLOSE_ALLOWED,
    EXAMPLES,
    GOOD,
    NO_FACTS,
    PLAN,
    REFUND,
    REFUND_ALLOWED,
    REFUND_DENIED,
    event,
    example,
    request,
    statuses,
)

OTHER = REFUND.replace("clause_c1", "clause_c2")
ESCALATES = REFUND.replace("violation(", "escalate(")
REDACTS = REFUND.replace("violation(", "redact(").replace(
    'evidence=["/tool/arguments/amount"]', '[["/user/role", None, None]]'
)


def vetted(source: str, *examples: Example) -> Vetting:
    asked = request(*examples)
    material = Material(asked, segment(asked.text), PLAN, examples, "test-1")
    return vet(material, source, runner=InProcessRunner(), facts=NO_FACTS, mutants=LIMITS)


@pytest.mark.parametrize(
    ("c1", "c2", "examples", "kind"),
    [
        (REFUND, OTHER.replace("> 500", "<= 500"),
         (REFUND_DENIED, example("low", event(amount=500), "deny", "c2")), "irreconcilable"),
        (ESCALATES, OTHER.replace("> 500", "> 100"),
         (example("high", event(amount=501), "deny", "c1"), example("low", event(amount=101), "deny", "c2"),
          example("fine", event(amount=1), "allow")), "overridden"),
        (REDACTS, OTHER.replace("> 500", "> 100"),
         (example("high", event(amount=501), "deny", "c1"), example("low", event(amount=101), "deny", "c2"),
          example("fine", event(amount=1), "allow")), "overridden"),
    ],
)  # fmt: skip
def test_conflict_is_told_with_both_sentences_and_an_event(
    c1: str, c2: str, examples: tuple[Example, ...], kind: str
) -> None:
    vetting = vetted(c1 + "\n\n" + c2, *examples)
    assert vetting.failures == ()
    assert [conflict.kind for conflict in vetting.conflicts] == [kind]
    conflict = vetting.conflicts[0]
    assert "Refunds above 500 dollars must be denied." in conflict.text
    assert "Only managers may close an account." in conflict.text
    assert conflict.event["agent"] == "shop"
    assert statuses(vetting) == {"c1": "CONFLICT", "c2": "CONFLICT", "c3": "DEFINITION"}
    assert vetting.clauses[0].reason == conflict.text


def test_clauses_that_refuse_every_event_between_them_conflict() -> None:
    source = (
        'def clause_c1(event, facts):\n    if event["tool"]["name"] == "refund":\n        return violation("a")\n\n\n'
    )
    source += 'def clause_c2(event, facts):\n    if event["tool"]["name"] != "refund":\n        return violation("b")\n'
    vetting = vetted(source, example("r", event(), "deny", "c1"), example("c", event(name="close"), "deny", "c2"))
    assert [conflict.kind for conflict in vetting.conflicts] == ["exhaustive"]


@pytest.mark.parametrize(
    ("source", "examples"),
    [
        (GOOD, (*EXAMPLES, CLOSE_ALLOWED)),
        # A remedy that is sometimes stronger and sometimes stands alone.
        (ESCALATES + "\n\n" + OTHER.replace("> 500", "> 900"),
         (example("some", event(amount=501), "escalate", "c1"), example("all", event(amount=901), "deny", "c2"),
          REFUND_ALLOWED)),
        # Two limits that leave room between them.
        (REFUND + "\n\n" + OTHER.replace("> 500", "< 100").replace("amount\", 0", "amount\", 100"),
         (REFUND_DENIED, REFUND_ALLOWED, example("low", event(amount=99), "deny", "c2"))),
    ],
)  # fmt: skip
def test_clauses_that_leave_each_other_room_do_not_conflict(source: str, examples: tuple[Example, ...]) -> None:
    vetting = vetted(source, *examples)
    assert vetting.failures == ()
    assert vetting.conflicts == ()
    assert statuses(vetting)["c1"] == "ENFORCED"


def test_a_field_of_which_every_listed_value_is_refused_is_noted_and_not_held_against_anyone() -> None:
    refund = (
        'def clause_c1(event, facts):\n    if event["tool"]["name"] == "refund" and event["user"]["role"] == "clerk":\n'
    )
    source = refund + '        return violation("a")\n\n\n' + CLOSE.replace('!= "manager"', '== "clerk"')
    examples = (example("r", event(), "deny", "c1"), example("c", event(name="close", amount=3), "deny", "c2"),
                example("m", event("manager"), "allow"), CLOSE_ALLOWED)  # fmt: skip
    vetting = vetted(source, *examples)
    assert vetting.conflicts == ()
    assert statuses(vetting)["c1"] == "ENFORCED"
    assert any(note.startswith("whatever `/tool/name` is, `c1`") for note in vetting.notes)
