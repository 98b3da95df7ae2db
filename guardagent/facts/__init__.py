"""Facts: what a program needs to know that code alone can't tell, answered by the host."""

from guardagent.facts.resolver import Ask, Resolver

__all__ = ["Ask", "Resolver"]
