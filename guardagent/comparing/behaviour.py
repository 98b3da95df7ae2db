"""Which events two revisions of a policy answer otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from guardagent.comparing.events import Asked, events_of
from guardagent.comparing.facts import ConsistentFacts
from guardagent.comparing.statuses import reworded
from guardagent.guard import Guard
from guardagent.ports import CheckRunner, FactResolver
from guardagent.translation.judging import draft_policy
from guardagent.types import Decision, Draft, Effect, Policy, Waiver

FlipKind = Literal["widening", "narrowing", "other"]

_SEVERITY: dict[Effect, int] = {"allow": 0, "escalate": 1, "deny": 2}


class Revision(NamedTuple):
    """One side of a comparison: a draft that has a program, and the clauses that it does not enforce."""

    draft: Draft
    waivers: tuple[Waiver, ...] = ()

    @property
    def policy(self) -> Policy:
        """What the draft would enforce, whatever its mode."""
        assert self.draft.program is not None
        policy = draft_policy(self.draft.request, self.draft.clauses, self.draft.program)
        return policy.model_copy(update={"waivers": self.waivers})


class Said(NamedTuple):
    """What one side says to an event: effect, whether the guard broke, and the sentences that are violated."""

    effect: Effect
    failed: bool
    clauses: tuple[str, ...]
    sentences: tuple[str, ...]
    redactions: tuple[tuple[str, int | None, int | None], ...] = ()

    @property
    def decides(self) -> tuple[object, ...]:
        """What makes two answers the same; the numbering of sentences does not."""
        return self.effect, self.failed, frozenset(self.sentences), self.redactions


class Flip(NamedTuple):
    """Events that the two sides answer in the same two ways: how many there are, and the one that shows it best."""

    kind: FlipKind
    asked: Asked
    before: Said
    after: Said
    events: int = 1


class Behaviour(NamedTuple):
    """All flips, examples first, and how many events both sides were asked about."""

    flips: tuple[Flip, ...]
    examples: int
    generated: int

    def number_of(self, kind: FlipKind) -> int:
        """The events that flip this way."""
        return sum(flip.events for flip in self.flips if flip.kind == kind)


def compare(before: Revision, after: Revision, *, runner: CheckRunner, facts: FactResolver) -> Behaviour:
    """Where the two revisions differ, on the examples of both and on events made for both; no model is asked."""
    asked = events_of((before.draft, after.draft))
    known = ConsistentFacts(facts)
    events = [one.event for one in asked]
    old, new = (
        Guard(policies=[side.policy], runner=runner, facts=known).check_many(events) for side in (before, after)
    )
    new_words = reworded(before.draft, after.draft)
    pairs = zip(asked, old, new, strict=True)
    found = [_flip(one, _said(was, new_words), _said(now, {})) for one, was, now in pairs]
    examples = sum(bool(one.example) for one in asked)
    return Behaviour(_grouped([flip for flip in found if flip]), examples, len(asked) - examples)


def _said(decision: Decision, new_words: dict[str, str]) -> Said:
    found = decision.violations
    redactions = tuple(sorted((o.pointer, o.start, o.end) for o in decision.obligations))
    sentences = tuple(new_words.get(finding.quote, finding.quote) for finding in found)
    clauses = tuple(finding.clause for finding in found)
    return Said(decision.effect, decision.failed, clauses, sentences, redactions)


def _flip(asked: Asked, before: Said, after: Said) -> Flip | None:
    if before.decides == after.decides:
        return None
    step = _SEVERITY[after.effect] - _SEVERITY[before.effect]
    return Flip("narrowing" if step > 0 else "widening" if step < 0 else "other", asked, before, after)


def _grouped(flips: Sequence[Flip]) -> tuple[Flip, ...]:
    """Examples each for themselves; of made events that flip alike the shortest, with their number."""
    groups: dict[tuple[object, ...], Flip] = {}
    for flip in flips:
        key = (flip.kind, flip.before.decides, flip.after.decides, flip.asked.example)
        known = groups.get(key)
        if known is None:
            groups[key] = flip
        else:
            # An event beside an example says more to a reader than one made by chance.
            best = min(known, flip, key=lambda f: (f.asked.made == "generated", len(f.asked.event.canonical)))
            groups[key] = best._replace(events=known.events + 1)
    order = {"widening": 0, "narrowing": 1, "other": 2}
    return tuple(sorted(groups.values(), key=lambda f: (not f.asked.example, order[f.kind], f.asked.example)))


__all__ = ["Behaviour", "Flip", "FlipKind", "Revision", "Said", "compare"]
