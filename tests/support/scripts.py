"""Recorded compiles of made-up policies: the request, what a model answered step by step, and what must come of it."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from guardagent.reasoners.scripted import Script
from guardagent.types import ClauseStatus, GuardRequest
from tests.support.model_replies import Reply, say

FOLDER = Path(__file__).parent.parent / "cases" / "scripted"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


class Outcome(BaseModel):
    """What a compile that replays the script must come to."""

    model_config = ConfigDict(extra="forbid")

    repairs: int
    publishable: bool
    statuses: dict[str, ClauseStatus]


class ScriptedCompile(BaseModel):
    """A request with its script and outcome."""

    model_config = ConfigDict(extra="forbid")

    note: str
    request: GuardRequest
    script: Script
    outcome: Outcome

    @property
    def replies(self) -> list[Reply]:
        """The script as replies of a model server, in the order in which a compile asks."""
        said = [*self.script.plan, *self.script.examples]
        programs = [say(f"```python\n{answer.source.rstrip()}\n```") for answer in self.script.code]
        return [*(say(answer.model_dump_json()) for answer in said), *programs]


def load(name: str) -> ScriptedCompile:
    """The recorded compile `name`."""
    return ScriptedCompile.model_validate(json.loads((FOLDER / f"{name}.json").read_text("utf-8")))
