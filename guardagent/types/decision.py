"""What the guard answers: findings and decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from guardagent.types.base import Noun
from guardagent.types.event import Stage
from guardagent.types.program import Waiver
from guardagent.types.request import Effect, Mode

Outcome = Literal["pass", "violation", "not_applicable", "error"]
Remedy = Literal["deny", "escalate", "redact"]

FailureCode = Literal[
    "invalid_event", "no_policy", "rejected_program", "timeout", "crash", "escape_attempt", "budget", "memory",
    "bad_reply", "program_error", "bad_answer", "fact_failed", "quarantined", "overload", "unavailable", "internal",
]  # fmt: skip


class Failure(Noun):
    """Why the guard itself could not answer. Never holds content of the event."""

    code: FailureCode
    message: str


class Finding(Noun):
    """What one clause concluded about one event, with the author's words."""

    policy: str
    clause: str
    quote: str = Field(default="", description="The author's sentence, verbatim.")
    outcome: Outcome
    remedy: Remedy = Field(default="deny", description="What a violation asks for.")
    message: str = ""
    details: Any = None
    evidence: tuple[str, ...] = Field(default=(), description="JSON pointers into the event.")
    failure: Failure | None = Field(default=None, description="Set exactly when the outcome is `error`.")


class Obligation(Noun):
    """What the caller must do before it uses an allowed event."""

    kind: Literal["redact"] = "redact"
    pointer: str = Field(description="JSON pointer of the text to redact.")
    start: int | None = None
    end: int | None = None
    policy: str
    clause: str


class PolicyUse(Noun):
    """A policy revision that took part in a decision."""

    name: str
    revision: str
    mode: Mode
    waivers: tuple[Waiver, ...] = ()


class Timings(Noun):
    """Where the time of a check went, in microseconds."""

    total_us: float = 0.0
    facts_us: float = 0.0
    program_us: float = 0.0


class Decision(Noun):
    """The answer to one event.

    `failed` says that the guard itself broke and `effect` comes from `on_error`; it is never set on a true denial.
    """

    id: str
    effect: Effect
    failed: bool
    failure: Failure | None = Field(default=None, description="The failure that decided, when `failed`.")
    findings: tuple[Finding, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    policies: tuple[PolicyUse, ...] = ()
    agent: str
    stage: Stage | Literal["unknown"]
    event_digest: str
    at: datetime
    timings: Timings = Timings()
    notes: tuple[str, ...] = Field(default=(), description="What a reader must know, e.g. a missing sandbox layer.")
    model_calls: int = Field(default=0, description="Model calls made for this check; 0 unless judgement is allowed.")
    model_tokens: int = Field(default=0, description="Tokens of those calls, where the endpoint counts them.")

    @property
    def violations(self) -> tuple[Finding, ...]:
        """The findings that say that a clause was violated."""
        return tuple(f for f in self.findings if f.outcome == "violation")
