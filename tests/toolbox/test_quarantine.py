"""What is remembered of programs that end workers: per tenant, bounded, and an attempt to escape for good."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent_toolbox.sandbox.counters import Tally
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.quarantine import Quarantine

SMALL = Limits(kills=2, records=3, condemned=4)


class Time:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def quarantine(limits: Limits = SMALL, time: Time | None = None) -> Quarantine:
    return Quarantine(limits, time or Time(), Tally())


def test_a_tenants_kills_hold_back_its_own_program_only() -> None:
    records = quarantine()
    one, two = records.of("one"), records.of("two")
    for _ in range(2):
        one.count_kill("shared")
    assert one.holds("shared")
    assert not one.holds("other")
    assert not two.holds("shared")


def test_an_attempt_to_escape_is_never_forgotten() -> None:
    time = Time()
    records = quarantine(time=time)
    standing = records.of("one")
    standing.condemn("hostile")
    for n in range(10_000):
        standing.count_kill(f"program {n}")
    time.now += 1e9
    assert records.of("one").holds("hostile")


def test_records_of_kills_are_bounded_and_those_in_force_stay_longest() -> None:
    standing = quarantine().of("one")
    for _ in range(2):
        standing.count_kill("held")
    for n in range(1_000):
        standing.count_kill(f"program {n}")
    assert standing.holds("held")
    assert standing.remembered == SMALL.records


def test_a_tenant_with_too_many_condemned_programs_is_held_back_itself() -> None:
    standing = quarantine().of("one")
    for n in range(SMALL.condemned):
        standing.condemn(f"hostile {n}")
    assert not standing.holds("honest")
    for n in range(1_000):
        standing.condemn(f"more {n}")
    assert standing.holds("honest")
    assert standing.remembered == SMALL.condemned + 1


def test_tenants_with_nothing_in_force_are_forgotten_when_there_are_many() -> None:
    time = Time()
    records = quarantine(time=time)
    records.of("hostile").condemn("program")
    for n in range(10_000):
        records.of(f"tenant {n}").count_kill("program")
    assert records.tenants <= 4_097
    assert records.of("hostile").holds("program")


def test_a_clean_tenant_is_remembered_nowhere() -> None:
    records = quarantine()
    for n in range(100):
        assert not records.of(f"tenant {n}").holds("program")
    assert records.tenants == 0


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("pqrst"), st.booleans(), st.integers(0, 90))))
def test_whoever_was_condemned_stays_held_and_nobody_clean_is(
    happenings: list[tuple[str, str, bool, int]],
) -> None:
    time = Time()
    records = quarantine(time=time)
    condemned, blamed = set(), set()
    for tenant, program, escaped, seconds in happenings:
        time.now += seconds
        standing = records.of(tenant)
        blamed.add((tenant, program))
        if escaped:
            standing.condemn(program)
            condemned.add((tenant, program))
        else:
            standing.count_kill(program)
    for tenant in "ab":
        too_many = sum(1 for who, _ in condemned if who == tenant) > SMALL.condemned
        for program in "pqrst":
            held = records.of(tenant).holds(program)
            if (tenant, program) in condemned:
                assert held
            elif (tenant, program) not in blamed:
                assert held == too_many


@pytest.mark.parametrize("seconds", [0, 59])
def test_a_second_kill_within_the_window_quarantines(seconds: int) -> None:
    time = Time()
    standing = quarantine(time=time).of("one")
    standing.count_kill("program")
    time.now += seconds
    standing.count_kill("program")
    assert standing.holds("program")
    time.now += 60
    assert not standing.holds("program")
