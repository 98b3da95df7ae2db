"""Random programs in and around the guard language: refused, or harmless."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings

from tests.fuzz.choosing import made_by
from tests.fuzz.programs import event
from tests.fuzz.properties import a_hostile_program, a_program, check_program

# Programs are long, and most of the time goes into compiling them.
settings.register_profile("fuzz", deadline=None, suppress_health_check=list(HealthCheck))


@settings(settings.get_profile("fuzz"), max_examples=100)
@given(made_by(a_program), made_by(event))
def test_program_of_the_language_is_accepted_and_leaves_no_trace(source: str, given_event: dict[str, Any]) -> None:
    tally: Counter[str] = Counter()
    check_program(source, given_event, tally)


@settings(settings.get_profile("fuzz"), max_examples=300)
@given(made_by(a_hostile_program), made_by(event))
def test_hostile_program_is_refused_or_harmless(source: str, given_event: dict[str, Any]) -> None:
    check_program(source, given_event, Counter())
