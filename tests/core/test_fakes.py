"""The stores that live in memory, and the clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from guardagent.clock import FixedClock, SystemClock
from guardagent.store.fake import MemoryPolicyStore
from tests.core.test_guard import policy


def test_policies_are_kept_by_name() -> None:
    b, a = policy("b"), policy("a")
    assert MemoryPolicyStore([b, a]).policies() == (a, b)


def test_clocks() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock.move(timedelta(hours=1))
    assert clock.now() == datetime(2026, 1, 1, 1, tzinfo=UTC)
    assert SystemClock().now().tzinfo is UTC
