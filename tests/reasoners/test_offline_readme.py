"""The page about the offline reasoner tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import guardagent.reasoners.offline as offline
from guardagent.reasoners.offline.translate import translate
from guardagent.request import segment
from guardagent.types import AgentSpec, GuardRequest

PAGE = Path(offline.__file__).with_name("README.md")
REFUNDS = Path(__file__).parents[2] / "examples" / "policies" / "refunds" / "agent.yaml"
SENTENCES = re.findall(r"^\| [^|]+ \| ([A-Za-z_][^|]+\.) \|$", PAGE.read_text("utf-8"), re.MULTILINE)


def test_the_page_has_examples() -> None:
    assert len(SENTENCES) >= 12


@pytest.mark.parametrize("sentence", SENTENCES)
def test_documented_sentence_becomes_a_rule(sentence: str) -> None:
    agent = AgentSpec(**yaml.safe_load(REFUNDS.read_text("utf-8")))
    request = GuardRequest(name="page", text=sentence + "\n", agent=agent)
    found = translate(request, segment(request.text))
    assert [rule.clause.text for rule in found.rules] == [sentence]
