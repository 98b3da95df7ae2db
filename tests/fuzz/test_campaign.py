"""The campaign itself: it finds what is broken, says how to repeat it, and keeps to its memory."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.fuzz.campaign import NAMES, Campaign
from tests.fuzz.choosing import Choose
from tests.fuzz.oracles import require
from tests.fuzz.parts import IN_PROCESS, Part

ROOT = Path(__file__).parents[2]
SECONDS = 6
# What a campaign of any length takes is 60 to 110 MB; a leak of what each program needs would pass this in seconds.
MEMORY_MB = 250


def digits(choose: Choose) -> str:
    return "".join(choose("0123456789") for _ in range(choose(range(1, 9))))


def has_no_seven(text: str, tally: Counter[str]) -> None:
    tally["texts"] += 1
    require("7" not in text, "a seven")


DIGITS = Part("digits", (digits,), has_no_seven)


def campaign(seed: int, *parts: Part) -> Campaign:
    found = Campaign(parts, seed=seed)
    found.run_times(200)
    return found


def test_campaign_goes_on_after_a_find_and_keeps_the_shortest() -> None:
    found = campaign(1, DIGITS)
    assert found.tally == {"texts": 200}
    (find,) = found.finds.values()
    assert find.part == "digits"
    assert "a seven" in find.error
    assert len(find.material[0]) <= 2


def test_same_seed_gives_the_same_material_whatever_other_parts_there_are() -> None:
    seen: list[list[str]] = [[], [], []]
    alone, again, other = (
        Part("digits", (digits,), lambda text, _tally, found=found: found.append(text)) for found in seen
    )
    campaign(1, alone)
    campaign(1, IN_PROCESS[-1], again)
    campaign(2, other)
    assert seen[0] == seen[1] != seen[2]


def test_random_material_is_worth_its_time() -> None:
    """Else the properties would hold of nothing: enough is accepted, answers, is compared or is believed."""
    dear, cheap = IN_PROCESS[:3], IN_PROCESS[3:]
    found, others = Campaign(dear, seed=1), Campaign(cheap, seed=1)
    found.run_times(15)
    others.run_times(300)
    assert not found.finds | others.finds
    tally = found.tally + others.tally
    assert 17 <= tally["programs accepted"] <= 27
    assert tally["clauses that answered"] >= 12
    assert tally["meanings refused"] <= 2
    assert tally["answers compared"] >= 7
    assert tally["events read"] >= 75
    assert 75 <= tally["replies refused"] <= 260
    assert 75 <= tally["inspections refused"] <= 260


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_property_holds_for_new_random_material(name: str) -> None:
    """In a process of its own, so that what its programs pile up is measured, and bounded."""
    seed = str(secrets.randbelow(10**9))
    command = [sys.executable, "-m", "tests.fuzz.campaign", "--part", name, "--seed", seed]
    run = subprocess.run(
        [*command, "--minutes", str(SECONDS / 60)], cwd=ROOT, capture_output=True, text=True, timeout=20 * SECONDS
    )
    told = f"{run.stdout[:20_000]}{run.stderr[-5_000:]}\nrepeat it: {' '.join(['python', *command[1:]])}"
    assert run.returncode == 0, told
    peak = re.search(r"peak memory (\d+) MB", run.stdout)
    assert peak is not None, told
    assert int(peak[1]) < MEMORY_MB, told
