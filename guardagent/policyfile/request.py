"""What the author wrote: request.md, agent.yaml and examples.yaml → GuardRequest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from guardagent.errors import PolicyError
from guardagent.policyfile.yamlfile import Document, parse_document, read_document, read_text
from guardagent.schema import EventSchema
from guardagent.types import AgentSpec, Example, GuardRequest, canonical_json

REQUEST, AGENT, EXAMPLES = "request.md", "agent.yaml", "examples.yaml"

_REQUEST_KEYS = ("name", "agent", "stages", "mode", "on_error", "judgement")
# By key: the field of the request, the usual value, and what each value means there.
_JUDGEMENT: Mapping[str, tuple[str, Any, Mapping[Any, Any]]] = {
    "allow": ("allow_judgement", None, {True: True, False: False}),
    "unclear": ("unclear", "deny", {"deny": "deny", "escalate": "escalate", "allow": "allow"}),
    "when_denied": ("judge_denied", "skip", {"skip": False, "ask": True}),
}
_AGENT_KEYS = ("name", "description", "event_schema")
_EXAMPLE_KEYS = ("id", "event", "expect", "violated", "note")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def load_request(folder: Path) -> GuardRequest:
    """The guard request of a policy folder.

    Raises:
        PolicyError: a file is missing or malformed; one line with file and line.
    """
    path = folder / REQUEST
    if not folder.is_dir():
        raise PolicyError(f"policy folder `{folder}`: there is no such folder; make one with `guardagent init`")
    front, text = _split(read_text(path), path)
    agent = _agent(front, folder)
    settings = front.value
    request = {
        "name": settings.get("name", _name_of(folder)),
        "text": text,
        "agent": agent,
        "stages": settings.get("stages") or (),
        "mode": settings.get("mode", "enforce"),
        "on_error": settings.get("on_error", "deny"),
        **_judgement(front),
        "examples": _examples(folder / EXAMPLES, agent.name, settings.get("stages") or ()),
    }
    return front.model(GuardRequest, request)


def _split(text: str, path: Path) -> tuple[Document, str]:
    """Front matter and prose of a request."""
    lines = text.split("\n")
    if not lines or lines[0].rstrip() != "---":
        front, prose = Document(path, {}, {}), text
    else:
        end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
        if end is None:
            raise PolicyError(f"{path}:1: the front matter has no end; close it with a line `---`")
        front = parse_document("\n".join(lines[1:end]), path, first_line=2)
        prose = "\n".join(lines[end + 1 :])
    if front.value is None:
        front = front._replace(value={})
    if not isinstance(front.value, dict):
        raise front.fault((), "the front matter must be lines of `key: value`")
    front.refuse_unknown((), front.value, _REQUEST_KEYS)
    if not prose.strip():
        raise PolicyError(f"{path}: holds no guard request; write the rules below the front matter")
    return front, prose.strip()


def _name_of(folder: Path) -> str:
    return _NOT_IN_NAMES.sub("-", folder.resolve().name.casefold()).strip("-") or "policy"


def _judgement(front: Document) -> dict[str, Any]:
    """The settings of judged clauses: `allow`, `off`, or a mapping that says more."""
    match front.value.get("judgement", "off"):
        case "allow":
            return {"allow_judgement": True}
        case "off":
            return {"allow_judgement": False}
        case dict() as given:
            front.refuse_unknown(("judgement",), given, tuple(_JUDGEMENT))
            return {
                field: _one_of(front, key, given.get(key, usual), values)
                for key, (field, usual, values) in _JUDGEMENT.items()
            }
        case _:
            raise front.fault(
                ("judgement",), "`judgement`: must be `allow` or `off`, or `{allow: true, unclear: escalate}`"
            )


def _one_of(front: Document, key: str, said: Any, values: Mapping[Any, Any]) -> Any:
    for value, meant in values.items():
        # `True` and `1` are equal, and only one of them is a setting.
        if type(said) is type(value) and said == value:
            return meant
    known = " or ".join(f"`{str(value).lower()}`" for value in values)
    raise front.fault(("judgement", key), f"`judgement.{key}`: must be {known}")


def _agent(front: Document, folder: Path) -> AgentSpec:
    """The agent: given inline, by the path of a file, or in the folder's own agent.yaml."""
    given = front.value.get("agent", AGENT)
    match given:
        case dict():
            return _agent_spec(front, given, ("agent",))
        case str():
            path = folder / given
            if "agent" in front.value and not path.is_file():
                raise front.fault(("agent",), f"`agent`: there is no file `{path}`")
            document = read_document(path)
            return _agent_spec(document, document.value, ())
        case _:
            raise front.fault(("agent",), "`agent`: must be the path of a YAML file, or the agent itself")


def _agent_spec(document: Document, value: Any, place: tuple[str, ...]) -> AgentSpec:
    if not isinstance(value, dict):
        raise document.fault(place, "an agent has the keys `name`, `description` and `event_schema`")
    document.refuse_unknown(place, value, _AGENT_KEYS)
    agent = document.model(AgentSpec, value, place)
    try:
        EventSchema.of(canonical_json(agent.event_schema))
    except PolicyError as error:
        raise document.fault((*place, "event_schema"), str(error)) from None
    except ValueError:
        raise document.fault((*place, "event_schema"), "event schema: holds a value that is not JSON") from None
    return agent


def _examples(path: Path, agent: str, stages: Any) -> tuple[Example, ...]:
    """The labelled events; agent and a single stage may be left out of them."""
    if not path.exists():
        return ()
    document = read_document(path)
    if document.value is None:
        return ()
    if not isinstance(document.value, list):
        raise document.fault((), "must be a list of examples: `- {id, event, expect, violated}`")
    usual = {"agent": agent} | ({"stage": stages[0]} if isinstance(stages, list) and len(stages) == 1 else {})
    examples = tuple(_example(document, index, value, usual) for index, value in enumerate(document.value))
    first_of: dict[str, int] = {}
    for index, example in enumerate(examples):
        if first_of.setdefault(example.id, index) != index:
            raise document.fault((index, "id"), f"`id`: example `{example.id}` stands twice")
    return examples


def _example(document: Document, index: int, value: Any, usual: dict[str, str]) -> Example:
    if not isinstance(value, dict):
        raise document.fault((index,), "an example has the keys `id`, `event`, `expect` and `violated`")
    document.refuse_unknown((index,), value, _EXAMPLE_KEYS)
    event = value.get("event")
    completed = value | {"id": str(value.get("id", f"e{index + 1}"))}
    if isinstance(event, dict):
        completed["event"] = usual | event
    return document.model(Example, completed, (index,))
