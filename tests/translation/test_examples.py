"""Author's examples are authoritative; proposed ones are used only where they can be judged."""

from __future__ import annotations

import math
from typing import Any

import pytest

from guardagent.errors import PolicyError
from guardagent.request import segment
from guardagent.translation.examples import (
    MAX_PROPOSED,
    check_author_examples,
    contradictory,
    event_problem,
    label_problem,
    merge,
)
from guardagent.types import AgentSpec, Effect, Example, GuardRequest

TEXT = "Refunds above 500 dollars must be denied.\n\nOnly managers may close an account.\n\n`Manager` means a role.\n"
SCHEMA = {"type": "object", "properties": {"amount": {"type": "number"}}, "required": ["amount"]}
CLAUSES = segment(TEXT)


def event(amount: Any, **more: Any) -> dict[str, Any]:
    return {"agent": "shop", "stage": "tool_call", "amount": amount} | more


def example(id: str, event: dict[str, Any], expect: Effect = "deny", *violated: str) -> Example:
    return Example(id=id, event=event, expect=expect, violated=violated, origin="proposed")


def request(*examples: Example) -> GuardRequest:
    agent = AgentSpec(name="shop", event_schema=SCHEMA)
    mine = tuple(one.model_copy(update={"origin": "author"}) for one in examples)
    return GuardRequest(name="shop", text=TEXT, agent=agent, stages=("tool_call",), examples=mine)


def test_authors_examples_come_first_and_unchanged() -> None:
    asked = request(example("a", event(1), "allow"))
    merged = merge(asked, CLAUSES, [example("p", event(501), "deny", "c1")])
    assert merged.examples[0] == asked.examples[0]
    assert [(one.id, one.origin) for one in merged.examples] == [("a", "author"), ("p", "proposed")]
    assert merged.notes == ()


def test_a_proposer_cannot_pass_for_the_author() -> None:
    bold = example("p", event(501)).model_copy(update={"origin": "author"})
    assert merge(request(), CLAUSES, [bold]).examples[0].origin == "proposed"


def test_agent_and_single_stage_are_filled_in() -> None:
    merged = merge(request(), CLAUSES, [example("p", {"amount": 1}, "allow")])
    assert merged.examples[0].event == event(1)


@pytest.mark.parametrize(
    ("proposed", "reason"),
    [
        (example("p", event("much")), "`/amount`: must be of type number"),
        (example("p", {"agent": "shop", "stage": "tool_call"}), "`amount` is missing"),
        (example("p", event(1, stage="nowhere")), "event: `/stage`"),
        (example("p", event(1, stage="output")), "the policy does not apply at stage `output`, only at tool_call"),
        (example("p", event(1, agent="bank")), "its agent is `bank`, the policy is about `shop`"),
        (example("p", event(math.nan)), "NaN and Infinity"),
        (example("p", event(1), "deny", "c9"), "it names `c9`, which is no rule clause; the rules are c1, c2"),
        (example("p", event(1), "deny", "c3"), "it names `c3`, which is no rule clause"),
        (example("p", event(7), "allow"), "it repeats example `a` on the same event"),
        (example("p", event(7), "deny"), "it contradicts example `a` on the same event"),
    ],
)
def test_proposed_examples_that_cannot_be_used_are_dropped_with_the_reason(proposed: Example, reason: str) -> None:
    merged = merge(request(example("a", event(7), "allow")), CLAUSES, [proposed])
    assert [one.id for one in merged.examples] == ["a"]
    assert len(merged.notes) == 1
    assert merged.notes[0].startswith("proposed example `p` was dropped: ")
    assert reason in merged.notes[0]


def test_proposed_ids_never_hide_another_example() -> None:
    proposed = [example("a", event(n)) for n in (2, 3, 4)]
    merged = merge(request(example("a", event(1)), example("a-2", event(9))), CLAUSES, proposed)
    ids = [one.id for one in merged.examples]
    assert len(set(ids)) == len(ids) == 5


def test_too_many_proposed_examples_are_cut_and_counted() -> None:
    proposed = [example(f"p{n}", event(n)) for n in range(MAX_PROPOSED + 2)]
    merged = merge(request(), CLAUSES, proposed)
    assert len(merged.examples) == MAX_PROPOSED
    assert merged.notes[-1].startswith("2 proposed examples were dropped")


def test_two_labels_for_one_event_are_found_in_either_order_of_keys() -> None:
    turned = dict(reversed(event(1).items()))
    asked = request(example("a", event(1), "allow"), example("b", turned, "deny"), example("c", event(2), "deny"))
    assert contradictory(asked.examples) == {"a": "b", "b": "a"}


def test_an_example_that_is_no_event_is_refused_by_name() -> None:
    with pytest.raises(PolicyError, match=r"example `a`: event: `/stage`: field required"):
        check_author_examples(request(example("a", {"agent": "shop"})))


def test_two_examples_with_one_id_are_refused() -> None:
    with pytest.raises(PolicyError, match="example `a`: two examples have this id"):
        check_author_examples(request(example("a", event(1)), example("a", event(2))))


def test_usable_examples_have_no_problem() -> None:
    fine = example("a", event(501), "deny", "c1", "c2")
    assert event_problem(fine.event, request()) is None
    assert label_problem(fine, CLAUSES) is None
