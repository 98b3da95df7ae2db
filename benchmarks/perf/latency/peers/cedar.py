"""Cedar: a language for authorization. It has no loops over nested data, so the caller lists the columns first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from latency.events import ALLOWED, Case, Verdict
from latency.variants import BATCH, Batched, OneByOne, Variant


def policies() -> str:
    """One permit for each role; whatever is not permitted is denied."""
    permits = []
    for role, tables in ALLOWED.items():
        columns = json.dumps([f"{table}.{column}" for table, names in tables.items() for column in names])
        permits.append(
            f'permit (principal == Role::"{role}", action == Action::"query", resource == Database::"ehr")\n'
            f"when {{ {columns}.containsAll(context.columns) }};\n"
        )
    return "\n".join(permits)


@contextmanager
def cedar() -> Iterator[Sequence[Variant]]:
    """Cedar with policies and entities parsed beforehand; raises ImportError when it is not installed."""
    import cedarpy

    permits = cedarpy.PolicySet.from_str(policies())
    entities = cedarpy.Entities.from_json_str("[]")

    def request_of(case: Case) -> dict[str, Any]:
        tables = case.event["tool"]["arguments"]["tables"]
        return {
            "principal": {"type": "Role", "id": case.event["user"]["role"]},
            "action": {"type": "Action", "id": "query"},
            "resource": {"type": "Database", "id": "ehr"},
            "context": {"columns": [f"{table}.{column}" for table, names in tables.items() for column in names]},
        }

    def verdict_of(answer: Any) -> Verdict:
        if answer.diagnostics.errors:
            return "failed"
        return "allow" if answer.allowed else "deny"

    yield [
        OneByOne("Cedar", lambda case: cedarpy.is_authorized(request_of(case), permits, entities), verdict_of),
        Batched(
            f"Cedar, batch of {BATCH}",
            lambda cases: cedarpy.is_authorized_batch([request_of(case) for case in cases], permits, entities),
            verdict_of,
        ),
    ]


__all__ = ["cedar", "policies"]
