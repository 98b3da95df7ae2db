"""What the tenants run: an access check that may loop too long, and programs that end their worker."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from random import Random

from guardagent.ports import RunCase
from guardagent.types.base import canonical_json
from latency.events import CHECK, Case, endless_cases, make_case

# Wanted verdicts are those of the check; `failed` is right for an event that no worker can finish.
_HEAVY = "heavy"

_LOOP = f'''
def clause_c2(event, facts):
    """A heavy task loops over everything, and spends its step budget."""
    total = 0
    if event["input"]["task"] == "{_HEAVY}":
        for a in range(500):
            for b in range(500):
                total += a * b
    return None if total >= 0 else violation("never")
'''

# Whole numbers hash to their remainder by 2**61 - 1, so that these all collide: C code, which no step budget sees.
_KILLER = f'''
def clause_c1(event, facts):
    """A heavy task takes more CPU time than an event is given."""
    if event["input"]["task"] != "{_HEAVY}":
        return None
    prime = 2305843009 * 1000000000 + 213693951
    first = {{n * prime for n in range(19900)}}
    second = {{n * prime for n in range(19900)}}
    return None if len(first) + len(second) else violation("never")
'''


def check_source(revision: int) -> str:
    """The access check; every revision is another program."""
    return f"REVISION = {revision}\n{CHECK}{_LOOP}"


def killer_source(revision: int) -> str:
    """A program that ends its worker on a heavy task and passes every other event."""
    return f"REVISION = {revision}\n{_KILLER}"


def pool_of_cases(random: Random, size: int, *, violating: float) -> list[Case]:
    """Events for the access check."""
    return list(islice(endless_cases(random, violating=violating), size))


def heavy_case(number: int) -> Case:
    """An event whose task is heavy: no answer to it may come from the rules."""
    case = make_case("nurse", {"lab": ["labname"]}, "failed", number)
    event = case.event | {"input": {"task": _HEAVY}}
    return Case(event, RunCase(canonical_json(event)), "failed")


def with_heavy(cases: Sequence[Case], random: Random) -> list[Case]:
    """The cases with a heavy one somewhere among them."""
    mixed = list(cases)
    mixed.insert(random.randrange(len(mixed) + 1), heavy_case(random.randrange(10**6)))
    return mixed


__all__ = ["check_source", "heavy_case", "killer_source", "pool_of_cases", "with_heavy"]
