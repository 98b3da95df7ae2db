"""What a compile carries from node to node: plain JSON values only, so that any checkpoint can be read back.

Nouns are written with `dump` and read back with the small readers below; no model object is ever kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

from guardagent.ports import Brief
from guardagent.types import (
    Clause,
    Demonstration,
    Example,
    GuardRequest,
    Noun,
    Plan,
    TokenUsage,
    ToolDoc,
    canonical_json,
    digest_of,
)

# Part of every thread id: a checkpoint of another shape is never resumed.
STATE_VERSION = 2

Json = dict[str, Any]


class State(TypedDict, total=False):
    """The state of one compile; a key is absent until its node has run."""

    request: Json
    clauses: list[Json]
    demonstrations: list[Json]
    plan: Json
    plan_problems: list[str]
    plan_rounds: int
    examples: list[Json]
    notes: list[str]
    source: str
    vetting: Json
    best: Json
    best_examples: list[Json]
    repairs: int
    stuck: bool
    usage: Json
    report: Json


def thread_of(request: GuardRequest, *, reasoner: str, toolbox_version: str) -> str:
    """The id under which a compile is resumed: the same work by the same reasoner and toolbox, or none."""
    parts = [STATE_VERSION, request.model_dump(mode="json"), reasoner, toolbox_version]
    return digest_of(canonical_json(parts))


def start_of(request: GuardRequest) -> State:
    """The state before the first node."""
    return State(request=dump(request), repairs=0, plan_rounds=0, stuck=False, notes=[], usage=dump(TokenUsage()))


def dump(noun: Noun) -> Json:
    """A noun as plain JSON values."""
    return noun.model_dump(mode="json")


def dump_all(nouns: Iterable[Noun]) -> list[Json]:
    """Nouns as plain JSON values, in order."""
    return [dump(noun) for noun in nouns]


def request_of(state: State) -> GuardRequest:
    """The guard request."""
    return GuardRequest.model_validate(state["request"])


def clauses_of(state: State) -> tuple[Clause, ...]:
    """The clauses of the request."""
    return tuple(Clause.model_validate(clause) for clause in state["clauses"])


def plan_of(state: State) -> Plan:
    """The plan as it stands."""
    return Plan.model_validate(state["plan"])


def examples_of(state: State) -> tuple[Example, ...]:
    """The author's and the proposed examples; only the author's before any was proposed."""
    if "examples" not in state:
        return request_of(state).examples
    return tuple(Example.model_validate(example) for example in state["examples"])


def vetted_examples_of(state: State) -> tuple[Example, ...]:
    """The examples with which the best source was vetted; a later repair may have changed them."""
    if "best_examples" not in state:
        return examples_of(state)
    return tuple(Example.model_validate(example) for example in state["best_examples"])


def brief_of(state: State, tools: tuple[ToolDoc, ...]) -> Brief:
    """What the reasoner may see: the author's material, tools and demonstrations."""
    return Brief(
        request=request_of(state),
        clauses=clauses_of(state),
        tools=tools,
        demonstrations=tuple(Demonstration.model_validate(d) for d in state["demonstrations"]),
    )


def usage_of(state: State) -> TokenUsage:
    """Model calls and tokens of all nodes so far, also of those before an interruption."""
    return TokenUsage.model_validate(state["usage"])
