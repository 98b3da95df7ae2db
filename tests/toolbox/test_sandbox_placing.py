"""A worker stays beside the thread that asks it, and that thread is given back its processors."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Iterator

import pytest

from guardagent_toolbox.sandbox.placing import Placement

CPUS = sorted(os.sched_getaffinity(0))
two_processors = pytest.mark.skipif(len(CPUS) < 2, reason="needs two processors")


def hopping(placement: Placement, worker: int, hops: int) -> None:
    """Asks from one processor after the other, as a thread that the kernel wakes elsewhere each time."""
    nothing = select.poll()
    for hop in range(hops):
        os.sched_setaffinity(0, {CPUS[hop % 2]})
        placement.follow(worker, nothing)
    os.sched_setaffinity(0, set(CPUS))


@pytest.fixture
def sleeper() -> Iterator[int]:
    """The thread id of something that can be placed, as a worker can."""
    known = threading.Event()
    done = threading.Event()
    found: list[int] = []

    def sleep() -> None:
        found.append(threading.get_native_id())
        known.set()
        done.wait()

    thread = threading.Thread(target=sleep)
    thread.start()
    known.wait()
    yield found[0]
    done.set()
    thread.join()


@two_processors
def test_worker_follows_its_host(sleeper: int) -> None:
    hopping(Placement(follows=True), sleeper, hops=2)
    assert os.sched_getaffinity(sleeper) == {CPUS[1]}


@two_processors
def test_worker_that_does_not_follow_stays_free(sleeper: int) -> None:
    hopping(Placement(follows=False), sleeper, hops=2)
    assert os.sched_getaffinity(sleeper) == set(CPUS)


@two_processors
def test_host_in_a_chase_waits_beside_its_worker_and_is_free_again(sleeper: int) -> None:
    placement = Placement(follows=True)
    hopping(placement, sleeper, hops=3)
    assert placement.wait(lambda: os.sched_getaffinity(0)) == os.sched_getaffinity(sleeper)
    assert os.sched_getaffinity(0) == set(CPUS)


@two_processors
def test_host_is_free_again_when_waiting_fails(sleeper: int) -> None:
    placement = Placement(follows=True)
    hopping(placement, sleeper, hops=3)
    with pytest.raises(ZeroDivisionError):
        placement.wait(lambda: 1 // 0)
    assert os.sched_getaffinity(0) == set(CPUS)


def test_host_that_stays_where_it_is_is_not_touched(sleeper: int) -> None:
    placement = Placement(follows=True)
    os.sched_setaffinity(0, set(CPUS[:1]))
    for _ in range(20):
        placement.follow(sleeper, select.poll())
    os.sched_setaffinity(0, set(CPUS))
    assert placement.wait(lambda: os.sched_getaffinity(0)) == set(CPUS)
