"""Small faults put into a program on purpose: an example that stays right with one of them tests too little."""

from guardagent.translation.mutation.mutants import Mutant, mutants_of
from guardagent.translation.mutation.trying import LIMITS, MutantLimits, try_mutants
from guardagent.translation.mutation.weighing import Weighed, weigh

__all__ = ["LIMITS", "Mutant", "MutantLimits", "Weighed", "mutants_of", "try_mutants", "weigh"]
