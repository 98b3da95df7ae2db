"""The examples of a draft: the author's as they are, and of the proposed ones those that can be used."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from guardagent.errors import EventError, PolicyError
from guardagent.schema import EventSchema
from guardagent.types import Clause, Event, Example, GuardRequest, Revision, canonical_json

# More than this tells nothing new and makes each vetting and each prompt slow.
MAX_PROPOSED = 200


class Merged(NamedTuple):
    """The examples to vet with, and one line for each proposed one that was dropped."""

    examples: tuple[Example, ...]
    notes: tuple[str, ...]


def merge(request: GuardRequest, clauses: Sequence[Clause], proposed: Sequence[Example]) -> Merged:
    """The author's examples, unchanged and first, then the usable proposed ones under ids of their own."""
    kept: list[Example] = list(request.examples)
    notes: list[str] = []
    ids = {example.id for example in kept}
    seen = {_key(example.event): example for example in reversed(kept)}
    for example in (_completed(example, request) for example in proposed[:MAX_PROPOSED]):
        reason = _unusable(example, request, clauses, seen)
        if reason:
            notes.append(f"proposed example `{example.id}` was dropped: {reason}")
            continue
        named = example.model_copy(update={"id": _free_id(example.id, ids)})
        ids.add(named.id)
        seen[_key(named.event)] = named
        kept.append(named)
    if len(proposed) > MAX_PROPOSED:
        notes.append(f"{len(proposed) - MAX_PROPOSED} proposed examples were dropped: at most {MAX_PROPOSED} are used")
    return Merged(tuple(kept), tuple(notes))


def revised(
    examples: Sequence[Example], revisions: Sequence[Revision], disputed: Collection[str], clauses: Sequence[Clause]
) -> Merged:
    """The examples with wrong labels corrected, and one line for each revision, also for a refused one.

    Only proposed examples about which the program and the label disagree can be revised, each with a reason.
    """
    found = {example.id: example for example in examples}
    notes: list[str] = []
    for revision in {one.example: one for one in revisions}.values():
        example = found.get(revision.example)
        new = example and _relabelled(example, revision)
        refusal = _refused(example, new, revision, disputed, clauses)
        if refusal or example is None:
            notes.append(f"a new label for example `{revision.example}` was refused: {refusal}")
            continue
        if new is None:
            del found[example.id]
        else:
            found[example.id] = new
        said = (
            f"relabelled from {_label(example)} to {_label(new)}" if new else f"withdrawn (it said {_label(example)})"
        )
        notes.append(f"proposed example `{example.id}` was {said} while the program was mended: {revision.reason}")
    return Merged(tuple(found.values()), tuple(notes))


def _relabelled(example: Example, revision: Revision) -> Example | None:
    """The example with its new label; None when it is withdrawn."""
    if revision.expect is None:
        return None
    note = f"{example.note} (relabelled: {revision.reason})".strip()
    return example.model_copy(update={"expect": revision.expect, "violated": revision.violated, "note": note})


def _refused(
    example: Example | None,
    new: Example | None,
    revision: Revision,
    disputed: Collection[str],
    clauses: Sequence[Clause],
) -> str:
    if example is None:
        return "there is no such example"
    if example.origin == "author":
        return "it is the author's, and the author is right"
    if example.id not in disputed:
        return "the program agrees with it"
    if not revision.reason.strip():
        return "no reason was given"
    return (new and label_problem(new, clauses)) or ""


def _label(example: Example) -> str:
    return f"{example.expect} by {', '.join(example.violated)}" if example.violated else example.expect


def check_author_examples(request: GuardRequest) -> None:
    """Refuses examples of the author that are no events at all, or that share an id.

    Raises:
        PolicyError: names the example and what is wrong with it.
    """
    seen: set[str] = set()
    for example in request.examples:
        if example.id in seen:
            raise PolicyError(f"example `{example.id}`: two examples have this id; give each its own")
        seen.add(example.id)
        try:
            Event.of(example.event)
        except EventError as error:
            raise PolicyError(f"example `{example.id}`: {error}") from None


def event_problem(event: dict[str, Any], request: GuardRequest) -> str | None:
    """Why the policy could not judge `event`, in one line; None for one that it can judge."""
    try:
        parsed = Event.of(event)
    except EventError as error:
        return str(error)
    if parsed.agent != request.agent.name:
        return f"its agent is `{parsed.agent}`, the policy is about `{request.agent.name}`"
    if request.stages and parsed.stage not in request.stages:
        return f"the policy does not apply at stage `{parsed.stage}`, only at {', '.join(request.stages)}"
    return EventSchema.of(canonical_json(request.agent.event_schema)).problem(parsed.payload)


def label_problem(example: Example, clauses: Sequence[Clause]) -> str | None:
    """What is wrong with the clause ids that an example names; None when they can be violated."""
    rules = [clause.id for clause in clauses if clause.kind == "rule"]
    strange = [clause for clause in example.violated if clause not in rules]
    if strange:
        return f"it names `{strange[0]}`, which is no rule clause; the rules are {', '.join(rules) or 'none'}"
    return None


def contradictory(examples: Sequence[Example]) -> dict[str, str]:
    """Ids of the author's examples that label one event differently, each with the id of another one that does."""
    by_event: dict[str, list[Example]] = {}
    for example in examples:
        if example.origin == "author":
            by_event.setdefault(_key(example.event), []).append(example)
    found: dict[str, str] = {}
    for same in by_event.values():
        for example in same:
            other = next((e for e in same if e.expect != example.expect), None)
            if other:
                found[example.id] = other.id
    return found


def _completed(example: Example, request: GuardRequest) -> Example:
    """A proposed example with what a proposer may leave out: the agent, and the stage where there is one only."""
    event: dict[str, Any] = {"agent": request.agent.name} | example.event
    if len(request.stages) == 1:
        event = {"stage": request.stages[0]} | event
    return example.model_copy(update={"event": event, "origin": "proposed"})


def _unusable(
    example: Example, request: GuardRequest, clauses: Sequence[Clause], seen: dict[str, Example]
) -> str | None:
    problem = event_problem(example.event, request) or label_problem(example, clauses)
    if problem:
        return problem
    same = seen.get(_key(example.event))
    if same is None:
        return None
    verb = "repeats" if same.expect == example.expect else "contradicts"
    return f"it {verb} example `{same.id}` on the same event"


def _free_id(wanted: str, taken: Collection[str]) -> str:
    """`wanted`, with a number behind it where another example has that id."""
    if wanted not in taken:
        return wanted
    return next(name for n in range(2, len(taken) + 3) if (name := f"{wanted}-{n}") not in taken)


def _key(event: dict[str, Any]) -> str:
    return canonical_json(event)
