"""What a benchmark is made of: items with their gold answers, judgements of them, and the suite that knows both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from guardagent.types import Event, Finding

Verdict = Literal["allow", "deny"]

Explanation = dict[str, list[str]] | list[str]
"""Why an item is denied, in the suite's own terms and in one normal form: `{table: [columns]}`, or `[rules]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to judge, with its gold answer."""

    id: str
    task: str
    """Items of one task are not independent: intervals and lookups keep them together."""
    gold: Verdict
    gold_explanation: Explanation
    event: Event | None
    """None when the item could not be read; it then counts as denied."""
    problem: str = ""
    """Why there is no event."""
    answer_right: bool | None = None
    """Whether the agent's own answer was right; None where the data does not say."""
    kind: str = ""
    """What kind of question it asks, for the floors that know nothing else."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """What it is reported under, e.g. `{"role": "nursing"}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a guard, or a floor, said to one item."""

    verdict: Verdict
    explanation: Explanation | None = None
    """None from judges that give no reasons."""
    unchanged: bool = True
    """Whether the agent's answer passed as it was; only asked of allowed items."""
    failure: str = ""
    """Why the guard could not judge; the verdict is then its fail-closed one."""
    micros: float = 0.0
    model_calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What a policy without any model says to the same items."""

    name: str
    about: str
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A result that somebody else has published."""

    value: float
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A benchmark: where its items are, which policy guards it, and how its explanations are read."""

    name: str
    title: str
    policy: Path
    """The folder with the guard request of the paper."""
    load: Callable[[Path | None], tuple[Item, ...]]
    """All items below a folder in the official layout; raises DataError."""
    explain: Callable[[Sequence[Finding]], Explanation]
    """The explanation that violated clauses give together, in normal form."""
    floors: Callable[[Sequence[Item]], tuple[Floor, ...]]
    published: Mapping[str, Published]
    """The best published result per metric."""
