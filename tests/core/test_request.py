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


SHAPES: dict[str, tuple[str, list[tuple[str, str, str]]]] = {
    "nested list": (
        "Loans\n\n1. A reader may borrow:\n   - 8 books,\n   - 3 films, unless\n     a. they are members\n"
        "2. Fines are paid.\n",
        [
            ("rule", "1. A reader may borrow:\n   - 8 books,\n   - 3 films, unless\n     a. they are members", "Loans"),
            ("rule", "2. Fines are paid.", "Loans"),
        ],
    ),
    "sub-list after a blank line": (
        "1. Fines must be paid.\n\n   - except small ones\n\n2. No loans on Sundays.\n",
        [("rule", "1. Fines must be paid.\n\n   - except small ones", ""), ("rule", "2. No loans on Sundays.", "")],
    ),
    "second paragraph of an item": (
        "- One must hold.\n\n  Nobody may skip it.\n\n- Two must hold.\n",
        [("rule", "- One must hold.\n\n  Nobody may skip it.", ""), ("rule", "- Two must hold.", "")],
    ),
    "lead-in before a blank line": (
        "The agent must never:\n\n- send mail\n- delete files\n\nIt may read.\n",
        [
            ("rule", "- send mail", "The agent must never:"),
            ("rule", "- delete files", "The agent must never:"),
            ("rule", "It may read.", ""),
        ],
    ),
    "things before a blank line": (
        "Interns may only call these tools:\n\n- search\n- open\n",
        [("rule", "Interns may only call these tools:\n\n- search\n- open", "")],
    ),
    "table without bars at its sides": (
        "Limits must be kept.\n\nplan | limit\n-----|------\nfree | 10\n",
        [("rule", "Limits must be kept.", ""), ("definition", "plan | limit\n-----|------\nfree | 10", "")],
    ),
    "table with its lead-in": (
        "Each role may do only what its row allows:\n| role | may |\n|---|---|\n| clerk | read |\n\n"
        "Nothing else is allowed.\n",
        [
            ("rule", "Each role may do only what its row allows:\n| role | may |\n|---|---|\n| clerk | read |", ""),
            ("rule", "Nothing else is allowed.", ""),
        ],
    ),
    "table whose rows are rules": (
        "| No. | Rule |\n|---|---|\n| R1 | A refund must not exceed 50. |\n"
        "| R2 | Only managers may close accounts. |\n",
        [
            ("rule", "| R1 | A refund must not exceed 50. |", "| No. | Rule |"),
            ("rule", "| R2 | Only managers may close accounts. |", "| No. | Rule |"),
        ],
    ),
    "roles in bold": (
        "**Clerk**\n- may read orders\n- may not change them\n\n**Manager:**\n- may do everything\n",
        [
            ("rule", "- may read orders", "Clerk"),
            ("rule", "- may not change them", "Clerk"),
            ("rule", "- may do everything", "Manager:"),
        ],
    ),
    "roles under headings": (
        "## Clerk\n\nMay read orders. Must not change them.\n\n## Manager\n\nMay do everything.\n",
        [
            ("rule", "May read orders.", "Clerk"),
            ("rule", "Must not change them.", "Clerk"),
            ("rule", "May do everything.", "Manager"),
        ],
    ),
    "glossary": (
        'Definitions:\n- "late": more than 3 days overdue\n\nRules:\n- Late loans must be refused.\n',
        [
            ("definition", '- "late": more than 3 days overdue', "Definitions:"),
            ("rule", "- Late loans must be refused.", "Rules:"),
        ],
    ),
    "rule among the definitions": (
        "Definitions:\n- A member must show a card.\n",
        [("rule", "- A member must show a card.", "Definitions:")],
    ),
    "sentence that begins with a small letter": (
        "No command may name a key. reboot and halt may be run only at night. We like e.g. ls, it may be run.\n",
        [
            ("rule", "No command may name a key.", ""),
            ("rule", "reboot and halt may be run only at night.", ""),
            ("rule", "We like e.g. ls, it may be run.", ""),
        ],
    ),
    "small letter behind a full stop that ends nothing": (
        "Files in approx. ten folders must be kept, max. size may be 3 kB.\n",
        [("rule", "Files in approx. ten folders must be kept, max. size may be 3 kB.", "")],
    ),
    "roman numbers": (
        "(i) Orders above 10 are refused.\n(ii) Orders need a name.\n",
        [("rule", "(i) Orders above 10 are refused.", ""), ("rule", "(ii) Orders need a name.", "")],
    ),
    "quoted mail": (
        "> Orders above 10 are refused.\n> Orders need a name.\n",
        [("rule", "> Orders above 10 are refused.", ""), ("rule", "> Orders need a name.", "")],
    ),
    "fenced list": (
        "Only these may be called:\n\n```\nsearch\n\nopen\n```\n\nNothing else is allowed.\n",
        [
            ("rule", "Only these may be called:\n\n```\nsearch\n\nopen\n```", ""),
            ("rule", "Nothing else is allowed.", ""),
        ],
    ),
}


@pytest.mark.parametrize(("request_text", "wanted"), SHAPES.values(), ids=SHAPES.keys())
def test_shape_is_cut_into_its_clauses(request_text: str, wanted: list[tuple[str, str, str]]) -> None:
    assert [(clause.kind, clause.text, clause.heading) for clause in segment(request_text)] == wanted


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
