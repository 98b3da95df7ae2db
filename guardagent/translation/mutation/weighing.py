"""How well the examples of a program test it: the report of every clause with its weak spots, and what is offered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from guardagent.ports import CheckRunner
from guardagent.translation.judging import Judged, judge
from guardagent.translation.mutation.offering import Offer, offers
from guardagent.translation.mutation.trying import MutantLimits, Mutation, Weakness, try_mutants
from guardagent.translation.nearby import Near
from guardagent.translation.trials import Trial
from guardagent.types import ClauseReport, Event, MutantCount, Policy

# More are counted only; a reader mends the first ones first.
SHOWN = 8


class Weighed(NamedTuple):
    """Reports with mutants counted and weak spots told, and the examples that would mend some of them."""

    reports: tuple[ClauseReport, ...]
    offered: tuple[Judged, ...] = ()
    notes: tuple[str, ...] = ()


def weigh(
    policy: Policy,
    reports: Sequence[ClauseReport],
    judged: Sequence[Judged],
    near: Sequence[Near],
    trials: Sequence[Trial],
    *,
    runner: CheckRunner,
    limits: MutantLimits,
) -> Weighed:
    """What mutants of the program show; `near` are neighbours of the examples, `trials` all others that were run."""
    generated = [trial for trial in trials if trial.example is None and trial.case and trial.result.failure is None]
    # Neighbours first: their places are those of `near`, and a mutant is rarely seen anywhere else.
    others = [*(one.trial for one in near), *_examples(judged), *generated]
    mutation = try_mutants(policy, judged, others, runner=runner, limits=limits)
    known = {j.example.id for j in judged} | {trial.example.id for trial in trials if trial.example}
    offered = offers(policy, mutation.weak, near, taken=known)
    told = tuple(_told(report, mutation, offered) for report in reports)
    return Weighed(told, tuple(_judged(policy, offer, near) for offer in offered), _notes(mutation))


def _examples(judged: Sequence[Judged]) -> list[Trial]:
    """The trials of the examples: one may be answered otherwise without becoming wrong."""
    return [j.trial for j in judged if j.trial.case is not None and j.trial.result.failure is None]


def _judged(policy: Policy, offer: Offer, near: Sequence[Near]) -> Judged:
    digest = Event.of(offer.example.event).digest
    trial = next(one.trial for one in near if one.trial.event.digest == digest)
    return judge(policy, trial._replace(example=offer.example), offer.example)


def _told(report: ClauseReport, mutation: Mutation, offered: Sequence[Offer]) -> ClauseReport:
    if report.clause not in mutation.counts:
        return report
    spots = [
        _spot(number, weakness, offered)
        for number, weakness in enumerate(mutation.weak)
        if weakness.clause == report.clause
    ]
    spots = list(dict.fromkeys(spots))
    more = [f"and {len(spots) - SHOWN} more"] if len(spots) > SHOWN else []
    return report.model_copy(update={"weak": (*spots[:SHOWN], *more), "mutants": mutation.counts[report.clause]})


def _spot(number: int, weakness: Weakness, offered: Sequence[Offer]) -> str:
    telling = next((offer.example.id for offer in offered if number in offer.notices), "")
    mend = f"; example `{telling}` would tell, please confirm it" if telling else ""
    return f"{weakness.mutant.told} every example stays right{mend}"


def _notes(mutation: Mutation) -> tuple[str, ...]:
    total = sum(mutation.counts.values(), MutantCount())
    if not total.killed + total.weak + total.same + total.untried:
        return ()
    text = f"{total.killed} of {total.killed + total.weak} faults put into the program would be noticed by an example"
    same = f"; {total.same} changed no answer that was seen" if total.same else ""
    untried = f"; {total.untried} more were not tried" if total.untried else ""
    return (text + same + untried,)


__all__ = ["Weighed", "weigh"]
