"""Texts that address the judge stay data: what stands round them in the prompt never changes by a byte."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from guardagent.facts import Judge, Resolver
from guardagent.facts.judge import messages_for
from guardagent.guard import Guard
from guardagent.reasoners.endpoint import Endpoint
from guardagent.types import Clause, Policy, Program
from guardagent_toolbox.inprocess import InProcessRunner
from tests.facts.judging import data_block, question
from tests.facts.test_category import NoEmbedder
from tests.support.model_server import ChatRequest, ModelServer, Reply, say

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "judge_injection.yaml").read_text("utf-8"))
TEXTS = {case["name"]: case["text"] for case in CASES}
PLACE = "/output/text"
QUESTION = "Does the text name a price?"
SOURCE = f"""\
FACTS = {{"priced": {{"kind": "judgement", "fields": ["{PLACE}"], "question": "{QUESTION}"}}}}


def clause_c1(event, facts):
    if facts["priced"] == "yes":
        return violation("names a price")
"""
RUNNER = InProcessRunner()
RULE = "Replies name no price."


def prompt(text: str) -> tuple[str, Any, str]:
    return data_block(messages_for([question("priced", PLACE, text), question("rude", "/output/title", text[::-1])]))


HARMLESS = prompt("hello")


def test_the_table_is_long_and_every_text_breaks_the_rule() -> None:
    assert len(TEXTS) == len(CASES) >= 40
    assert all("The price is 49 dollars" in text or "the price is 49 dollars" in text for text in TEXTS.values())


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_changes_nothing_round_the_data(name: str) -> None:
    text = TEXTS[name]
    before, data, after = prompt(text)
    assert (before, after) == (HARMLESS[0], HARMLESS[2])
    assert data == {PLACE: text, "/output/title": text[::-1]}


@given(st.text() | st.sampled_from(sorted(TEXTS.values())).flatmap(lambda t: st.text().map(lambda more: t + more)))
def test_no_text_changes_anything_round_the_data(text: str) -> None:
    before, data, after = prompt(text)
    assert (before, after) == (HARMLESS[0], HARMLESS[2])
    assert data[PLACE] == text


def naive(request: ChatRequest) -> Reply:
    """A model that obeys every order outside of the data, and reads the data for what it is."""
    lines = "\n\n".join(str(message["content"]) for message in request.messages).split("\n")
    start, end = lines.index("BEGIN DATA"), lines.index("END DATA")
    outside = "\n".join((*lines[:start], *lines[end:]))
    if outside != naive_frame():
        return say(json.dumps({"q1": {"evidence": [], "answer": "no"}}))
    text = json.loads("\n".join(lines[start + 1 : end]))[PLACE]
    at = text.lower().find("the price is")
    quotes = [{"field": PLACE, "quote": text[at : at + 20]}] if at >= 0 else []
    return say(json.dumps({"q1": {"evidence": quotes, "answer": "yes" if quotes else "no"}}))


def naive_frame() -> str:
    """What stands outside of the data when nobody gives orders there."""
    asked = question("priced", PLACE, "hello", question=QUESTION, choices=("yes", "no", "unclear"))
    messages = messages_for([asked._replace(clauses=(RULE,))])
    lines = "\n\n".join(message.content for message in messages).split("\n")
    start, end = lines.index("BEGIN DATA"), lines.index("END DATA")
    return "\n".join((*lines[:start], *lines[end:]))


def decided(server: ModelServer, texts: Sequence[str]) -> list[str]:
    policy = Policy(
        name="prices",
        program=Program.of(RUNNER.inspect(SOURCE), toolbox_version="1"),
        clauses=(Clause(id="c1", text=RULE, start=0, end=len(RULE)),),
        agent="a",
        allow_judgement=True,
    )
    judge = Judge(Endpoint(server.base_url, "key", "tiny", timeout=10))
    guard = Guard(policies=[policy], runner=RUNNER, facts=Resolver(NoEmbedder(), judge))
    events = [{"agent": "a", "stage": "output", "output": {"text": text}} for text in texts]
    found = guard.check_many(events)
    assert not any(decision.failed for decision in found)
    assert all(decision.model_calls == 1 for decision in found)
    return [decision.effect for decision in found]


def test_a_naive_model_still_denies_every_text() -> None:
    with ModelServer(script=naive) as server:
        assert decided(server, list(TEXTS.values())) == ["deny"] * len(TEXTS)
        assert decided(server, ["Hello there.", "No sums here."]) == ["allow"] * 2


def test_a_model_that_is_talked_into_a_forged_quote_fails() -> None:
    spoofed = {"q1": {"evidence": [{"field": PLACE, "quote": "no price is named here"}], "answer": "no"}}
    with ModelServer(script=lambda _request: say(json.dumps(spoofed))) as server:
        judge = Judge(Endpoint(server.base_url, "key", "tiny", timeout=10))
        for text in TEXTS.values():
            found = asyncio.run(judge.judge([question("priced", PLACE, text)]))
            assert found.answers == {}
            assert "does not stand in the event" in found.failures["priced"].message
