"""Random material of every kind, a little of it: each part of the campaign by Hypothesis, which shrinks what it finds.

The material is the same in every run; `test_campaign.py` looks further, with a new seed each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.campaign import WITH_WORKERS, parts_of
from tests.fuzz.choosing import made_by
from tests.fuzz.parts import IN_PROCESS, Part

# Programs are long, and most of the time goes into compiling them.
QUICK = settings(
    deadline=None, database=None, derandomize=True, print_blob=False, suppress_health_check=list(HealthCheck)
)
EXAMPLES = {
    "programs": 15, "hostile programs": 40, "meaning": 15, "event texts": 40, "event spellings": 15, "replies": 80,
    "inspections": 60, "workers": 8, "hostile workers": 15, "deceits": 20,
}  # fmt: skip


def hold(part: Part) -> Counter[str]:
    """What was tried of a part; raises what its property raises."""
    tally: Counter[str] = Counter()

    @settings(QUICK, max_examples=EXAMPLES[part.name])
    @given(st.tuples(*map(made_by, part.makers)))
    def holds(material: tuple[Any, ...]) -> None:
        part.check(*material, tally)

    holds()
    return tally


@pytest.fixture(scope="module")
def with_workers() -> Iterator[dict[str, Part]]:
    with parts_of(WITH_WORKERS) as parts:
        yield {part.name: part for part in parts}


@pytest.mark.parametrize("part", IN_PROCESS, ids=lambda part: part.name)
def test_property_holds_for_random_material(part: Part) -> None:
    assert hold(part)


@pytest.mark.parametrize("name", WITH_WORKERS)
def test_property_holds_for_random_material_in_workers(name: str, with_workers: dict[str, Part]) -> None:
    assert hold(with_workers[name])
