"""The version of the toolbox is part of every program's digest, so it must change when a tool answers differently."""

from __future__ import annotations

import json

from guardagent_toolbox.registry import TOOLBOX_VERSION
from tests.toolbox.answers import RECORD, answers


def test_other_answers_mean_another_version() -> None:
    record = json.loads(RECORD.read_text("utf-8"))
    now = answers()
    changed = sorted(name for name, digest in record["answers"].items() if now.get(name) != digest)
    if record["version"] == TOOLBOX_VERSION:
        assert changed == [], "raise TOOLBOX_VERSION, then run `python -m tests.toolbox.answers`"


def test_the_record_is_of_this_version() -> None:
    record = json.loads(RECORD.read_text("utf-8"))
    assert record["version"] == TOOLBOX_VERSION, "run `python -m tests.toolbox.answers`"
    assert sorted(record["answers"]) == sorted(answers()), "run `python -m tests.toolbox.answers`"
