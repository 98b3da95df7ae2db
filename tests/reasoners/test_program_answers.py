"""How a program comes out of what a model wrote: from its one fenced block, or not at all."""

from __future__ import annotations

import asyncio
import json

import pytest

from guardagent.errors import AnswerError
from guardagent.ports import Coded
from guardagent.reasoners.openai import OpenAIReasoner
from guardagent.reasoners.parsing import Unparseable, parse_code
from guardagent.types import Revision
from tests.reasoners.briefs import BRIEF, FAILURES, PLAN, PROPOSED, SOURCE
from tests.reasoners.conftest import Connect
from tests.support.model_server import ModelServer, say

FENCED = f"```python\n{SOURCE}```"
REVISED = {"example": "proposed-c1-violating", "reason": "five is fine", "expect": "allow", "violated": []}
REVISIONS = f"```json\n{json.dumps({'revisions': [REVISED]})}\n```"


@pytest.mark.parametrize(
    "said",
    [
        FENCED,
        f"Here it is:\n\n{FENCED}\n\nGood luck!",
        FENCED.replace("python", "py"),
        FENCED.replace("python", ""),
        f"<think>```python\nwrong\n```</think>\n{FENCED}",
        SOURCE,
        json.dumps({"source": SOURCE}),
        json.dumps({"source": FENCED}),
    ],
    ids=["block", "words", "py", "bare fence", "thinking", "no fence", "json", "block in json"],
)
def test_program_is_found(said: str, model_server: ModelServer, connect: Connect) -> None:
    model_server.add(say(said))
    assert asyncio.run(OpenAIReasoner(connect()).code(BRIEF, PLAN, ())) == Coded(SOURCE)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "I cannot do that.",
        f"{FENCED}\n\n{FENCED}",
        "```python\n```",
        "```json\n{}\n```",
        "```sql\nSELECT 1\n```",
        "{",
    ],
    ids=["nothing", "words", "two", "empty", "json only", "other language", "half a JSON"],
)
def test_anything_else_is_unparseable(said: str) -> None:
    with pytest.raises(Unparseable):
        parse_code(said)


def test_revisions_stand_beside_the_program(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(say(f"{FENCED}\n\n{REVISIONS}"))
    coded = asyncio.run(OpenAIReasoner(connect()).code(BRIEF, PLAN, PROPOSED, source="x = 1", failures=FAILURES))
    assert coded.revisions == (Revision(example="proposed-c1-violating", reason="five is fine", expect="allow"),)


def test_withdrawn_example_has_no_label(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(say(f"{FENCED}\n{REVISIONS.replace('allow', 'withdrawn')}"))
    coded = asyncio.run(OpenAIReasoner(connect()).code(BRIEF, PLAN, PROPOSED, source="x = 1", failures=FAILURES))
    assert coded.revisions[0].expect is None


def test_answer_without_a_program_is_asked_for_once_more(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(say("Certainly!"), say(FENCED))
    assert asyncio.run(OpenAIReasoner(connect()).code(BRIEF, PLAN, ())).source == SOURCE
    assert "not one program in one fenced block" in model_server.requests[1].text
    assert [request.format for request in model_server.requests] == ["text", "text"]


def test_second_answer_without_a_program_is_an_answer_error(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(say("Certainly!"), say("Of course!"))
    with pytest.raises(AnswerError, match="answered twice, but not as asked: not one program"):
        asyncio.run(OpenAIReasoner(connect()).code(BRIEF, PLAN, ()))


def test_programs_say_nothing_about_formats(model_server: ModelServer, connect: Connect) -> None:
    endpoint = connect()
    model_server.add(say(FENCED), say(json.dumps({"steps": [], "gaps": []})))
    asyncio.run(OpenAIReasoner(endpoint).code(BRIEF, PLAN, ()))
    asyncio.run(OpenAIReasoner(endpoint).plan(BRIEF))
    assert endpoint.answer_format == "json_schema"


def test_plan_asked_again_shows_the_last_one_and_the_whole_request(model_server: ModelServer, connect: Connect) -> None:
    model_server.add(say(json.dumps({"steps": [], "gaps": []})))
    asyncio.run(OpenAIReasoner(connect()).plan(BRIEF, problems=["c2 is missing"], previous=PLAN))
    text = model_server.requests[0].text
    assert "No list of invasive plants is given." in text
    assert "- c2 is missing" in text
    assert all(clause.text in text for clause in BRIEF.clauses)
