"""What became of each sentence from one revision to the next."""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple

from guardagent.types import Draft

# From 0 to 1; a changed number or word leaves a sentence well above this.
_ALIKE = 0.75


class StatusChange(NamedTuple):
    """A sentence with its status on each side; empty where it does not stand there."""

    sentence: str
    before: str
    after: str


def reworded(before: Draft, after: Draft) -> dict[str, str]:
    """The sentences that stand only in the old request, with those of the new one that are much like them."""
    old, new = ([clause.text for clause in draft.clauses] for draft in (before, after))
    left = [text for text in new if text not in old]
    found: dict[str, str] = {}
    for text in old:
        near = get_close_matches(text, left, n=1, cutoff=_ALIKE) if text not in new else []
        if near:
            found[text] = near[0]
            left.remove(near[0])
    return found


def status_changes(before: Draft, after: Draft) -> tuple[StatusChange, ...]:
    """The sentences whose status is another one, in the order of the new request and then of the old one."""
    words = {_line(one): _line(other) for one, other in reworded(before, after).items()}
    old = {words.get(text, text): status for text, status in _statuses(before).items()}
    new = _statuses(after)
    texts = dict.fromkeys([*new, *old])
    changes = (StatusChange(text, old.get(text, ""), new.get(text, "")) for text in texts)
    return tuple(change for change in changes if change.before != change.after)


def _statuses(draft: Draft) -> dict[str, str]:
    return {_line(report.text): report.status for report in draft.report.clauses}


def _line(text: str) -> str:
    return " ".join(text.split())


__all__ = ["StatusChange", "reworded", "status_changes"]
