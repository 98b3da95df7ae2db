"""Facts: what a program needs to know that code alone can't tell, answered by the host."""

from guardagent.facts.judge import Judge
from guardagent.facts.resolver import Resolver

__all__ = ["Judge", "Resolver"]
