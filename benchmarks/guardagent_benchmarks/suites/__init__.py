"""The benchmark suites by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from guardagent.errors import DataError
from guardagent_benchmarks.suites import eicu_ac, mind2web_sc
from guardagent_benchmarks.suites.suite import Suite

SUITES: Mapping[str, Suite] = MappingProxyType({suite.name: suite for suite in (eicu_ac.SUITE, mind2web_sc.SUITE)})


def suite_named(name: str) -> Suite:
    """The suite of that name; raises DataError that lists the known ones."""
    try:
        return SUITES[name]
    except KeyError:
        raise DataError(f"unknown suite `{name}`; known: {', '.join(sorted(SUITES))}") from None


__all__ = ["SUITES", "Suite", "suite_named"]
