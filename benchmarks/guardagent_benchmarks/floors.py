"""What can be scored without any model, and mostly without reading the policy: the least that a guard must beat.

Lookups are fitted on the items at hand, but never on the task of the item that they judge: an item's own label, and
those of the same question under another role or profile, are left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence

from guardagent_benchmarks.suites.suite import Floor, Item, Judgement, Verdict


def always_allow(items: Sequence[Item]) -> Floor:
    """The floor of having no guard at all."""
    return Floor(name="always allow", about="no guard", judgements=(Judgement(verdict="allow"),) * len(items))


def majority(items: Sequence[Item]) -> Floor:
    """The floor of always giving the answer that is more frequent; deny where both are."""
    verdict = _leading(Counter(item.gold for item in items))
    return Floor(name="majority", about=f"always {verdict}", judgements=(Judgement(verdict=verdict),) * len(items))


def lookup(name: str, about: str, items: Sequence[Item], key: Callable[[Item], Hashable]) -> Floor:
    """The floor of answering as most other items with the same key are labelled."""
    by_key: defaultdict[Hashable, Counter[Verdict]] = defaultdict(Counter)
    by_task: defaultdict[tuple[Hashable, str], Counter[Verdict]] = defaultdict(Counter)
    for item in items:
        by_key[key(item)][item.gold] += 1
        by_task[key(item), item.task][item.gold] += 1
    return Floor(
        name=name,
        about=about,
        judgements=tuple(
            Judgement(verdict=_leading(by_key[key(item)] - by_task[key(item), item.task])) for item in items
        ),
    )


def _leading(counts: Counter[Verdict]) -> Verdict:
    # Nothing defaults to allow, not even a floor.
    return "allow" if counts["allow"] > counts["deny"] else "deny"
