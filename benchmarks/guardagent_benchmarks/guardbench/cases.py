"""Reads policies of guardbench: what the author gives, and apart from it what only the scoring may see."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guardagent.errors import DataError
from guardagent.types import AgentSpec, Example, GuardRequest
from guardagent_benchmarks.suites.files import text_of

Text = Annotated[str, Field(min_length=1)]


class LabelledEvent(BaseModel):
    """An event with the right decision and all the clauses that it breaks."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Text
    event: dict[str, Any]
    expect: Literal["allow", "deny"]
    violated: tuple[str, ...] = ()
    note: str = ""


class BenchPolicy(BaseModel):
    """One policy; `clauses` and `events` are gold and never reach a reasoner."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Text
    title: str = ""
    domain: str = ""
    kind: Text
    tier: int
    agent_specification: str
    event_schema: dict[str, Any]
    guard_request: Text
    clauses: dict[str, str]
    examples: tuple[LabelledEvent, ...] = ()
    events: tuple[LabelledEvent, ...]

    def request(self, *, allow_judgement: bool) -> GuardRequest:
        """What the author would write. The examples go without their clause ids, which only the scoring knows."""
        return GuardRequest(
            name="".join(c if c.isalnum() else "-" for c in self.id.lower())[:64].strip("-"),
            text=self.guard_request,
            agent=AgentSpec(
                name=self._agent(), description=self.agent_specification, event_schema=dict(self.event_schema)
            ),
            allow_judgement=allow_judgement,
            examples=tuple(
                Example(id=example.id, event=example.event, expect=example.expect, note=example.note)
                for example in self.examples
            ),
        )

    def spans(self) -> dict[str, tuple[int, int]]:
        """Where each gold clause stands in the request.

        Raises:
            DataError: one does not stand in it verbatim.
        """
        found = {}
        for name, text in self.clauses.items():
            start = self.guard_request.find(text)
            if start < 0:
                raise DataError(f"policy `{self.id}`: clause `{name}` does not stand in the request word for word")
            found[name] = (start, start + len(text))
        return found

    def _agent(self) -> str:
        names = {str(known.event.get("agent", "")) for known in (*self.examples, *self.events)}
        if len(names) != 1 or "" in names:
            raise DataError(f"policy `{self.id}`: its events must all come from one agent")
        return names.pop()


def load(folder: Path | None) -> tuple[BenchPolicy, ...]:
    """The policies in `folder/policies/*.yaml`, or in `folder/*.yaml`, by file name.

    Raises:
        DataError: there are none, or one is malformed.
    """
    if folder is None:
        raise DataError("guardbench: give `--data DIR`, the folder that holds `policies/*.yaml`")
    inner = folder / "policies"
    paths = sorted((inner if inner.is_dir() else folder).glob("*.yaml"))
    if not paths:
        raise DataError(f"`{folder}`: no `policies/*.yaml` in it; give the folder of guardbench")
    return tuple(_policy(path) for path in paths)


def _policy(path: Path) -> BenchPolicy:
    try:
        policy = BenchPolicy.model_validate(yaml.load(text_of(path), Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, RecursionError):
        raise DataError(f"`{path.name}`: not valid YAML; fetch it again") from None
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise DataError(f"`{path.name}`: `{place}`: {first['msg'].lower()}") from None
    policy.spans()
    for labelled in policy.events:
        unknown = sorted(set(labelled.violated) - policy.clauses.keys())
        if unknown:
            raise DataError(f"`{path.name}`: event `{labelled.id}` names a clause that is not there: `{unknown[0]}`")
    return policy
