"""Demonstrations for tests: small, and different where a test needs them to be."""

from __future__ import annotations

from pathlib import Path

from guardagent.types import Demonstration, Plan, PlanStep
from guardagent_memory.embed import HashingEmbedder
from guardagent_memory.shipped import NOTHING_SHIPPED, Shipment
from guardagent_memory.store import SqliteDemonstrations

SOURCE = '''
def clause_c1(event, facts):
    """Nobody is refused."""
    return None
'''

PARKING = "Cars may stay two hours in the yard. Lorries may not enter the yard at all."
BAKERY = "Bread that is older than one day must not be sold. Cakes may be sold for three days."
CHOIR = "Singers who miss three rehearsals may not take part in the concert."


def demonstration(
    id: str = "parking", request: str = PARKING, *, specification: str = "", title: str = "A yard"
) -> Demonstration:
    return Demonstration(
        id=id,
        title=title,
        domain="tests",
        request=request,
        specification=specification,
        plan=Plan(steps=(PlanStep(clauses=("c1",), summary="Nothing is checked."),)),
        source=SOURCE,
    )


def shipment(*demonstrations: Demonstration, digest: str = "first") -> Shipment:
    shipped = tuple(one.model_copy(update={"origin": "shipped"}) for one in demonstrations)
    return Shipment(digest, lambda: shipped)


def sqlite_store(path: Path, shipped: Shipment = NOTHING_SHIPPED) -> SqliteDemonstrations:
    return SqliteDemonstrations(path, HashingEmbedder(), shipment=shipped)
