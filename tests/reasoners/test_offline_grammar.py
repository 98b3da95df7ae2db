"""Every example sentence that the grammar documents is understood, and means what its entry says."""

from __future__ import annotations

from typing import Any

import pytest

from guardagent.reasoners.offline.families import families
from guardagent.reasoners.offline.fields import Fields
from guardagent.reasoners.offline.reader import Reader

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "agent": {"type": "string"},
        "stage": {"enum": ["tool_call", "output"]},
        "user": {
            "type": "object",
            "properties": {
                "role": {"enum": ["intern", "manager", "admin"]},
                "age": {"type": "integer"},
                "verified": {"type": "boolean"},
                "two_factor": {"type": "boolean"},
            },
        },
        "tool": {
            "type": "object",
            "properties": {
                "name": {
                    "enum": ["delete_record", "send_email", "get_balance", "search", "approve_refund", "drop_table"]
                },
                "arguments": {
                    "type": "object",
                    "properties": {
                        "amount": {"type": ["number", "string"]},
                        "currency": {"type": "string"},
                        "subject": {"type": ["string", "null"]},
                        "path": {"type": "string"},
                        "sql": {"type": "string"},
                        "shell_command": {"type": "string"},
                        "url": {"type": "string"},
                        "to": {"type": "string"},
                        "recipients": {"type": "array", "items": {"type": "string"}},
                        "include_minors": {"type": "boolean"},
                    },
                },
            },
        },
        "output": {"type": "object", "properties": {"text": {"type": "string"}}},
        "draft": {"type": "object", "properties": {"message": {"type": "string"}}},
        "history": {"type": "array"},
        "now": {"type": "string"},
    },
}


RULES = [
    (family.name, sentence)
    for family in families()
    for symbol, entries in family.entries.items()
    for entry in entries
    for sentence in entry.get("examples", ())
    if sentence[0].isupper() or sentence.endswith(".")
]
WORDS = [
    (symbol, words)
    for family in families()
    for symbol, entries in family.entries.items()
    for entry in entries
    for words in entry.get("examples", ())
    if not (words[0].isupper() or words.endswith("."))
]


@pytest.mark.parametrize(("family", "sentence"), RULES)
def test_documented_sentence_is_understood(family: str, sentence: str) -> None:
    assert reader().meanings(sentence) is not None, family


@pytest.mark.parametrize(("symbol", "words"), WORDS)
def test_documented_words_are_understood(symbol: str, words: str) -> None:
    assert reader().words(symbol, words) is not None


def reader() -> Reader:
    return Reader(Fields(SCHEMA), labels=("t1", "t2", "t3"))


BASE = {"agent": "a", "stage": "tool_call"}


def call(tool: str = "search", **arguments: Any) -> dict[str, Any]:
    return {**BASE, "tool": {"name": tool, "arguments": arguments}, "user": {"role": "intern", "age": 30}}


MEANINGS: list[tuple[str, dict[str, Any], bool]] = [
    ("The amount may not exceed 500.", call(amount=500), False),
    ("The amount may not exceed 500.", call(amount=500.01), True),
    ("The amount may not exceed 1,000.", call(amount="1,000.01"), True),
    ("The amount must be less than 500.", call(amount=500), True),
    ("The amount must be at least 5.", call(amount=5), False),
    ("The amount must be at least 5.", call(amount=4.5), True),
    ("The amount must be between 1 and 500.", call(amount=0), True),
    ("The amount must be between 1 and 500.", call(amount=500), False),
    ("The amount must not exceed 500 unless user.verified is true.", call(amount=501), True),
    (
        "The amount must not exceed 500 unless user.verified is true.",
        {**call(amount=501), "user": {"role": "intern", "verified": True}},
        False,
    ),
    ("Unless user.verified is true, the amount may not exceed 500.", call(amount=501), True),
    ("Only admins may call delete_record.", call("delete_record"), True),
    ("Only admins may call delete_record.", {**call("delete_record"), "user": {"role": "Admin"}}, False),
    ("Only admins may call delete_record.", call("search"), False),
    ("Interns may only call search and get_balance.", call("search"), False),
    ("Interns may only call search and get_balance.", call("send_email"), True),
    ("Interns and managers must not call delete_record.", call("delete_record"), True),
    (
        "Interns and managers must not call delete_record.",
        {**call("delete_record"), "user": {"role": "admin"}},
        False,
    ),
    ("Nobody may call drop_table, except for admins.", call("drop_table"), True),
    ("Nobody may call drop_table, except for admins.", {**call("drop_table"), "user": {"role": "admin"}}, False),
    ("Users under 18 must not call approve_refund.", call("approve_refund"), False),
    ("Users under 31 must not call approve_refund.", call("approve_refund"), True),
    ("The currency must be USD, EUR or GBP.", call(currency="usd"), False),
    ("The currency must be USD, EUR or GBP.", call(currency="CHF"), True),
    ("The currency must be USD, EUR or GBP.", call(), True),
    ("include_minors must not be true.", call(include_minors=True), True),
    ("include_minors must not be true.", call(), False),
    ('The path must begin with "/tmp/".', call(path="/TMP/x"), False),
    ('The path must begin with "/tmp/".', call(path="/etc/x"), True),
    ('The path must end with ".csv".', call(path="/tmp/x.csv"), False),
    ('The path must end with ".csv".', call(path="/tmp/x.txt"), True),
    ('The path must not end in ".exe" or ".msi".', call(path="/tmp/a.MSI"), True),
    ('The path must not end in ".exe" or ".msi".', call(path="/tmp/a.csv"), False),
    ('The path must not begin with "/etc".', call(path="/etc/passwd"), True),
    ("The subject must have between 1 and 5 characters.", call(subject="abcdef"), True),
    ("The subject must have between 1 and 5 characters.", call(subject="abcde"), False),
    ("The subject must have at most 2 words.", call(subject="one two three"), True),
    ('The subject must contain the words "Reply STOP".', call(subject="hello"), True),
    ('The subject must contain the words "Reply STOP".', call(subject="please reply stop"), False),
    ('The subject must not contain "free".', call(subject="freedom"), False),
    ('The subject must not contain "free".', call(subject="gluten-free"), True),
    ("The currency must not be USD.", call(currency="EUR"), False),
    ("delete_record may only be called when user.verified is true.", call("delete_record"), True),
    ("Interns must not call delete_record when user.verified is false.", call("delete_record"), False),
    ("Allowed tools: get_balance, search.", call("search"), False),
    ("Allowed tools: get_balance, search.", call("drop_table"), True),
    ("Forbidden words: guaranteed, sure.", {**BASE, "output": {"text": "a sure thing"}}, True),
    ("Deny any amount above 500.", call(amount=501), True),
    ("The subject must be given.", call(subject="  "), True),
    ("If the tool is send_email, the subject must be given.", call("search"), False),
    ("If the tool is send_email, the subject must be given.", call("send_email"), True),
    ("The host of url must be example.com or *.example.org.", call(url="https://example.com/x"), False),
    ("The host of url must be example.com or *.example.org.", call(url="https://example.com.evil.net/"), True),
    ("The agent may only visit example.com and its subdomains.", call(url="https://a.example.com"), False),
    ("The agent may only visit example.com and its subdomains.", call(url="https://example.net"), True),
    (
        'The words "guaranteed" and "risk-free" must not be used.',
        {**BASE, "output": {"text": "A guaranteed win"}},
        True,
    ),
    ("send_email may be called at most 3 times per session.", {**call("send_email"), "history": []}, False),
    (
        "send_email may be called at most 3 times per session.",
        {**call("send_email"), "history": [{"tool": "send_email"}] * 3},
        True,
    ),
]


@pytest.mark.parametrize(("sentence", "event", "violated"), MEANINGS)
def test_sentence_means(sentence: str, event: dict[str, Any], violated: bool) -> None:
    condition = Reader(Fields(SCHEMA)).rule(sentence)
    assert condition is not None
    assert condition.holds(event) is violated


UNKNOWN = [
    "Be nice to everybody.",
    "The amount must not exceed the balance of the account.",
    "The colour must be blue.",
    "Wizards may only call search.",
    "Interns must not call launch_rocket.",
    "The amount must not exceed 500 when the moon is full.",
    "The amount must not exceed five hundred or so.",
    "Nobody may be rude.",
    "The currency must be whatever the customer likes.",
    "The agent must not mention anything embarrassing.",
    "Only admins.",
    "must must must",
]


@pytest.mark.parametrize("sentence", UNKNOWN)
def test_sentence_outside_the_grammar_is_not_guessed(sentence: str) -> None:
    assert Reader(Fields(SCHEMA)).rule(sentence) is None
