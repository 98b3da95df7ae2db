"""Random but repeatable events from an event schema."""

from guardagent.translation.sampling.pool import Pool, pool_of
from guardagent.translation.sampling.samples import samples

__all__ = ["Pool", "pool_of", "samples"]
