"""The hostile corpus: what each case tries, and what must stop it in each build.

The cases are data, `tests/cases/hostile/<category>.yaml`; texts too big to write out come from `builders`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from guardagent.types import FailureCode
from tests.hostile.builders import BUILDERS

FOLDER = Path(__file__).parent.parent / "cases" / "hostile"

LAYERS = {
    "A": "allow-list",
    "R": "RestrictedPython and guards",
    "B": "budgets and size checks",
    "O": "operating system",
    "K": "deadline and kill",
    "H": "host-side validation",
    "L": "lifecycle: one worker per tenant, fresh state, replacement, quarantine",
}

Form = Literal["program", "event", "scenario"]
"""A hostile program; hostile data for a benign program; something that happens to the processes."""

REASONS = frozenset((*get_args(FailureCode), "violation"))
"""Why an event is denied: the code of the guard's failure, or `violation` when the program itself denies it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One payload, with the reasons for which it may be denied."""

    layers: frozenset[str]
    """Every layer that stops it: those of the language when they are on, others when they are not."""
    text: str = ""
    bare_text: str = ""
    """What is tried instead where the language layers are off and other means are at hand."""
    event: Mapping[str, Any] = field(default_factory=dict)
    prime: Mapping[str, Any] | None = None
    """What the program is shown before, to leave something behind."""
    at_load: bool = False
    """It strikes while it is loaded, before it sees an event."""
    normal: frozenset[str]
    bare: frozenset[str]
    says: str = ""
    """A part of the reason given in the normal build, which shows that it is refused for what it is."""
    hides: str = ""
    """What no answer may hold."""
    reaches: str = ""
    """A part of the message in the bare build, which shows that the attack itself works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: blocked when each of its attempts is."""

    id: str
    number: int
    """The number of its category."""
    category: str
    origin: str
    """The advisory, the issue or the trick that it stands for."""
    form: Form
    attempts: tuple[Attempt, ...]

    @property
    def layers(self) -> frozenset[str]:
        """The layers that stop its attempts."""
        return frozenset[str]().union(*(attempt.layers for attempt in self.attempts))


@cache
def cases() -> tuple[Case, ...]:
    """All cases, category by category."""
    files = sorted((yaml.safe_load(path.read_text("utf-8")) for path in FOLDER.glob("*.yaml")), key=_number)
    return tuple(_case({**file.get("defaults", {}), **case}, file) for file in files for case in file["cases"])


def of_form(form: Form) -> list[Case]:
    """The cases of one form."""
    return [case for case in cases() if case.form == form]


def _number(file: dict[str, Any]) -> int:
    return int(file["number"])


def _case(given: dict[str, Any], file: dict[str, Any]) -> Case:
    shared = dict(given)
    known = {name: shared.pop(name) for name in ("id", "origin")}
    attempts = shared.pop("attempts", [{}])
    return Case(
        **known,
        number=_number(file),
        category=file["category"],
        form=file.get("form", "program"),
        attempts=tuple(_attempt({**shared, **attempt}) for attempt in attempts),
    )


def _attempt(given: dict[str, Any]) -> Attempt:
    texts: dict[str, Any] = {"text": _text(given, ""), "bare_text": _text(given, "bare_")}
    reasons: dict[str, Any] = {build: _reasons(given.pop(build)) for build in ("normal", "bare")}
    layers = frozenset(given.pop("layers"))
    if not layers <= LAYERS.keys():
        raise ValueError(f"unknown layers: {sorted(layers - LAYERS.keys())}")
    return Attempt(layers=layers, **texts, **reasons, **given)


def _text(given: dict[str, Any], prefix: str) -> str:
    """The payload: written out whole, as the body of its one clause, or by the name of its builder."""
    whole, body, build = (given.pop(f"{prefix}{name}", "") for name in ("text", "body", "build"))
    if build:
        return BUILDERS[build]()
    return whole or (f"def clause_c1(event, facts):\n{textwrap.indent(body, '    ')}" if body else "")


def _reasons(given: str | list[str]) -> frozenset[str]:
    reasons = frozenset([given] if isinstance(given, str) else given)
    if not reasons <= REASONS:
        raise ValueError(f"unknown reasons: {sorted(reasons - REASONS)}")
    return reasons
