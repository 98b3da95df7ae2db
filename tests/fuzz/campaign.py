"""Runs every property on random material for as long as wanted, and tells what broke: `--help` says how."""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from guardagent_toolbox.sandbox import Sandbox
from tests.fuzz.choosing import Maker
from tests.fuzz.event_oracle import check_event_text, check_spellings
from tests.fuzz.hostile import hostile_program
from tests.fuzz.json_texts import event_text, spelled_twice
from tests.fuzz.programs import event, program, several_events
from tests.fuzz.properties import a_hostile_program, a_program, a_python_program, check_meaning, check_program
from tests.fuzz.workers import LIMITS, Twins


class Part(NamedTuple):
    """A property and what makes its material."""

    name: str
    makers: tuple[Maker[Any], ...]
    check: Callable[..., None]


IN_PROCESS: Final = (
    Part("programs", (a_program, event), check_program),
    Part("hostile programs", (a_hostile_program, event), check_program),
    Part("meaning", (a_python_program, event), check_meaning),
    Part("event texts", (event_text,), check_event_text),
    Part("event spellings", (spelled_twice,), check_spellings),
)


def parts_with_workers(sandbox: Sandbox) -> tuple[Part, ...]:
    """The properties that need confined workers."""
    twins = Twins(sandbox)
    return (
        Part("workers", (program, several_events), twins.check),
        Part("hostile workers", (hostile_program, several_events), twins.check),
    )


class Find(NamedTuple):
    """What broke a property, and the shortest material so far that broke it in this way."""

    part: str
    error: str
    material: tuple[Any, ...]


class Campaign:
    """Tries parts in turn, always on new material; goes on after what it finds."""

    def __init__(self, parts: Sequence[Part], *, seed: int) -> None:
        self.tally: Counter[str] = Counter()
        self.finds: dict[str, Find] = {}
        self._parts = parts
        self._random = random.Random(seed)

    def run(self, seconds: float) -> None:
        """Goes on until the time is over."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for part in self._parts:
                material = tuple(maker(self._random.choice) for maker in part.makers)
                try:
                    part.check(*material, self.tally)
                # Whatever the code under test raises is a find.
                except Exception as error:
                    self._note(part, error, material)

    def _note(self, part: Part, error: Exception, material: tuple[Any, ...]) -> None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        text = f"{type(error).__name__}: {error}"
        key = f"{part.name} {last.filename}:{last.lineno} {text[:60]}"
        known = self.finds.get(key)
        if known is None or len(repr(material)) < len(repr(known.material)):
            self.finds[key] = Find(part.name, f"{text}  ({last.filename}:{last.lineno})", material)


def main() -> int:
    """0 when every property held, 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.campaign", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long to go on (default: 10)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="to repeat a campaign")
    chosen = parser.parse_args()
    with Sandbox(LIMITS) as sandbox:
        campaign = Campaign((*IN_PROCESS, *parts_with_workers(sandbox)), seed=chosen.seed)
        campaign.run(chosen.minutes * 60)
    print(f"seed {chosen.seed}: " + ", ".join(f"{count} {what}" for what, count in campaign.tally.items()))
    for part, error, material in campaign.finds.values():
        print(f"\n== {part}: {error}", *material, sep="\n")
    return 1 if campaign.finds else 0


if __name__ == "__main__":
    sys.exit(main())
