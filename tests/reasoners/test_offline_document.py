"""Clauses of several sentences and statements on the document: what they change in the rules that they are about."""

from __future__ import annotations

import time
from typing import Any

import pytest

from guardagent.reasoners.offline.rules import ConditionRule
from guardagent.reasoners.offline.translate import Translation, translate
from guardagent.request import segment
from guardagent.types import AgentSpec, GuardRequest
from tests.reasoners.test_offline_grammar import SCHEMA, call


def translated(text: str) -> Translation:
    request = GuardRequest(name="shop", text=text, agent=AgentSpec(name="a", event_schema=SCHEMA))
    return translate(request, segment(text))


def broken(text: str, event: dict[str, Any]) -> set[str]:
    """The numbers of the clauses that the event breaks."""
    found = translated(text)
    assert not [gap for gap in found.gaps if not gap.explains], found.gaps
    return {
        r.clause.text.split(".")[0] for r in found.rules if isinstance(r, ConditionRule) and r.violated.holds(event)
    }


SCOPED = "R1. The amount must not exceed 500.\nR2. The subject must be given.\n"
ORDERED = "R1. A missing role is denied under this rule only.\nR2. The amount must not exceed 500.\n"
CASES: list[tuple[str, dict[str, Any], set[str]]] = [
    (SCOPED, call("search", amount=501), {"R1", "R2"}),
    (SCOPED + "R3. R1 applies to send_email only.", call("search", amount=501), {"R2"}),
    (SCOPED + "R3. R1 to R2 concern send_email only.", call("search", amount=501), set()),
    (SCOPED + "R3. R1 to R2 concern send_email only.", call("send_email", amount=501), {"R1", "R2"}),
    (SCOPED + "R3. These rules apply to managers only.", call("search", amount=501), set()),
    (SCOPED + "R3. Interns are exempt from R2.", call("search", amount=501), {"R1"}),
    (SCOPED + "R3. None of them applies when the user is an intern.", call("search", amount=501), set()),
    (SCOPED + "R3. When R1 is broken, R2 is not checked.", call("search", amount=501), {"R1"}),
    (SCOPED + "R3. When R1 is broken, R2 is not checked.", call("search", amount=500), {"R2"}),
    (
        f"# Mail\n\n{SCOPED}R3. These rules apply to send_email only.\n\n# Other\n\nR4. The path must be given.\n",
        call("search", amount=501),
        {"R4"},
    ),
    (
        "R1. The subject must be given.\n\nWhat follows is about send_email.\n\nR2. The amount must not exceed 500.\n",
        call("search", amount=501),
        {"R1"},
    ),
    (ORDERED, {**call(amount=501), "user": {}}, {"R1"}),
    (ORDERED, call(amount=501), {"R2"}),
    (
        "R1. The amount must not exceed 100 for interns and 500 for managers. A missing role counts as manager.\n",
        {**call(amount=101), "user": {}},
        set(),
    ),
    (
        "R1. The amount must not exceed 100 for interns and 500 for managers. A missing role counts as manager.\n",
        {**call(amount=501), "user": {}},
        {"R1"},
    ),
    ("R1. The amount must not exceed 500. The ceiling itself is allowed.\n", call(amount=500), set()),
    ("R1. The path must not begin with KP or IR, after spaces are removed.\n", call(path="k p 1"), {"R1"}),
    ('R1. The path must begin with "Norda", written exactly like that.\n', call(path="norda 1"), {"R1"}),
    ("R1. The subject must have 1 to 5 characters once spaces at both ends are removed.\n", call(subject="  "), {"R1"}),
    (
        "R1. The subject must have 1 to 5 characters once spaces at both ends are removed.\n",
        call(subject=" abcde "),
        set(),
    ),
]


@pytest.mark.parametrize(("text", "event", "expected"), CASES)
def test_statement_changes_what_is_broken(text: str, event: dict[str, Any], expected: set[str]) -> None:
    assert broken(text, event) == expected


@pytest.mark.parametrize(
    "remark",
    [
        "The ceiling itself is not allowed.",
        "Letter case is ignored.",
        "This does not hold on Sundays.",
        "Whole dollars only are meant by that.",
    ],
)
def test_a_remark_that_contradicts_or_is_not_understood_makes_the_clause_a_gap(remark: str) -> None:
    found = translated(f"R1. The amount must not exceed 500. {remark}\nR2. The subject must be given.\n")
    assert [gap.clause for gap in found.gaps] == ["c1"]
    assert [rule.clause.id for rule in found.rules] == ["c2"]


@pytest.mark.parametrize(
    "statement",
    [
        "R1 to R2 are only meant for calls on weekdays.",
        "Everything below concerns large customers only.",
        "None of these rules matters on holidays.",
    ],
)
def test_a_statement_that_is_not_understood_takes_the_rules_with_it_that_it_may_be_about(statement: str) -> None:
    found = translated(f"{statement}\n\n{SCOPED}")
    assert not found.rules
    assert all("depend" in gap.reason for gap in found.gaps[1:])


def test_a_statement_on_other_rules_says_which_ones_carry_it_out() -> None:
    found = translated(SCOPED + "R3. R1 to R2 concern send_email only.")
    (gap,) = found.gaps
    assert (gap.clause, gap.explains) == ("c3", ("c1", "c2"))


@pytest.mark.parametrize("repeats", [1, 3, 7, 20])
@pytest.mark.parametrize(
    "words",
    [
        "the amount must not exceed the subject and the path or the role unless the user is a manager and ",
        "if the amount is above 5 and the role is intern or the path is given, ",
        "a, the, b or c and d, unless e, ",
    ],
)
def test_a_long_request_is_read_in_bounded_time(words: str, repeats: int) -> None:
    sentence = words * repeats
    # No two sentences are the same: one that was read is not read again.
    text = "".join(f"R{n}. {sentence}it is at most {n}.\n" for n in range(1, 10_000 // len(sentence)))[:10_000]
    started = time.process_time()
    translated(text)
    # Half a second on an idle machine, less than one on a busy one.
    assert time.process_time() - started < 1.5
