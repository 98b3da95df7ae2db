"""Random but repeatable events from an event schema, and events beside known ones."""

from guardagent.translation.sampling.neighbours import Neighbour, neighbours, row_of
from guardagent.translation.sampling.pool import Pool, pool_of
from guardagent.translation.sampling.samples import samples

__all__ = ["Neighbour", "Pool", "neighbours", "pool_of", "row_of", "samples"]
