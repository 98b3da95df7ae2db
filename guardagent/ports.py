"""The seams: what the core needs from the outside, as Protocols over the nouns.

Each port has a fake that ships with the package and a contract suite that runs on the fake and the real part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable

from guardagent.types import (
    Clause,
    Decision,
    Demonstration,
    Event,
    Example,
    FactSpec,
    FactValue,
    Failure,
    GuardRequest,
    Inspection,
    Plan,
    Policy,
    Program,
    Retrieved,
    Revision,
    TokenUsage,
    ToolDoc,
)


class Brief(NamedTuple):
    """Everything a reasoner may see: the author's material and what helps to translate it."""

    request: GuardRequest
    clauses: tuple[Clause, ...]
    tools: tuple[ToolDoc, ...] = ()
    demonstrations: tuple[Demonstration, ...] = ()
    # Only the per-event mode of the paper sets it; a compile never shows live text to a reasoner.
    event: Event | None = None


class Coded(NamedTuple):
    """A source, and the proposed examples whose labels its coder found wrong while mending it."""

    source: str
    revisions: tuple[Revision, ...] = ()


class Reasoner(Protocol):
    """Fills in plan, examples and code. Raises ReasonerError when it cannot do its part."""

    @property
    def name(self) -> str:
        """What reports call it, e.g. `offline` or `openai:gpt-x`."""
        ...

    @property
    def usage(self) -> TokenUsage:
        """Model calls and tokens so far."""
        ...

    async def plan(self, brief: Brief, *, problems: Sequence[str] = (), previous: Plan | None = None) -> Plan:
        """A plan in which every rule clause stands in a step or in a gap; `problems` of `previous` are mended."""
        ...

    async def examples(self, brief: Brief, plan: Plan) -> tuple[Example, ...]:
        """Proposed events for each clause: violating, compliant, boundary."""
        ...

    async def code(
        self, brief: Brief, plan: Plan, examples: Sequence[Example], *, source: str = "", failures: Sequence[str] = ()
    ) -> Coded:
        """Source in the guard language; with `failures`, a mended version of `source`."""
        ...


class RunCase(NamedTuple):
    """One event with its resolved facts, as canonical JSON texts."""

    event: str
    facts: str = "{}"


class Answer(NamedTuple):
    """What one clause function gave back for one event; `failure` is set exactly when the outcome is `error`."""

    clause: str
    outcome: str
    remedy: str = "deny"
    message: str = ""
    details: object = None
    evidence: tuple[str, ...] = ()
    redactions: tuple[tuple[str, int | None, int | None], ...] = ()
    failure: Failure | None = None


class RunResult(NamedTuple):
    """Answers of all clauses for one event, or the failure that prevented them."""

    answers: tuple[Answer, ...] = ()
    failure: Failure | None = None


class CheckRunner(Protocol):
    """Compiles and runs programs where they can do no harm."""

    @property
    def confinement(self) -> str:
        """What holds the program: `kernel`, `language` or `none`."""
        ...

    def inspect(self, source: str, *, tenant: str = "") -> Inspection:
        """What the compiler reads in `source`; a rejected source gives errors with lines, never an exception."""
        ...

    def run(self, program: Program, cases: Sequence[RunCase], *, tenant: str = "") -> tuple[RunResult, ...]:
        """One result per case, in order. Whatever goes wrong is a failure in the result.

        What a program could leave behind, only programs and events of the same `tenant` may meet.
        """
        ...

    def close(self) -> None:
        """Ends all workers; closing twice is harmless."""
        ...


@runtime_checkable
class AsyncCheckRunner(CheckRunner, Protocol):
    """A runner that coroutines need not ask in a thread."""

    async def arun(self, program: Program, cases: Sequence[RunCase], *, tenant: str = "") -> tuple[RunResult, ...]:
        """As `run`, without holding up the event loop."""
        ...


class Question(NamedTuple):
    """A fact that only a model can tell, with the texts of the event that it is about, by JSON pointer."""

    spec: FactSpec
    texts: Mapping[str, str]
    # The author's sentences that rest on it.
    clauses: tuple[str, ...] = ()


class Judgement(NamedTuple):
    """What a model made of questions: by fact one of its options or `unclear`, or why there is no answer."""

    answers: Mapping[str, str] = {}
    failures: Mapping[str, Failure] = {}
    # JSON pointers of the texts in which the evidence was found.
    evidence: Mapping[str, tuple[str, ...]] = {}
    usage: TokenUsage = TokenUsage()


class FactResolver(Protocol):
    """Answers the facts that a program declares, outside the sandbox."""

    def resolve(
        self, specs: Sequence[FactSpec], event: Event, *, allow_judgement: bool
    ) -> Mapping[str, FactValue | Question]:
        """A value for each spec, or what to ask a model; raises FactError when one cannot be had."""
        ...

    async def judge(self, questions: Sequence[Question]) -> Judgement:
        """The answers to the questions about one event, by one model call at most; never raises."""
        ...

    @property
    def judged_at(self) -> str:
        """Where texts go that a model judges, such as `a host on this machine`; never an address."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors of length 1."""

    @property
    def name(self) -> str:
        """Identifies model and settings; an index built under another name is rebuilt."""
        ...

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector per text, in order, each of Euclidean length 1 (a text without content: all zeros)."""
        ...


class DemonstrationStore(Protocol):
    """Holds demonstrations and finds the ones worth showing."""

    def add(self, demonstration: Demonstration) -> None:
        """Stores it; one with the same id is replaced."""
        ...

    def list(self) -> tuple[Demonstration, ...]:
        """All of them, by id."""
        ...

    def search(self, request: str, specification: str, *, k: int = 4) -> tuple[Retrieved, ...]:
        """At most k of the nearest, diverse, best first."""
        ...


class PolicyStore(Protocol):
    """Where published policies are."""

    def policies(self) -> tuple[Policy, ...]:
        """The revision in force of each policy, by name."""
        ...


class DecisionLog(Protocol):
    """Where decisions are recorded, before the caller sees them."""

    def append(self, decision: Decision) -> None:
        """Records one decision; raises when it cannot, and then the check fails closed."""
        ...


class Clock(Protocol):
    """The time, so that tests can set it."""

    def now(self) -> datetime:
        """The current time, with its zone."""
        ...


__all__ = [
    "Answer",
    "AsyncCheckRunner",
    "Brief",
    "CheckRunner",
    "Clock",
    "DecisionLog",
    "DemonstrationStore",
    "Embedder",
    "FactResolver",
    "Judgement",
    "PolicyStore",
    "Question",
    "Reasoner",
    "RunCase",
    "RunResult",
]
