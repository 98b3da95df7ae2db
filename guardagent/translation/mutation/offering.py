"""Events that would tell a program from its unnoticed mutants, offered to the author as examples to confirm."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from guardagent.translation.judging import judge, right_with
from guardagent.translation.mutation.trying import Weakness
from guardagent.translation.nearby import Near
from guardagent.types import Example, Policy, canonical_json

PER_CLAUSE = 3
MOST = 20
NOTE = "the program's own answer; please confirm: add it to your examples if it is right"
_SHOWN = 60


class Offer(NamedTuple):
    """An example that the program labelled itself, and the mutants (by their place) that it would notice."""

    example: Example
    clause: str
    notices: frozenset[int]


def offers(
    policy: Policy, weak: Sequence[Weakness], near: Sequence[Near], *, taken: Collection[str]
) -> tuple[Offer, ...]:
    """Few examples that together notice as many mutants as can be, those that notice most first.

    `weak` holds the differences by place in `near`; places beyond it are no example's neighbours and are left alone.
    """
    candidates = [
        offer for clause in dict.fromkeys(w.clause for w in weak) for offer in _of(clause, policy, weak, near)
    ]
    chosen: list[Offer] = []
    ids = set(taken)
    left = set(range(len(weak)))
    counts: dict[str, int] = {}
    while candidates and len(chosen) < MOST:
        # Of equal ones the shorter event, and then the first one, so that the same compile offers the same.
        best = max(candidates, key=lambda o: (len(o.notices & left), -len(canonical_json(o.example.event))))
        candidates.remove(best)
        if not best.notices & left:
            break
        if counts.get(best.clause, 0) == PER_CLAUSE:
            continue
        counts[best.clause] = counts.get(best.clause, 0) + 1
        left -= best.notices
        named = _named(best, ids)
        ids.add(named.example.id)
        chosen.append(named)
    return tuple(sorted(chosen, key=lambda offer: (int(offer.clause[1:]), offer.example.id)))


def _of(clause: str, policy: Policy, weak: Sequence[Weakness], near: Sequence[Near]) -> list[Offer]:
    """What can be offered for one clause."""
    own = {number: w for number, w in enumerate(weak) if w.clause == clause}
    places = sorted({place for w in own.values() for place in w.seen if place < len(near) and near[place].sure})
    found = (_offer(clause, policy, own, place, near[place]) for place in places)
    return [offer for offer in found if offer.notices]


def _offer(clause: str, policy: Policy, own: Mapping[int, Weakness], place: int, near: Near) -> Offer:
    trial = near.trial
    bare = Example(id=near.of.id, event=trial.event.payload, expect="allow", origin="program")
    effect = judge(policy, trial, bare).result.effect
    violated = (clause,) if clause in trial.fired else ()
    note = f"like `{near.of.id}` with another `{near.pointer}`; {NOTE}"
    example = bare.model_copy(update={"expect": effect, "violated": violated, "note": note})
    judged = judge(policy, trial, example)
    notices = frozenset(
        number
        for number, w in own.items()
        if place in w.seen and not judged.result.problem and not right_with(policy, judged, clause, w.seen[place])
    )
    return Offer(example, clause, notices)


def _named(offer: Offer, taken: Collection[str]) -> Offer:
    number = 1
    while (name := f"{offer.clause}-boundary-{number}") in taken:
        number += 1
    return offer._replace(example=offer.example.model_copy(update={"id": name}))


__all__ = ["MOST", "PER_CLAUSE", "Offer", "offers"]
