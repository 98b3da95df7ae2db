"""From whatever was handed in to an event under judgement; nothing that is handed in can raise here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from guardagent.combine import PolicyVerdict
from guardagent.errors import EventError
from guardagent.types import Event, Failure, PolicyUse, Stage, TokenUsage, digest_of

Checkable = Event | Mapping[str, Any] | str | bytes

_STAGES = frozenset(get_args(Stage))
_MAX_AGENT = 200


@dataclass(slots=True)
class Job:
    """One event on its way to a decision; `event` is None exactly when `failure` says why."""

    agent: str
    stage: Any
    digest: str
    event: Event | None = None
    failure: Failure | None = None
    verdicts: list[PolicyVerdict] = field(default_factory=list)
    uses: list[PolicyUse] = field(default_factory=list)
    facts_seconds: float = 0.0
    program_seconds: float = 0.0
    usage: TokenUsage = field(default_factory=TokenUsage)


def open_job(given: Checkable) -> Job:
    """The job of an event; of one that cannot be read, a job that has failed."""
    try:
        event = _read(given)
        return Job(event.agent, event.stage, event.digest, event)
    except EventError as error:
        return _unreadable(given, Failure(code="invalid_event", message=str(error)))
    except Exception as error:
        return _unreadable(given, Failure(code="invalid_event", message=f"event: unreadable ({type(error).__name__})"))


def _read(given: Checkable) -> Event:
    match given:
        case Event():
            # Built without `of` or `parse`, nobody has looked at its size, depth and numbers yet.
            return given if "canonical" in given.__dict__ else Event.of(given.model_dump())
        case str() | bytes():
            return Event.parse(given)
        case Mapping():
            return Event.of(dict(given))
        case _:
            raise EventError("event: must be an `Event`, a mapping or JSON text")


def _unreadable(given: Checkable, failure: Failure) -> Job:
    agent, stage = _labels(given)
    return Job(agent, stage, _raw_digest(given), failure=failure)


def _labels(given: Checkable) -> tuple[str, str]:
    """The agent and stage of an event that is broken elsewhere, `unknown` where they cannot be trusted."""
    if not isinstance(given, dict):
        return "unknown", "unknown"
    agent, stage = given.get("agent"), given.get("stage")
    known = isinstance(agent, str) and 0 < len(agent) <= _MAX_AGENT and agent.isprintable()
    return (str(agent) if known else "unknown"), (stage if isinstance(stage, str) and stage in _STAGES else "unknown")


def _raw_digest(given: Checkable) -> str:
    """The digest of what was handed in, so that the decision can be found again; empty where there is no text."""
    match given:
        case str():
            return digest_of(given)
        case bytes():
            return digest_of(given.decode("utf-8", "surrogateescape"))
        case _:
            return ""
