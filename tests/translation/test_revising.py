"""A proposed example that was labelled wrong may be revised while a program is mended; the author's never."""

from __future__ import annotations

import asyncio

import pytest

from guardagent.ports import Coded
from guardagent.reasoners.scripted import ScriptedReasoner
from guardagent.translation.examples import revised
from guardagent.types import Draft, Example, Revision
from tests.translation.parts import CLAUSES, EXAMPLES, GOOD, PLAN, event, example, request, translator

# The limit itself, labelled as if it were refused.
MISTAKEN = example("proposed-c1-boundary", event(amount=500.0, role="guest"), "deny", "c1", origin="proposed")
RELABEL = Revision(example=MISTAKEN.id, reason="500 is not above 500", expect="allow")
WITHDRAW = Revision(example=MISTAKEN.id, reason="its label is doubtful")


def compiled(*revisions: Revision) -> Draft:
    mended = Coded(GOOD, revisions)
    reasoner = ScriptedReasoner([PLAN], [(MISTAKEN,)], [GOOD, mended, mended, mended])
    return asyncio.run(translator(reasoner).compile(request(*EXAMPLES)))


def test_relabelled_example_is_right_and_the_reason_is_in_the_report() -> None:
    draft = compiled(RELABEL)
    (found,) = (result for result in draft.report.examples if result.id == MISTAKEN.id)
    assert (found.expect, found.problem) == ("allow", "")
    assert (
        "proposed example `proposed-c1-boundary` was relabelled from deny by c1 to allow while the program was mended: "
        "500 is not above 500"
    ) in draft.report.notes
    assert draft.report.repairs == 1


def test_withdrawn_example_is_gone_from_draft_and_report() -> None:
    draft = compiled(WITHDRAW)
    assert MISTAKEN.id not in {one.id for one in draft.examples} | {one.id for one in draft.report.examples}
    assert any("was withdrawn (it said deny by c1)" in note for note in draft.report.notes)


def test_without_a_revision_the_disagreement_stays_in_sight() -> None:
    report = compiled().report
    assert any(result.problem for result in report.examples if result.id == MISTAKEN.id)
    assert any(note.startswith("proposed example `proposed-c1-boundary`: if its label") for note in report.notes)


AUTHOR = EXAMPLES[0]


@pytest.mark.parametrize(
    ("revision", "refusal"),
    [
        (Revision(example=AUTHOR.id, reason="r", expect="allow"), "it is the author's, and the author is right"),
        (Revision(example=AUTHOR.id, reason="r"), "it is the author's, and the author is right"),
        (Revision(example="nothing", reason="r"), "there is no such example"),
        (Revision(example=MISTAKEN.id, reason="  "), "no reason was given"),
        (Revision(example=MISTAKEN.id, reason="r", expect="deny", violated=("c3",)), "which is no rule clause"),
    ],
)
def test_refused_revision_changes_nothing_and_is_noted(revision: Revision, refusal: str) -> None:
    examples: tuple[Example, ...] = (AUTHOR, MISTAKEN)
    changed = revised(examples, [revision], {AUTHOR.id, MISTAKEN.id}, CLAUSES)
    assert changed.examples == examples
    (note,) = changed.notes
    assert f"a new label for example `{revision.example}` was refused" in note
    assert refusal in note


def test_example_that_the_program_agrees_with_cannot_be_revised() -> None:
    changed = revised((MISTAKEN,), [RELABEL], set(), CLAUSES)
    assert changed.examples == (MISTAKEN,)
    assert "the program agrees with it" in changed.notes[0]


def test_a_rule_whose_examples_are_all_withdrawn_is_not_enforced() -> None:
    proposed = example("proposed-c1-violating", event(amount=900), "deny", "c1", origin="proposed")
    never = GOOD.replace("> 500", "> 10**9")
    mended = Coded(never, (Revision(example=proposed.id, reason="asked for"),))
    reasoner = ScriptedReasoner([PLAN], [(proposed,)], [never, mended, mended, mended])
    asked = request(*(one for one in EXAMPLES if "c1" not in one.violated))
    report = asyncio.run(translator(reasoner).compile(asked)).report
    assert {clause.clause: clause.status for clause in report.clauses}["c1"] != "ENFORCED"
    assert not report.publishable
