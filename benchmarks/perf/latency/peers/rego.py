"""Rego, as Microsoft's regorus runs it: compiled for its virtual machine, interpreted where a build has none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from latency.events import ALLOWED, Case, Verdict
from latency.variants import OneByOne, Variant

POLICY = """package access

import rego.v1

missing contains sprintf("%s.%s", [table, column]) if {
    some table, columns in input.tool.arguments.tables
    some column in columns
    not column in object.get(data.allowed[input.user.role], table, [])
}

default allow := false

allow if {
    data.allowed[input.user.role]
    count(missing) == 0
}
"""
_RULE = "data.access.allow"


@contextmanager
def rego() -> Iterator[Sequence[Variant]]:
    """Rego with the policy parsed beforehand; raises ImportError when it is not installed."""
    import regorus

    if hasattr(regorus, "Rvm"):
        yield [OneByOne("Rego (regorus, compiled)", _machine(regorus), _verdict_of)]
    else:
        yield [OneByOne("Rego (regorus)", _engine(regorus), _verdict_of)]


def _machine(regorus: Any) -> Callable[[Case], object]:
    data = json.dumps({"allowed": ALLOWED})
    machine = regorus.Rvm()
    machine.load_program(regorus.Program.compile_from_modules(data, [("access.rego", POLICY)], [_RULE]))
    machine.set_data_json(data)

    def ask(case: Case) -> object:
        machine.set_input_json(case.ready.event)
        return machine.execute()

    return ask


def _engine(regorus: Any) -> Callable[[Case], object]:
    engine = regorus.Engine()
    engine.add_policy("access.rego", POLICY)
    engine.add_data({"allowed": ALLOWED})

    def ask(case: Case) -> object:
        engine.set_input_json(case.ready.event)
        return engine.eval_rule(_RULE)

    return ask


def _verdict_of(answer: object) -> Verdict:
    if answer in (True, "true"):
        return "allow"
    return "deny" if answer in (False, "false") else "failed"


__all__ = ["POLICY", "rego"]
