"""Role tables and action rules: the two forms of the guard requests of the GuardAgent paper, in everyday variants."""

from __future__ import annotations

from typing import Any

import pytest

from guardagent.reasoners.offline.access import table_listing
from guardagent.reasoners.offline.activities import labelled, phrases_of
from guardagent.reasoners.offline.rules import ConditionRule, KnownRoleRule, TableRule
from guardagent.reasoners.offline.translate import Translation, translate
from guardagent.request import segment
from guardagent.types import AgentSpec, GuardRequest

SPEC = """Answers questions about a library by writing code.
- loans: reader, book, due
- readers: reader, address
- books: book, title
"""
SCHEMA: dict[str, Any] = {
    "properties": {
        "agent": {"type": "string"},
        "stage": {"enum": ["output"]},
        "user": {"properties": {"role": {"type": "string"}, "age": {"type": "integer"}, "card": {"type": "boolean"}}},
        "input": {"properties": {"question": {"type": "string"}}},
        "output": {"properties": {"code": {"type": "string"}}},
    }
}
TABLES = """
Clerk:
- loans: reader, book, due
- books: all columns

(2) Head of the house
- loans: all
- readers: all
- books: all
"""


def translated(text: str) -> Translation:
    request = GuardRequest(name="library", text=text, agent=AgentSpec(name="a", description=SPEC, event_schema=SCHEMA))
    return translate(request, segment(text))


@pytest.mark.parametrize(
    "binding",
    [
        "A user may read only the tables and columns listed for their role.",
        "Everybody may access only data that is listed below for the own role.",
        "Any table or column that is not listed for the role of the user is denied.",
    ],
)
def test_role_tables_bind_by_a_sentence(binding: str) -> None:
    (rule,) = translated(f"{binding}\n{TABLES}").rules
    assert isinstance(rule, TableRule)
    assert rule.tables == {
        "clerk": {"loans": ["reader", "book", "due"], "books": ["book", "title"]},
        "head of the house": {
            "loans": ["reader", "book", "due"],
            "readers": ["reader", "address"],
            "books": ["book", "title"],
        },
    }
    assert (rule.role, rule.code) == ("/user/role", "/output/code")


def test_an_unlisted_role_is_a_rule_of_its_own() -> None:
    found = translated(
        "Users may read only the tables listed for their role. A role that is not listed may read nothing.\n" + TABLES
    )
    assert [type(rule) for rule in found.rules] == [TableRule, KnownRoleRule]
    assert not found.gaps


def test_a_table_that_the_agent_does_not_have_makes_no_role_table() -> None:
    found = translated(
        "Users may read only the tables listed for their role.\n\nClerk:\n- films: title\n- loans: due\n"
    )
    assert not found.rules
    assert [gap.clause for gap in found.gaps] == ["c1", "c2"]


def test_listing_reads_the_usual_ways_to_write_a_table() -> None:
    text = "(1) loans: reader, book\n2. books: `title`\n* readers: all columns.\nNote that this is all: nothing else\n"
    assert table_listing(text) == {"loans": ["reader", "book"], "books": ["title"], "readers": ["all columns"]}


ACTIONS = [
    ("rent a car", ("rent a car",)),
    ("buy or rent a car or a truck", ("buy a car", "buy a truck", "rent a car", "rent a truck")),
    ("Search/Find movies/music", ("Search movies", "Search music", "Find movies", "Find music")),
    ("search for, find or book a flight", ("search for a flight", "find a flight", "book a flight")),
    (
        "view TV shows; apply for a job",
        ("view TV shows", "apply for a job"),
    ),
    ("gamble", ("gamble",)),
]


@pytest.mark.parametrize(("action", "phrases"), ACTIONS)
def test_an_action_line_stands_for_its_phrases(action: str, phrases: tuple[str, ...]) -> None:
    assert phrases_of(action) == phrases


ITEMS = [
    'Action: borrow a film. Requires: user.age is at least 18. Message: "Too young for films".',
    'Message: "Too young for films". Requires: user.age is at least 18. Action: borrow a film.',
    'Action: borrow a film\n   Required user_info: user.age is at least 18\n   Violated rule: "Too young for films"',
    "**Action:** borrow a film. **Requires:** user.age is 18 or over. **Say:** Too young for films.",
]


@pytest.mark.parametrize("item", ITEMS)
def test_action_rules_are_read_in_any_order_and_layout(item: str) -> None:
    (rule,) = translated(f"1. {item}\n").rules
    assert isinstance(rule, ConditionRule)
    assert rule.message == "Too young for films"
    assert [name for name, _ in rule.facts] == ["action_c1"]
    event = {"user": {"age": 17}, "input": {"question": "borrow a film"}}
    assert rule.violated.holds(event)
    assert not rule.violated.holds({**event, "user": {"age": 18}})


def test_an_action_rule_with_an_unreadable_requirement_is_a_gap_that_names_fields() -> None:
    found = translated("1. Action: borrow a film. Requires: the reader is in a good mood.\n")
    assert not found.rules
    assert "good mood" in found.gaps[0].reason


def test_labels_are_only_read_where_a_part_begins() -> None:
    assert labelled("Action: watch a film about action: the movie. Requires: user.card is true") == {
        "action": "watch a film about action: the movie",
        "requires": "user.card is true",
    }


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Readers may borrow anything.", "permission"),
        ("The moon must be full.", "names no event field"),
        ("Kindness is what matters most to every one of us.", "outside"),
    ],
)
def test_what_is_not_understood_is_reported_with_a_hint(text: str, part: str) -> None:
    (gap,) = translated(text + "\n").gaps
    assert part in gap.reason
    assert gap.hint
