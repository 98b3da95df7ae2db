"""Segmentation: a guard request becomes clauses with verbatim spans."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent.request import segment, sentences

NUMBERED = """# Transfers

1. The amount may not exceed 500. The ceiling itself is allowed.
2) The currency must be USD or EUR;
   letter case does not matter.
T3. A transfer needs a reference.
"""

BULLETS_WITH_MODAL = """The assistant must not:
- call delete_record
- mention "Project Larch"
"""

LIST_OF_THINGS = """Interns may only call the following tools:
- search
- get_balance

Everybody else may call anything.
"""

SECTIONS = """A user may read only the tables and columns listed for their role.

(1) Physician
Accessible databases and columns:
lab: labname, labresult
patient: age, gender
(2) Nursing
"""

TWO_SECTIONS = """Doctors:
- lab: labname, labresult
- patient: age

Nurses:
- lab: labname
- patient: age
"""

PROSE = """Dear team, these are the rules that we agreed on. Nobody may send mail to outside addresses, e.g. Mr. Smith's.
Passengers who are checked in cannot be moved! By "member" we mean anybody with a card. Thanks.
"""  # noqa: E501

TABLE = """Limits per plan must not be exceeded.

| plan | limit |
|------|-------|
| free | 10    |
| plus | 500   |
"""


def texts(request: str) -> list[tuple[str, str]]:
    return [(c.kind, c.text) for c in segment(request)]


def test_numbered_items_stay_whole_with_their_further_sentences() -> None:
    assert texts(NUMBERED) == [
        ("rule", "1. The amount may not exceed 500. The ceiling itself is allowed."),
        ("rule", "2) The currency must be USD or EUR;\n   letter case does not matter."),
        ("rule", "T3. A transfer needs a reference."),
    ]
    assert {c.heading for c in segment(NUMBERED)} == {"Transfers"}


def test_items_under_a_modal_are_rules_of_their_own_and_know_their_lead_in() -> None:
    found = segment(BULLETS_WITH_MODAL)
    assert [c.text for c in found] == ["- call delete_record", '- mention "Project Larch"']
    assert all(c.heading == "The assistant must not:" and c.kind == "rule" for c in found)


def test_a_list_of_things_stays_with_the_sentence_that_announces_it() -> None:
    assert texts(LIST_OF_THINGS) == [
        ("rule", "Interns may only call the following tools:\n- search\n- get_balance"),
        ("rule", "Everybody else may call anything."),
    ]


def test_role_sections_are_definitions() -> None:
    assert [kind for kind, _ in texts(TWO_SECTIONS)] == ["definition", "definition"]
    assert texts(TWO_SECTIONS)[1][1].startswith("Nurses:\n- lab: labname")


def test_prose_is_cut_into_sentences_but_not_at_abbreviations() -> None:
    assert texts(PROSE) == [
        ("context", "Dear team, these are the rules that we agreed on."),
        ("rule", "Nobody may send mail to outside addresses, e.g. Mr. Smith's."),
        ("rule", "Passengers who are checked in cannot be moved!"),
        ("definition", 'By "member" we mean anybody with a card.'),
        ("context", "Thanks."),
    ]


def test_tables_are_one_definition() -> None:
    found = segment(TABLE)
    assert [c.kind for c in found] == ["rule", "definition"]
    assert found[1].text.count("\n") == 3


@pytest.mark.parametrize(
    "sentence",
    [
        "Clauses are numbered without gaps.",
        "Periods of time are given in days, not in weeks.",
        "Light fares stay as they are.",
    ],
)
def test_a_sentence_without_a_modal_still_counts_as_a_rule(sentence: str) -> None:
    assert [c.kind for c in segment(f"{sentence}\n")] == ["rule"]


@given(st.text(alphabet=st.sampled_from("ab AB.!?:;-\n1)(*#|\t\"'é中"), max_size=400))
def test_spans_are_verbatim_ordered_and_apart(text: str) -> None:
    end = 0
    for number, clause in enumerate(segment(text), 1):
        assert clause.id == f"c{number}"
        assert text[clause.start : clause.end] == clause.text
        assert end <= clause.start < clause.end
        end = clause.end


@given(st.text(alphabet=st.sampled_from("ab A.!?\n\"'"), max_size=200))
def test_no_word_is_lost_between_sentences(text: str) -> None:
    kept = "".join(text[a:b] for a, b in sentences(text))
    assert "".join(kept.split()) == "".join(text.split())
