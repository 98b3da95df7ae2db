"""Monty: a Python interpreter of its own in a worker process, which no kernel layer confines; it runs the same source.

A session keeps its variables, as a service would that trusts a program with its own tenant's events.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from latency.events import CHECK, Case, Verdict
from latency.variants import BATCH, Batched, OneByOne, Variant

_VIOLATION = 'def violation(message, **rest):\n    return {"message": message, **rest}\n\n'


@contextmanager
def monty() -> Iterator[Sequence[Variant]]:
    """Monty with the check loaded beforehand; raises ImportError when it is not installed."""
    import pydantic_monty

    limits: Any = {"max_memory": 64 << 20, "max_feed_duration_secs": 5.0}
    with pydantic_monty.Monty(max_processes=1) as pool, pool.checkout(limits=limits) as session:
        session.feed_run(_VIOLATION + CHECK)

        def ask(case: Case) -> object:
            return session.feed_run("clause_c1(event, {})", inputs={"event": case.event})

        def ask_all(cases: Sequence[Case]) -> list[object]:
            events = [case.event for case in cases]
            answers: list[object] = session.feed_run(
                "[clause_c1(event, {}) for event in events]", inputs={"events": events}
            )
            return answers

        yield [
            OneByOne("Monty", ask, _verdict_of),
            Batched(f"Monty, batch of {BATCH}", ask_all, _verdict_of),
        ]


def _verdict_of(answer: object) -> Verdict:
    return "allow" if answer is None else "deny"


__all__ = ["monty"]
