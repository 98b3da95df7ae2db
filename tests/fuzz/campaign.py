"""Runs every property on random material for as long as wanted, and tells what broke: `--help` says how."""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from guardagent_toolbox.sandbox import Sandbox
from tests.fuzz.deceivers import Deceiver
from tests.fuzz.hostile import hostile_program
from tests.fuzz.parts import IN_PROCESS, Part
from tests.fuzz.programs import program, several_events
from tests.fuzz.reply_texts import deceit
from tests.fuzz.workers import LIMITS, Twins
from tests.hostile.arena import BUILDS

# What they take are 60 MB. A program that got round its budget must not take the machine with it.
_MEMORY_MB: Final = 2_000
# More kinds than that help nobody, and each holds its material.
_MOST_FINDS: Final = 50

WITH_WORKERS: Final = ("workers", "hostile workers", "deceits")
NAMES: Final = (*(part.name for part in IN_PROCESS), *WITH_WORKERS)


@contextmanager
def parts_of(names: Sequence[str]) -> Iterator[tuple[Part, ...]]:
    """The parts of these names, with the sandboxes that they need."""
    with ExitStack() as stack:
        parts = [part for part in IN_PROCESS if part.name in names]
        if {"workers", "hostile workers"} & set(names):
            parts += twin_parts(stack.enter_context(Sandbox(LIMITS)))
        if "deceits" in names:
            bare = stack.enter_context(Sandbox(LIMITS, zygote=BUILDS["bare"]))
            parts.append(Part("deceits", (deceit,), Deceiver(bare).check))
        yield tuple(part for part in parts if part.name in names)


def twin_parts(sandbox: Sandbox) -> tuple[Part, ...]:
    """The parts that compare the workers of a sandbox with this process."""
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
        """The material of a part depends on nothing but its name and the seed."""
        self.tally: Counter[str] = Counter()
        self.finds: dict[str, Find] = {}
        self._parts = [(part, random.Random(f"{seed} {part.name}")) for part in parts]

    def run(self, seconds: float) -> None:
        """Goes on until the time is over; each part gets the same share of it."""
        until = time.monotonic() + seconds
        spent = dict.fromkeys((part.name for part, _source in self._parts), 0.0)
        while (started := time.monotonic()) < until:
            part, source = min(self._parts, key=lambda one: spent[one[0].name])
            self.attempt(part, source)
            spent[part.name] += time.monotonic() - started

    def run_times(self, times: int) -> None:
        """Tries every part so many times."""
        for part, source in self._parts:
            for _ in range(times):
                self.attempt(part, source)

    def attempt(self, part: Part, source: random.Random) -> None:
        """Tries a part once."""
        material = tuple(maker(source.choice) for maker in part.makers)
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
        shorter = known is not None and len(repr(material)) < len(repr(known.material))
        if shorter or (known is None and len(self.finds) < _MOST_FINDS):
            self.finds[key] = Find(part.name, f"{text}  ({last.filename}:{last.lineno})", material)


def peak_mb() -> int:
    """The most memory that this process has held so far, in megabytes."""
    # Not `ru_maxrss`: that begins with what the process that started this one had taken.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def main() -> int:
    """0 when every property held, 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.campaign", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long to go on (default: 10)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="to repeat a campaign")
    parser.add_argument("--part", action="append", choices=NAMES, help="only this one; may be given several times")
    chosen = parser.parse_args()
    # Python warns of what hostile programs hold, once more for each line that it stands in.
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MB << 20, _MEMORY_MB << 20))
    with parts_of(chosen.part or NAMES) as parts:
        campaign = Campaign(parts, seed=chosen.seed)
        campaign.run(chosen.minutes * 60)
    counts = ", ".join(f"{count} {what}" for what, count in campaign.tally.items())
    print(f"seed {chosen.seed}: {counts}; peak memory {peak_mb()} MB")
    for part, error, material in campaign.finds.values():
        print(f"\n== {part}: {error}", *material, sep="\n")
    return 1 if campaign.finds else 0


if __name__ == "__main__":
    sys.exit(main())
