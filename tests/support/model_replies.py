"""What a scripted model endpoint is asked and what it says, faults included."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to one chat request; build it with the functions below."""

    content: str | None = None
    refusal: str | None = None
    finish_reason: str = "stop"
    status: int = 200
    error: str = ""
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    delay: float = 0.0
    drip: float = 0.0
    hang: bool = False
    reset: bool = False
    tokens: tuple[int, int] | None = (100, 20)


def say(content: str, *, delay: float = 0.0, tokens: tuple[int, int] | None = (100, 20)) -> Reply:
    """An ordinary answer; `tokens` None leaves the usage out, as some local servers do."""
    return Reply(content=content, delay=delay, tokens=tokens)


def answer(value: object) -> Reply:
    """An ordinary answer that is the JSON text of `value`."""
    return say(json.dumps(value))


def failure(
    status: int, error: str = "scripted failure", *, retry_after: float | None = None, code: str | None = None
) -> Reply:
    """An error status with an OpenAI-shaped body."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Reply(status=status, error=error, code=code, headers=headers)


def garbage(body: bytes = b"\x00\xff<<not json") -> Reply:
    """Status 200 with bytes that are no chat completion."""
    return Reply(body=body)


def dripping(content: str, *, every: float) -> Reply:
    """An ordinary answer that comes one byte at a time, so that no single read is slow."""
    return Reply(content=content, drip=every)


def never() -> Reply:
    """No answer at all until the server is closed."""
    return Reply(hang=True)


def reset() -> Reply:
    """The connection is torn down instead of an answer."""
    return Reply(reset=True)


def cut_off(content: str) -> Reply:
    """An answer that hit the length limit."""
    return Reply(content=content, finish_reason="length")


def refuse(text: str = "I can't help with that.") -> Reply:
    """A refusal in the field made for it."""
    return Reply(refusal=text)


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One chat request as it arrived; header names are in lower case."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def messages(self) -> list[dict[str, str]]:
        """The messages, in order."""
        return list(self.body.get("messages", []))

    @property
    def text(self) -> str:
        """All message contents joined."""
        return "\n".join(str(m.get("content") or "") for m in self.messages)

    @property
    def format(self) -> str:
        """`json_schema`, `json_object` or `text`."""
        wanted = self.body.get("response_format") or {}
        return str(wanted.get("type", "text"))

    @property
    def schema_name(self) -> str:
        """The name of the JSON schema asked for; empty without one."""
        wanted = self.body.get("response_format") or {}
        return str(wanted.get("json_schema", {}).get("name", ""))
